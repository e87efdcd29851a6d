// Search: in what the list says of every run, and in the words of the documents (reports/site/postings.py), file by file.
"use strict";

(() => {
  const SHARDS = 64;
  const shards = new Map();
  const loading = new Map();
  const documents = new Map();

  kiemke.words = (number, groups) => {
    shards.set(number, groups.map(([posting, terms]) => [posting, terms.split("\n")]));
  };
  kiemke.shown = (run) => {
    documents.set(run.run, run);
  };

  /** Runs a script of the site once; resolves to whether it was there. */
  function load(path) {
    if (!loading.has(path)) {
      loading.set(path, new Promise((resolve) => {
        const script = document.createElement("script");
        script.src = path;
        script.onload = () => resolve(true);
        script.onerror = () => {
          loading.delete(path);
          resolve(false);
        };
        document.head.append(script);
      }));
    }
    return loading.get(path);
  }

  /** What a run's document shows; null where its file cannot be had. */
  kiemke.documentOf = async (run) => {
    if (!documents.has(run.run)) await load(`site/runs/${encodeURIComponent(run.run)}.js?${encodeURIComponent(run.finished)}`);
    return documents.get(run.run) || null;
  };

  // The words of documents -------------------------------------------------------------------------------------------------

  const shardOf = (term) => (term.codePointAt(0) * 31 + [...term][1].codePointAt(0)) % SHARDS;

  /** Places ("series:number") of the runs that hold a term which `fits`; all of them begin like `start`. */
  async function holding(start, fits) {
    const found = new Set();
    if ([...start].length < 2) return null;
    const number = shardOf(start);
    const { generation, stamp } = kiemke.site;
    if (!shards.has(number)) await load(`site/words-${generation}/${number}.js?${stamp}`);
    if (!shards.has(number)) {
      kiemke.incomplete = true;
      return found;
    }
    for (const [posting, terms] of shards.get(number)) {
      if (terms.some(fits)) for (const place of parse(posting)) found.add(place);
    }
    return found;
  }

  function* parse(posting) {
    for (const part of posting.split(";")) {
      const [series, ranges] = part.split(":");
      for (const range of ranges.split(",")) {
        const [low, high = low] = range.split("-");
        for (let number = Number(low); number <= Number(high); number += 1) yield `${series}:${number}`;
      }
    }
  }

  async function common(searches) {
    let left = null;
    for (const search of searches) {
      const found = await search;
      if (found) left = left ? new Set([...left].filter((place) => found.has(place))) : found;
    }
    return left || new Set();
  }

  /** The words one after the other, the last one perhaps not yet whole. */
  function asPhrase(words) {
    if (words.length === 1) return common([holding(words[0], (term) => term.startsWith(words[0]))]);
    return common(words.slice(0, -1).map((word, place) => {
      const pair = `${word} ${words[place + 1]}`;
      const last = place === words.length - 2;
      if (!kiemke.isHead(word)) return null;
      return holding(pair, (term) => (last ? term.startsWith(pair) : term === pair));
    }));
  }

  const asWords = (words) =>
    common(words.filter(kiemke.isHead).map((word) => holding(word, (term) => term.startsWith(word))));

  // What the list says -----------------------------------------------------------------------------------------------------

  const FIELDS = [
    [50, (run) => run.office],
    [45, (run) => run.place],
    [40, (run) => run.titles.vi],
    [40, (run) => run.titles.en],
    [30, (run) => run.run],
    [20, (run) => run.finding],
    [15, (run) => Object.values(run.error).join(" ")],
    [10, (run) => `${run.who} ${run.schedule}`],
  ];

  function listed(run) {
    run.folded ||= FIELDS.map(([weight, text]) => [weight, ` ${kiemke.tokens(text(run)).join(" ")}`]);
    return run.folded;
  }

  function worth(run, words) {
    const phrase = ` ${words.join(" ")}`;
    const fields = listed(run);
    const best = Math.max(0, ...fields.map(([weight, text]) => (text.includes(phrase) ? weight : 0)));
    if (best) return best;
    return words.every((word) => fields.some(([, text]) => text.includes(` ${word}`))) ? 8 : 0;
  }

  /** Runs that the query finds, the best first: [{run, worth, earlier}] with one run of each series, and the others it stands for. */
  kiemke.search = async (query) => {
    const words = kiemke.tokens(query);
    if (!words.length) return [];
    kiemke.incomplete = false;
    const phrase = await asPhrase(words);
    const single = words.length > 1 ? await asWords(words) : phrase;
    const found = new Map();
    for (const run of kiemke.site.runs) {
      const place = run.at && run.at.join(":");
      const held = phrase.has(place) ? 6 : single.has(place) ? 3 : 0;
      const value = worth(run, words) + held;
      if (!value) continue;
      const series = JSON.stringify([run.report, run.place, run.language]);
      if (!found.has(series)) found.set(series, []);
      found.get(series).push([value, run]);
    }
    const results = [...found.values()].map((runs) => {
      const best = Math.max(...runs.map(([value]) => value));
      const run = runs.find(([value]) => value === best)[1];
      return { run, worth: best + (run.language === kiemke.language ? 2 : 0), earlier: runs.length - 1 };
    });
    const newest = (one, other) => (one.run.started < other.run.started ? 1 : one.run.started > other.run.started ? -1 : 0);
    return results.sort((one, other) => other.worth - one.worth || newest(one, other));
  };

  // Where a document names it ----------------------------------------------------------------------------------------------

  /** Places of a document that hold the query: [{sheet, text}], at most `most`; whole phrases before scattered words. */
  kiemke.places = (shown, query, most) => {
    const words = kiemke.tokens(query);
    const phrase = words.join(" ");
    const folded = (text) => kiemke.tokens(text).join(" ");
    const found = [[], []];
    const look = (sheet, text) => {
      const held = folded(text);
      if (held.includes(phrase)) found[0].push({ sheet, text });
      else if (words.every((word) => held.includes(word))) found[1].push({ sheet, text });
    };
    for (const text of shown.findings) look("", text.replaceAll("**", ""));
    for (const table of shown.tables) {
      for (const row of table.rows) {
        if (found[0].length >= most) break;
        look(table.sheet, row.filter((value, place) => value && table.columns[place].format === "text").join(" · "));
      }
    }
    return [...found[0], ...found[1]].slice(0, most);
  };
})();
