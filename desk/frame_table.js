// A table that is searched, sorted and leafed through. Stands alone: it asks for nothing, and without it the first rows are there.
(() => {
  const root = document.currentScript.closest(".kk-df");
  const { rows, keys, classes, words, page } = JSON.parse(root.querySelector("script[type='application/json']").textContent);
  // Letters alone: "thai hoa" finds Thái Hòa.
  const plain = (text) => text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").replace(/[đĐ]/g, "d").toLowerCase();
  const grouped = (number) => String(number).replace(/\B(?=(\d{3})+$)/g, words.comma);
  const texts = rows.map((row) => plain(row.join("\u0000")));
  const collator = new Intl.Collator(words.language, { numeric: true });
  const body = root.querySelector("tbody");
  const heads = [...root.querySelectorAll("thead th")];
  let shown = rows.map((_, n) => n), first = 0, sorted = -1, down = false;

  const make = (tag, attributes, ...inside) => {
    const made = Object.assign(document.createElement(tag), attributes);
    made.append(...inside);
    return made;
  };
  const input = make("input", { type: "search", placeholder: words.search });
  input.setAttribute("aria-label", words.search);
  const count = make("span", {});
  count.setAttribute("aria-live", "polite");
  const back = make("button", { type: "button", textContent: words.back });
  const on = make("button", { type: "button", textContent: words.on });
  const pages = make("span", { className: "kk-df-pages" }, back, " ", on);
  root.prepend(make("div", { className: "kk-df-top" }, input, count, pages));
  root.querySelector(".kk-df-first")?.remove();

  const draw = () => {
    const last = Math.min(first + page, shown.length);
    body.replaceChildren(...shown.slice(first, last).map((n) => make("tr", {}, ...rows[n].map((text, column) =>
      make("td", { textContent: text, className: classes[column] })))));
    const of = shown.length < rows.length ? words.found : words.all;
    count.textContent = shown.length
      ? of.replace("{first}", grouped(first + 1)).replace("{last}", grouped(last))
        .replace("{count}", grouped(shown.length)).replace("{all}", grouped(rows.length))
      : words.none;
    back.disabled = first === 0;
    on.disabled = last >= shown.length;
    pages.hidden = shown.length <= page;
  };
  const order = () => {
    if (sorted < 0) return;
    const values = keys[sorted];
    const compare = values ? (a, b) => values[a] - values[b] : (a, b) => collator.compare(rows[a][sorted], rows[b][sorted]);
    const missing = values ? (n) => values[n] === null : (n) => rows[n][sorted] === "";
    // What is missing comes last either way.
    shown.sort((a, b) => missing(a) - missing(b) || (missing(a) ? 0 : (down ? -1 : 1) * compare(a, b)) || a - b);
  };
  const search = () => {
    const wanted = plain(input.value).split(/\s+/).filter(Boolean);
    shown = rows.map((_, n) => n).filter((n) => wanted.every((word) => texts[n].includes(word)));
    first = 0;
    order();
    draw();
  };
  input.addEventListener("input", search);
  // Lab must not take what is typed here for its own keys.
  input.addEventListener("keydown", (event) => event.stopPropagation());
  back.addEventListener("click", () => { first = Math.max(0, first - page); draw(); });
  on.addEventListener("click", () => { first += page; draw(); });
  heads.forEach((head, column) => {
    const name = make("button", { type: "button", textContent: head.textContent });
    name.addEventListener("click", () => {
      down = sorted === column && !down;
      sorted = column;
      heads.forEach((other) => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      first = 0;
      order();
      draw();
    });
    head.replaceChildren(name);
  });
  draw();
})();
