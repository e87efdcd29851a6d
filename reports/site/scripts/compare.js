// What differs between two runs of one report: reports/site/compare.py says how, and a test holds the two together.
"use strict";

(() => {
  const NAMING = new Set(["text", "year", "date", "moment"]);
  const NUMBERS = new Set(["int", "number", "years", "dong", "million", "percent"]);
  const SHIFTS = { million: -6, percent: 2 };
  const TRIED = 8;
  const LARGEST_KEY = 3;
  const NAMED = 3;

  kiemke.compare = (before, after) => ({
    figures: figures(before.figures, after.figures, after.language),
    findings: findings(before.findings, after.findings),
    tables: matched(before.tables.map((table) => table.sheet), after.tables.map((table) => table.sheet))
      .map(([old, now]) => compareTables(old === null ? null : before.tables[old], now === null ? null : after.tables[now])),
  });

  kiemke.isSameTable = (table) =>
    table.before && table.after && !["columns_new", "columns_gone", "new", "gone", "changed"].some((what) => table[what].length);

  /** Places of equal texts, each taken once, in the order of `after`; then what is left of `before`. */
  function matched(before, after) {
    const left = before.map((_, place) => place);
    const pairs = after.map((text, now) => {
      const at = left.findIndex((place) => before[place] === text);
      return [at < 0 ? null : left.splice(at, 1)[0], now];
    });
    return pairs.concat(left.map((place) => [place, null]));
  }

  // Figures and findings ---------------------------------------------------------------------------------------------------

  function figures(before, after, language) {
    let pairs = matched(before.map((item) => item[1]), after.map((item) => item[1]));
    if (before.length === after.length) {
      const lost = new Set(pairs.filter(([, now]) => now === null).map(([old]) => old));
      pairs = pairs.map(([old, now]) => [old === null && lost.has(now) ? now : old, now]);
      const taken = new Set(pairs.filter(([, now]) => now !== null).map(([old]) => old));
      pairs = pairs.filter(([old, now]) => now !== null || !taken.has(old));
    }
    return pairs.map(([old, now]) => {
      const [was, is] = [old === null ? null : before[old][0], now === null ? null : after[now][0]];
      const label = now === null ? before[old][1] : after[now][1];
      return { label, before: was, after: is, difference: was === null || is === null ? "" : differenceOf(was, is, language) };
    });
  }

  const FIGURE = /^([-\u2212]?[0-9][0-9.,]*)([^]*)$/;

  function differenceOf(before, after, language) {
    const [old, now] = [FIGURE.exec(before), FIGURE.exec(after)];
    if (!old || !now || old[2].replace(/s+$/, "") !== now[2].replace(/s+$/, "")) return "";
    const [low, high] = [decimal(old[1], language), decimal(now[1], language)];
    if (!low || !high) return "";
    const decimals = Math.max(low.decimals, high.decimals);
    const difference = scaled(high, decimals) - scaled(low, decimals);
    if (difference === 0n) return "";
    const digits = (difference < 0n ? -difference : difference).toString().padStart(decimals + 1, "0");
    const point = digits.length - decimals;
    const [comma, mark] = language === "vi" ? [".", ","] : [",", "."];
    const whole = digits.slice(0, point).replace(/\B(?=(?:\d{3})+$)/g, comma);
    return (difference > 0n ? "+" : "\u2212") + whole + (decimals ? mark + digits.slice(point) : "") + now[2];
  }

  function decimal(text, language) {
    const [group, point] = language === "vi" ? [".", ","] : [",", "."];
    const plain = text.replace("\u2212", "-").replaceAll(group, "").replaceAll(point, ".");
    const parts = /^(-?)(\d*)(?:\.(\d*))?$/.exec(plain);
    if (!parts || !(parts[2] || parts[3])) return null;
    return { units: BigInt(parts[1] + (parts[2] || "0") + (parts[3] || "")), decimals: (parts[3] || "").length };
  }

  const scaled = (number, decimals) => number.units * 10n ** BigInt(decimals - number.decimals);

  const mask = (text) => text.replace(/[0-9]+(?:[.,][0-9]+)*/g, "#");

  function findings(before, after) {
    const same = matched(before, after);
    const used = new Set(same.filter(([old, now]) => old !== null && now !== null).map(([old]) => old));
    const like = before.map((text, place) => (used.has(place) ? null : mask(text)));
    const found = [];
    for (let [old, now] of same) {
      if (now === null) continue;
      if (old === null && like.includes(mask(after[now]))) {
        old = like.indexOf(mask(after[now]));
        like[old] = null;
        used.add(old);
      }
      found.push({ before: old === null ? null : before[old], after: after[now] });
    }
    before.forEach((text, place) => used.has(place) || found.push({ before: text, after: null }));
    return found;
  }

  // Tables -----------------------------------------------------------------------------------------------------------------

  function compareTables(before, after) {
    const { sheet, title, columns } = after || before;
    const old = before ? inOrder(before, columns) : [];
    const now = after ? inOrder(after, columns) : [];
    const named = [before, after].map((table) => new Set(table ? table.columns.map((column) => column.name) : []));
    const compared = places(columns).filter((place) => named.every((names) => names.has(columns[place].name)));
    const alone = (table, others) =>
      table ? table.columns.filter((column) => !others.has(column.name)).map((column) => column.title) : [];
    const found = {
      sheet, title, columns,
      before: Boolean(before), after: Boolean(after),
      columns_new: before ? alone(after, named[0]) : [],
      columns_gone: after ? alone(before, named[1]) : [],
      key: [], named: [], same: 0, new: now, gone: old, changed: [],
    };
    if (!before || !after) return found;
    const [seenOld, seenNew] = [old, now].map((rows) => rows.map((row) => row.map((value, place) => seen(value, columns[place]))));
    const key = chooseKey(seenOld, seenNew, compared.filter((place) => NAMING.has(columns[place].format)).slice(0, TRIED));
    const [oldKeys, newKeys] = [keys(seenOld, key), keys(seenNew, key)];
    const atOld = new Map(oldKeys.map((rowKey, place) => [rowKey, place]));
    const known = new Set(newKeys);
    const texts = places(columns).slice(0, NAMED).filter((place) => columns[place].format === "text");
    found.key = key;
    found.named = [...new Set([...key, ...texts.slice(0, 2)])].sort((one, other) => one - other);
    found.new = now.filter((_, place) => !atOld.has(newKeys[place]));
    found.gone = old.filter((_, place) => !known.has(oldKeys[place]));
    newKeys.forEach((rowKey, place) => {
      if (!atOld.has(rowKey)) return;
      const was = atOld.get(rowKey);
      const cells = compared.filter((cell) => seenOld[was][cell] !== seenNew[place][cell]);
      if (cells.length) found.changed.push({ before: old[was], after: now[place], cells });
      else found.same += 1;
    });
    return found;
  }

  const places = (list) => list.map((_, place) => place);

  function inOrder(table, columns) {
    const at = new Map(table.columns.map((column, place) => [column.name, place]));
    return table.rows.map((row) => columns.map((column) => (at.has(column.name) ? row[at.get(column.name)] : null)));
  }

  function seen(value, column) {
    if (value === null) return "";
    if (typeof value === "number") {
      if (!NUMBERS.has(column.format)) return kiemke.rounded(value, 6);
      return kiemke.rounded(value, column.decimals, SHIFTS[column.format] || 0);
    }
    return String(value);
  }

  /** What lies between two raw values, as people read it: "+4", "−1,5"; "" for what are no numbers. */
  kiemke.difference = (before, after, column) => {
    if (!NUMBERS.has(column.format) || typeof before !== "number" || typeof after !== "number") return "";
    const units = (value) => BigInt(seen(value, column).replace(".", ""));
    const apart = units(after) - units(before);
    const text = kiemke.grouped(kiemke.pointed(apart < 0n ? -apart : apart, column.decimals));
    return (apart > 0n ? "+" : "\u2212") + (column.format === "percent" ? kiemke.say("points", { amount: text }) : text);
  };

  function chooseKey(before, after, candidates) {
    let best = candidates;
    let most = 0;
    for (let size = 1; size <= LARGEST_KEY; size += 1) {
      for (const chosen of combinations(candidates, size)) {
        const [old, now] = [before, after].map((rows) => aloneWith(rows, chosen));
        const common = [...old].filter((rowKey) => now.has(rowKey)).length;
        if (common > most) [best, most] = [chosen, common];
      }
      if (most === Math.min(before.length, after.length)) break;
    }
    return best;
  }

  /** Keys that one row alone has. */
  function aloneWith(rows, key) {
    const times = new Map();
    for (const row of rows) {
      const rowKey = joined(row, key);
      times.set(rowKey, (times.get(rowKey) || 0) + 1);
    }
    return new Set([...times.keys()].filter((rowKey) => times.get(rowKey) === 1));
  }

  function* combinations(items, size, from = 0) {
    if (size === 0) yield [];
    for (let place = from; size > 0 && place < items.length; place += 1) {
      for (const rest of combinations(items, size - 1, place + 1)) yield [items[place], ...rest];
    }
  }

  const joined = (row, key) => JSON.stringify(key.map((place) => row[place]));

  function keys(rows, key) {
    const times = new Map();
    return rows.map((row) => {
      const base = joined(row, key);
      const before = times.get(base) || 0;
      times.set(base, before + 1);
      return `${base}#${before}`;
    });
  }
})();
