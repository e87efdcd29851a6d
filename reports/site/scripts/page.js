// The page: what is newest, what failed, all runs with filters, search, and two runs compared. What it shows stands in the
// address behind "#", so that every view can be kept and sent as a link. Everything is put in as text, never as markup.
"use strict";

(() => {
  const PAGE = 50;
  const ROWS = 100;
  const FILTERS = ["report", "place", "period", "status", "who", "in"];
  const { say } = kiemke;
  const home = document.getElementById("site");
  let state = {};
  let shownRuns = PAGE;
  let turn = 0;

  /** Takes in the runs and begins: `runs.js` calls it. */
  kiemke.list = (site) => {
    kiemke.site = site;
    read();
    draw();
    for (const plain of document.querySelectorAll(".plain")) plain.remove();
    addEventListener("hashchange", () => {
      const before = location.hash;
      if (before === address()) return;
      read();
      draw();
    });
    for (const choice of document.querySelectorAll(".choose")) {
      choice.addEventListener("change", () => change({ lang: choice.value }));
    }
    addEventListener("keydown", hotkey);
  };

  // What is shown, as the address says ---------------------------------------------------------------------------------------

  function read() {
    state = Object.fromEntries(new URLSearchParams(location.hash.slice(1)));
    kiemke.language = state.lang in kiemke.texts ? state.lang : remembered();
    shownRuns = PAGE;
  }

  /** The language that was chosen last: browsers may refuse to remember for pages from a disk. */
  function remembered() {
    try {
      const kept = localStorage.getItem("kiemke.language");
      return kept in kiemke.texts ? kept : "vi";
    } catch {
      return "vi";
    }
  }

  function address() {
    const kept = Object.entries(state).filter(([, value]) => value);
    return kept.length ? `#${new URLSearchParams(kept)}` : "";
  }

  /** Show something else. Views that a person chose are steps back in the browser; letters typed are not. */
  function change(values, { step = true, whole = true } = {}) {
    state = { ...state, ...values };
    if (values.lang) {
      kiemke.language = values.lang;
      try {
        localStorage.setItem("kiemke.language", values.lang);
      } catch { /* then the address alone remembers */ }
    }
    if (step) location.hash = address();
    else location.replace(address() || "#");
    if (whole) draw();
  }

  function hotkey(event) {
    const field = document.querySelector(".search input");
    if (!field) return;
    if (event.key === "/" && !event.target.matches("input[type=search], select")) {
      event.preventDefault();
      field.focus();
      field.select();
    } else if (event.key === "Escape" && event.target === field && field.value) {
      field.value = "";
      change({ q: "" }, { step: false, whole: false });
      results();
    }
  }

  // Parts --------------------------------------------------------------------------------------------------------------------

  function el(name, properties = {}, ...children) {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(properties)) {
      if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
      else if (value !== false && value !== null) made.setAttribute(key, value === true ? "" : value);
    }
    made.append(...children.flat().filter((child) => child || child === 0));
    return made;
  }

  /** Text in which **this** is strong. */
  const strong = (text) => text.split("**").map((piece, place) => (place % 2 ? el("strong", {}, piece) : piece));

  const title = (run) => run.titles[kiemke.language];
  const office = (run) => run.office || say("all_places");
  const href = (run, name) => `${encodeURIComponent(run.run)}/${encodeURIComponent(name)}`;
  const files = (run) => Object.entries(run.files).map(([kind, name]) => el("a", { href: href(run, name) }, say(`file_${kind}`)));

  function main(run) {
    const [name] = Object.values(run.files);
    return name ? el("a", { href: href(run, name) }, title(run)) : title(run);
  }

  const facts = (run) =>
    [
      office(run),
      run.as_of && `${say("as_of")} ${kiemke.moment(run.as_of)}`,
      run.language !== kiemke.language && say(`in_${run.language}`),
    ].filter(Boolean).join(" · ");

  const who = (run) => [run.who, ["form", "schedule", "demo"].includes(run.through) && say(`by_${run.through}`), run.schedule]
    .filter(Boolean).join(", ");

  const finding = (run) => run.finding && el("p", { class: "finding", lang: run.language }, strong(run.finding));

  const button = (text, act, properties = {}) => el("button", { type: "button", onclick: act, ...properties }, text);

  function compareButton(run, key = "compare_before") {
    const before = previous(run);
    return before && button(say(key), () => {
      change({ a: before.run, b: run.run });
      scrollTo(0, 0);
    });
  }

  /** Finished runs with which a run can be compared: of the same report, in the same language, newest first. */
  const comparable = (run) =>
    kiemke.site.runs.filter((other) => other.at && other.report === run.report && other.language === run.language);

  /** The run before this one: for the same office, and asked the same where there is one. */
  function previous(run) {
    if (!run.at) return null;
    const earlier = comparable(run).filter((other) => other.place === run.place && other.started < run.started);
    return earlier.find((other) => other.asked === run.asked) || earlier[0] || null;
  }

  const series = (run) => JSON.stringify([run.report, run.place, run.language]);

  function tableOf(heads, rows, caption = "", kind = "") {
    return el("div", { class: "kk-table" }, el("div", { class: "kk-scroll" },
      el("table", { class: kind },
        caption && el("caption", {}, caption),
        el("thead", {}, el("tr", {}, heads.map(([text, kind]) => el("th", { scope: "col", class: kind || "" }, text)))),
        el("tbody", {}, rows))));
  }

  /** Some of many things, and a button for more of them. */
  function few(things, make, put, most) {
    const holder = put([]);
    const body = holder.querySelector("tbody") || holder;
    let shown = 0;
    const more = button("", () => add(), { class: "more" });
    const add = () => {
      body.append(...things.slice(shown, shown + most).flatMap(make));
      shown = Math.min(things.length, shown + most);
      if (shown < things.length) more.textContent = say("more", { count: Math.min(most, things.length - shown) });
      else more.remove();
    };
    const both = el("div", {}, holder, more);
    add();
    return both;
  }

  // The first page -----------------------------------------------------------------------------------------------------------

  function draw() {
    turn += 1;
    document.documentElement.lang = kiemke.language;
    for (const choice of document.querySelectorAll(".choose")) choice.checked = choice.value === kiemke.language;
    document.title = say("title");
    if (state.a && state.b) {
      comparison();
      return;
    }
    const field = el("input", { type: "search", id: "query", autocomplete: "off", spellcheck: "false", value: state.q || "", "aria-describedby": "hint" });
    let waiting;
    field.addEventListener("input", () => {
      clearTimeout(waiting);
      waiting = setTimeout(() => {
        change({ q: field.value }, { step: false, whole: false });
        results();
      }, 120);
    });
    home.replaceChildren(
      el("h1", {}, say("title")),
      el("div", { class: "search", role: "search" },
        el("label", { for: "query" }, say("search")), field, el("p", { class: "hint", id: "hint" }, say("search_hint"))),
      el("div", { id: "results" }),
      el("section", { id: "all" }),
    );
    all();
    results();
  }

  /** What was found; without a search, what is newest and what failed. */
  async function results() {
    const place = document.getElementById("results");
    const query = (state.q || "").trim();
    const mine = (turn += 1);
    if (!query) {
      place.replaceChildren(...overview());
      return;
    }
    const told = el("p", { class: "told", role: "status" }, say("searching"));
    if (!place.querySelector("[role=status]")) place.replaceChildren(told);
    const found = await kiemke.search(query);
    if (mine !== turn) return;
    told.textContent = found.length ? say("results", { count: found.length, query }) : say("no_results", { query });
    const list = few(found, (result) => [resultOf(result, query)], () => el("ol", { class: "results" }), 20);
    place.replaceChildren(told, kiemke.incomplete ? el("p", { class: "kk-finding kk-action" }, say("incomplete")) : "", list);
  }

  function resultOf({ run, earlier }, query) {
    const where = el("ul", { class: "where" });
    const item = el("li", {},
      el("h3", {}, main(run)),
      el("p", { class: "facts" }, facts(run)),
      finding(run),
      where,
      el("p", { class: "links" }, files(run), compareButton(run),
        earlier > 0 && button(say("earlier", { count: earlier }), () => only({ report: run.report, place: `=${run.place}`, in: run.language }))));
    kiemke.documentOf(run).then((shown) => {
      const places = shown ? kiemke.places(shown, query, 3) : [];
      where.append(...places.filter(({ text }) => text !== run.finding.replaceAll("**", "")).map(({ sheet, text }) =>
        el("li", { lang: run.language }, sheet && `${say("in_table", { sheet })}: `, marked(text, query))));
      if (!where.children.length) where.remove();
    });
    return item;
  }

  /** A text with the words of the query marked, though these may stand without accents. */
  function marked(text, query) {
    const letters = [...text.normalize("NFC")];
    const folded = letters.map((letter) => [...kiemke.fold(letter)][0] || " ").join("");
    const words = [kiemke.fold(query).trim(), ...kiemke.tokens(query)];
    const word = words.find((one) => [...folded].join("").includes(one));
    if (!word) return [text];
    const from = folded.indexOf(word);
    return [
      letters.slice(0, from).join(""),
      el("mark", {}, letters.slice(from, from + word.length).join("")),
      letters.slice(from + word.length).join(""),
    ];
  }

  function overview() {
    const cards = newest();
    const failures = failed();
    return [
      cards.length && el("h2", {}, say("newest")),
      cards.length && el("ul", { class: "cards" }, cards.map((run) =>
        el("li", { class: run.action ? "card action" : "card" },
          el("h3", {}, main(run)), el("p", { class: "facts" }, facts(run)), finding(run),
          el("p", { class: "links" }, files(run), compareButton(run), otherPlaces(run))))),
      failures.length && el("h2", {}, say("failed_lately")),
      failures.length && few(failures, (run) => [el("li", {},
        el("p", {}, el("strong", {}, title(run)), ` · ${office(run)} · ${kiemke.moment(run.started)} · `,
          el("span", { class: `status-${run.status}` }, say(run.status))),
        el("p", {}, run.error[kiemke.language] || "", " ", run.log && el("a", { href: href(run, run.log) }, say("log"))))],
      () => el("ul", { class: "failures" }), 5),
    ].filter(Boolean);
  }

  /** The list, of these runs alone. */
  function only(values) {
    change({ ...Object.fromEntries(FILTERS.map((name) => [name, ""])), ...values });
    document.getElementById("all").scrollIntoView();
  }

  /** Of a report on one office: how many other offices have theirs. */
  function otherPlaces(run) {
    const places = new Set(kiemke.site.runs.filter((other) => other.report === run.report && other.status === "done").map((other) => other.place));
    return run.place && places.size > 1 && button(say("other_places", { count: places.size - 1 }), () => only({ report: run.report }));
  }

  /** Of each report the finished run with the newest data: of all offices rather than one, in the reader's language if possible. */
  function newest() {
    const worth = (run) => [(run.as_of || run.started).slice(0, 10), run.place ? 0 : 1, run.language === kiemke.language ? 1 : 0, run.started];
    const better = (one, other) => {
      const [left, right] = [worth(one), worth(other)];
      const at = left.findIndex((value, place) => value !== right[place]);
      return at >= 0 && left[at] > right[at];
    };
    const found = new Map();
    for (const run of kiemke.site.runs) {
      if (run.status === "done" && (!found.has(run.report) || better(run, found.get(run.report)))) found.set(run.report, run);
    }
    return [...found.values()];
  }

  /** Runs that failed, of series that have not been finished since. */
  function failed() {
    const seen = new Set();
    return kiemke.site.runs.filter((run) => {
      if (run.status === "running" || seen.has(series(run))) return false;
      seen.add(series(run));
      return run.status !== "done";
    });
  }

  // All runs -----------------------------------------------------------------------------------------------------------------

  const period = (run) => (run.as_of || run.started).slice(0, 7);

  const KEPT = {
    report: (run, value) => run.report === value,
    place: (run, value) => run.place === value.slice(1),
    period: (run, value) => period(run).startsWith(value),
    status: (run, value) => run.status === value,
    who: (run, value) => (value.startsWith("=") ? run.who === value.slice(1) : run.through === value),
    in: (run, value) => run.language === value,
  };

  /** The choices of each filter: [value, text]. */
  function choices() {
    const { runs } = kiemke.site;
    const distinct = (value, text) => [...new Map(runs.map((run) => [value(run), text(run)]).reverse())].filter(([one]) => one);
    const byText = (one, other) => one[1].localeCompare(other[1], kiemke.language);
    const months = [...new Set(runs.map(period))].sort().reverse();
    const years = [...new Set(months.map((month) => month.slice(0, 4)))];
    return {
      report: [say("any_report"), ...distinct((run) => run.report, title).sort(byText)],
      place: [say("any_place"), ...distinct((run) => `=${run.place}`, office).sort((one, other) => (one[0] === "=" ? -1 : other[0] === "=" ? 1 : byText(one, other)))],
      period: [say("any_period"), ...years.flatMap((year) => [
        [year, say("year", { year })],
        ...months.filter((month) => month.startsWith(year)).map((month) => [month, `${month.slice(5)}/${year}`]),
      ])],
      status: [say("any_status"), ...distinct((run) => run.status, (run) => say(run.status)).sort(byText)],
      who: [say("any_who"), ...distinct((run) => run.through, (run) => say(`by_${run.through}`)).sort(byText), ...distinct((run) => run.who && `=${run.who}`, (run) => run.who).sort(byText)],
      in: [say("any_language"), ...distinct((run) => run.language, (run) => say(`in_${run.language}`)).sort(byText)],
    };
  }

  const LABELS = { report: "report", place: "office", period: "period", status: "status", who: "who", in: "written_in" };

  function all() {
    const place = document.getElementById("all");
    const { runs } = kiemke.site;
    if (!runs.length) {
      place.replaceChildren(el("p", {}, say("empty")));
      return;
    }
    const offered = choices();
    const selects = FILTERS.map((name) => {
      const [any, ...values] = offered[name];
      const select = el("select", { name, onchange: () => filter({ [name]: select.value }) },
        [["", any], ...values].map(([value, text]) => el("option", { value }, text)));
      select.value = values.some(([value]) => value === state[name]) ? state[name] : "";
      return el("label", {}, say(LABELS[name]), select);
    });
    const chosen = FILTERS.filter((name) => state[name]);
    const kept = runs.filter((run) => chosen.every((name) => KEPT[name](run, state[name])));
    const unfinished = kept.filter((run) => run.status !== "done").length;
    place.replaceChildren(
      el("h2", {}, say("all_runs")),
      el("form", { class: "filters", onsubmit: (event) => event.preventDefault() }, selects,
        chosen.length > 0 && button(say("clear"), () => filter(Object.fromEntries(FILTERS.map((name) => [name, ""]))), { class: "clear" })),
      el("p", { class: "told", role: "status" },
        kept.length === runs.length ? say("count", { count: runs.length, failed: unfinished }) : say("filtered", { count: kept.length, all: runs.length })),
      kept.length ? few(kept, (run) => [lineOf(run)], (rows) => tableOf(
        [[say("report")], [say("office")], [say("as_of"), "kk-d"], [say("made"), "kk-d"], [say("who")], [say("written_in")], [say("status")], [say("files")]], rows, "", "runs"), PAGE)
        : el("p", {}, say("no_runs")),
    );
  }

  function filter(values) {
    const focused = document.activeElement && document.activeElement.name;
    change(values, { whole: false });
    all();
    const select = focused && document.querySelector(`.filters [name=${focused}]`);
    if (select) select.focus();
  }

  const lineOf = (run) => el("tr", {},
    el("th", { scope: "row" }, title(run)),
    el("td", {}, office(run)),
    el("td", { class: "kk-d" }, run.as_of && kiemke.moment(run.as_of)),
    el("td", { class: "kk-d" }, kiemke.moment(run.started)),
    el("td", {}, who(run)),
    el("td", { class: "kk-d" }, say(`in_${run.language}`)),
    el("td", { class: `status-${run.status}` }, say(run.status),
      run.error[kiemke.language] && el("span", { class: "error" }, run.error[kiemke.language])),
    el("td", { class: "files" }, files(run), run.log && el("a", { href: href(run, run.log) }, say("log")), compareButton(run, "compare")));

  // Two runs -----------------------------------------------------------------------------------------------------------------

  async function comparison() {
    const mine = turn;
    const [before, after] = [state.a, state.b].map((id) => kiemke.site.runs.find((run) => run.run === id));
    const back = el("p", { class: "back" }, button(say("back"), () => change({ a: "", b: "" }), { class: "more" }));
    document.title = say("compare_title");
    if (!before || !after || before.report !== after.report || before.language !== after.language) {
      home.replaceChildren(back, el("h1", {}, say("compare_title")), el("p", {}, say("no_runs")));
      return;
    }
    const body = el("div", { id: "compared" }, el("p", { class: "told", role: "status" }, say("searching")));
    home.replaceChildren(
      back,
      el("h1", {}, `${say("compare_title")}: ${title(after)}`),
      el("form", { class: "choice", onsubmit: (event) => event.preventDefault() }, chooser("before", "a", before), chooser("after", "b", after)),
      body,
    );
    const shown = await Promise.all([before, after].map(kiemke.documentOf));
    if (mine !== turn) return;
    if (shown.includes(null)) {
      body.replaceChildren(el("p", { class: "kk-finding kk-action" }, say("no_document")));
      return;
    }
    body.replaceChildren(...compared(before, after, ...shown));
  }

  function chooser(label, name, chosen) {
    const named = (run) => [run.as_of && kiemke.moment(run.as_of), `${say("made")} ${kiemke.moment(run.started)}`, office(run), who(run)].filter(Boolean).join(" · ");
    const select = el("select", { name, onchange: () => change({ [name]: select.value }) },
      comparable(chosen).map((run) => el("option", { value: run.run }, named(run))));
    select.value = chosen.run;
    return el("label", {}, say(label), select);
  }

  function compared(before, after, old, now) {
    const found = kiemke.compare(old, now);
    const parts = [el("h2", {}, say("parameters")), pairsTable(before, after, old, now)];
    if (before.asked !== after.asked) parts.push(el("p", { class: "kk-note" }, say("other_parameters")));
    if (found.figures.length) parts.push(el("h2", {}, say("figures")), figuresTable(found.figures));
    const different = found.findings.filter((line) => line.before !== line.after);
    if (found.findings.length) {
      parts.push(el("h2", {}, say("findings")), ...different.map((line) => findingPair(line, after.language)));
      if (different.length < found.findings.length) parts.push(el("p", { class: "told" }, say("same_findings", { count: found.findings.length - different.length })));
    }
    const tables = found.tables.filter((table) => !kiemke.isSameTable(table));
    const same = found.tables.filter(kiemke.isSameTable).map((table) => table.sheet);
    const nothing = !tables.length && !different.length && found.figures.every((line) => line.before === line.after);
    if (nothing) parts.push(el("p", { class: "kk-finding" }, say("no_difference")));
    parts.push(...tables.map((table) => tablePart(table, after.language)));
    if (same.length) parts.push(el("p", { class: "told" }, say("same_tables", { tables: same.join("; ") })));
    return parts;
  }

  /** When, of what, by whom, with which parameters: what differs is marked. */
  function pairsTable(before, after, old, now) {
    const lines = [
      [say("as_of"), ...[before, after].map((run) => (run.as_of ? kiemke.moment(run.as_of) : ""))],
      [say("made"), ...[before, after].map((run) => kiemke.moment(run.started))],
      [say("who"), who(before), who(after)],
    ];
    const names = [...new Set([...now.settings, ...old.settings].map((item) => item.name))];
    for (const name of names) {
      const [was, is] = [old, now].map((shown) => shown.settings.find((item) => item.name === name));
      lines.push([(is || was).help[kiemke.language], ...[was, is].map((item) => (item ? item.value[kiemke.language] : ""))]);
    }
    return tableOf([[say("item")], [say("before")], [say("after")]],
      lines.map(([label, was, is]) => el("tr", { class: was === is ? "" : "differs" },
        el("th", { scope: "row" }, label), el("td", {}, was), el("td", {}, is))));
  }

  const missing = (value) => (value === null ? say("format.missing") : value);

  const figuresTable = (lines) => tableOf(
    [[say("item")], [say("before"), "kk-n"], [say("after"), "kk-n"], [say("difference"), "kk-n"]],
    lines.map((line) => el("tr", { class: line.before === line.after ? "" : "differs" },
      el("th", { scope: "row" }, line.label),
      el("td", { class: "kk-n was" }, missing(line.before)),
      el("td", { class: "kk-n" }, missing(line.after)),
      el("td", { class: "kk-n change" }, line.difference))));

  const findingPair = (line, language) => el("dl", { class: "pair" },
    line.before !== null && [el("dt", {}, say(line.after === null ? "gone" : "before")), el("dd", { class: "was", lang: language }, strong(line.before))],
    line.after !== null && [el("dt", {}, say(line.before === null ? "new" : "after")), el("dd", { lang: language }, strong(line.after))]);

  const head = (column) => (column.unit ? `${column.title} (${column.unit})` : column.title);
  const align = (column) => (["int", "number", "years", "dong", "million", "percent", "year"].includes(column.format) ? "kk-n" : "");

  function tablePart(table, language) {
    const part = el("section", { class: "sheet", lang: language },
      el("h3", {}, [table.sheet, table.title].filter((text, place, texts) => text && texts.indexOf(text) === place).join(": ").replaceAll("**", "")));
    if (!table.before || !table.after) {
      part.append(el("p", { lang: kiemke.language }, say(table.after ? "table_new" : "table_gone")));
      return part;
    }
    const told = [say("rows", { new: table.new.length, gone: table.gone.length, changed: table.changed.length, same: table.same })];
    if (table.columns_new.length) told.push(say("columns_new", { columns: table.columns_new.join(", ") }));
    if (table.columns_gone.length) told.push(say("columns_gone", { columns: table.columns_gone.join(", ") }));
    if (table.key.length) told.push(say("key", { columns: table.key.map((place) => table.columns[place].title).join(", ") }));
    part.append(el("p", { class: "told", lang: kiemke.language }, told.join(" ")));
    if (table.changed.length) part.append(few(table.changed, (row) => changedLines(table, row), (rows) => tableOf(
      [...keyPlaces(table).map((place) => [head(table.columns[place])]), [say("item")], [say("before"), "kk-n"], [say("after"), "kk-n"], [say("difference"), "kk-n"]],
      rows, say("changed")), ROWS));
    for (const what of ["new", "gone"]) {
      if (table[what].length) part.append(few(table[what], (row) => [wholeLine(table, row)], (rows) => tableOf(
        table.columns.map((column) => [head(column), align(column)]), rows, say(what)), ROWS));
    }
    return part;
  }

  const keyPlaces = (table) => (table.named.length ? table.named : [0]);

  function changedLines(table, row) {
    const keys = keyPlaces(table).map((place) =>
      el("th", { scope: "rowgroup", rowspan: row.cells.length }, kiemke.written(row.after[place], table.columns[place])));
    return row.cells.map((place, number) => {
      const column = table.columns[place];
      return el("tr", {}, number === 0 && keys,
        el("td", {}, head(column)),
        el("td", { class: `${align(column)} was` }, kiemke.written(row.before[place], column)),
        el("td", { class: align(column) }, kiemke.written(row.after[place], column)),
        el("td", { class: "kk-n change" }, kiemke.difference(row.before[place], row.after[place], column)));
    });
  }

  const wholeLine = (table, row) => el("tr", {}, table.columns.map((column, place) =>
    el(place === 0 ? "th" : "td", { scope: place === 0 && "row", class: align(column) }, kiemke.written(row[place], column))));
})();
