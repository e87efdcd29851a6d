// What the interactive map does: pan and zoom are Bokeh's; here are finding, choosing, and sizes that follow the zoom.
// `what`: "tap" (a place was clicked), "type" and "enter" (the search), "zoom" (the view changed), "size" (the picture did).
const scale = () => plot.inner_width / (plot.x_range.end - plot.x_range.start); // pixels an inch
const fold = (text) => text.normalize("NFKD").toLowerCase().normalize("NFKD").replace(/\p{M}/gu, "").replace(/[đðɖ]/g, "d")
  .replace(/[^\p{L}\p{N}]+/gu, " ").trim();

function fit() {
  const size = scale();
  letters.glyph.text_font_size = { value: Math.min(size * 0.1, 15).toFixed(1) + "px" };
  letters.visible = size > 55;
  names.visible = size <= 55;
  dots.glyph.size = { value: Math.max(2.5, Math.min(size * 0.11, 16)) };
  rings.glyph.size = { value: Math.max(9, Math.min(size * 0.2, 30)) };
}

function view(x, y, width, height) {
  const ratio = plot.inner_height / plot.inner_width;
  const wide = Math.max(width, height / ratio);
  plot.x_range.setv({ start: x - wide / 2, end: x + wide / 2 });
  plot.y_range.setv({ start: y + wide * ratio / 2, end: y - wide * ratio / 2 });
  fit();
}

function mark(indices) {
  rings.data_source.data = { x: indices.map((i) => nodes.data.x[i]), y: indices.map((i) => nodes.data.y[i]) };
}

function choose(i) {
  mark([i]);
  chosen.data_source.data = { xs: [], ys: [] };
  evidence.text = nodes.data.evidence[i];
}

function matches() {
  const words = fold(box.value_input || box.value || "").split(" ").filter((word) => word.length);
  if (!words.length) return null;
  const found = [];
  nodes.data.key.forEach((key, i) => { if (words.every((word) => key.includes(word))) found.push(i); });
  return found;
}

function counted(n, of) {
  count.text = of === 0 ? texts.none : n === null ? texts.found.replace("#", of) : texts.step.replace("#", n + 1).replace("#", of);
}

function near(px, py) {
  const size = scale();
  let best = null, least = Math.max(9, size * 0.08) / size;
  nodes.data.x.forEach((x, i) => {
    const far = Math.hypot(x - px, nodes.data.y[i] - py);
    if (far < least) { least = far; best = i; }
  });
  if (best !== null) return { node: best };
  // a label belongs to its mark
  nodes.data.x.forEach((x, i) => {
    if (size > 55 && px >= x && px <= nodes.data.right[i] && py >= nodes.data.top[i] && py <= nodes.data.bottom[i]) best = i;
  });
  if (best !== null) return { node: best };
  least = 7 / size;
  cables.data.own_xs.forEach((xs, i) => {
    const ys = cables.data.own_ys[i];
    for (let k = 0; k + 1 < xs.length; k++) {
      const dx = xs[k + 1] - xs[k], dy = ys[k + 1] - ys[k], long = dx * dx + dy * dy;
      const t = long ? Math.max(0, Math.min(1, ((px - xs[k]) * dx + (py - ys[k]) * dy) / long)) : 0;
      const far = Math.hypot(xs[k] + t * dx - px, ys[k] + t * dy - py);
      if (far < least) { least = far; best = i; }
    }
  });
  return best === null ? null : { cable: best };
}

if (what === "zoom") fit();
if (what === "size") {
  const x = (plot.x_range.start + plot.x_range.end) / 2, y = (plot.y_range.start + plot.y_range.end) / 2;
  view(x, y, plot.x_range.end - plot.x_range.start, Math.abs(plot.y_range.end - plot.y_range.start));
}
if (what === "tap") {
  const hit = near(cb_obj.x, cb_obj.y);
  if (hit && "node" in hit) choose(hit.node);
  if (hit && "cable" in hit) {
    mark([]);
    chosen.data_source.data = { xs: [cables.data.xs[hit.cable]], ys: [cables.data.ys[hit.cable]] };
    evidence.text = cables.data.evidence[hit.cable];
  }
}
if (what === "type" || what === "enter") {
  const found = matches();
  if (found === null) {
    mark([]);
    count.text = "";
  } else if (!found.length) {
    mark([]);
    counted(null, 0);
  } else if (found.length === 1 || what === "enter") {
    const typed = fold(box.value_input || box.value || "");
    const step = box.tags[0] === typed ? (box.tags[1] + 1) % found.length : 0;
    box.tags = [typed, step];
    const i = found[step];
    view(nodes.data.x[i], nodes.data.y[i], 8, 5);
    choose(i);
    counted(step, found.length);
  } else {
    const xs = found.map((i) => nodes.data.x[i]), ys = found.map((i) => nodes.data.y[i]);
    const left = Math.min(...xs), right = Math.max(...xs), top = Math.min(...ys), bottom = Math.max(...ys);
    view((left + right) / 2, (top + bottom) / 2, Math.max(8, (right - left) * 1.3), Math.max(5, (bottom - top) * 1.3));
    mark(found);
    counted(null, found.length);
  }
}
