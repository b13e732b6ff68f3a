// The matrix and its table light each other up; choices in the filter row take effect at once; cuts can be dragged and
// the picture be looked at from nearer. Where one is stands in the URL.

const detail = document.querySelector(".matrix-detail");
const table = document.querySelector(".matrix-table");
const drawings = [...document.querySelectorAll("svg.matrix")];
const partners = new Map();
for (const element of document.querySelectorAll("[data-code]")) {
  const code = element.dataset.code;
  partners.set(code, [...(partners.get(code) ?? []), element]);
}
let lit = null;
let held = null; // chosen by click: stays lit when the pointer leaves

function light(code) {
  if (code === lit) return;
  for (const element of partners.get(lit) ?? []) element.classList.remove("lit");
  lit = code;
  const elements = partners.get(code) ?? [];
  for (const element of elements) element.classList.add("lit");
  for (const drawing of drawings) raise(drawing, elements.find((each) => drawing.contains(each)));
  detail.textContent = elements.find((each) => each.hasAttribute("aria-label"))?.getAttribute("aria-label") ?? "";
}

// SVG paints in document order: a copy of the mark on top shows it where another one covers it.
function raise(drawing, point) {
  drawing.classList.toggle("has-lit", Boolean(point));
  drawing.querySelector(".raised")?.remove();
  const mark = point?.querySelector(".matrix-mark")?.cloneNode();
  mark?.classList.add("raised");
  if (mark) drawing.append(mark);
}

function codeOf(event) {
  return event.target.closest?.("[data-code]")?.dataset.code ?? null;
}

function showRow(code) {
  const row = (partners.get(code) ?? []).find((each) => each.tagName === "TR");
  row?.scrollIntoView({ block: "nearest" });
}

let focused = null; // by the keyboard, until Escape
const focus = (code) => { focused = code; light(focused ?? held); };

// A page that moves under a pointer at rest tells of it as of a move: it lights nothing.
let pointer = "";
function hasMoved(event) {
  const before = pointer;
  pointer = `${event.screenX} ${event.screenY}`;
  return pointer !== before;
}
document.addEventListener("pointermove", hasMoved, { passive: true });

for (const area of [...drawings, table].filter(Boolean)) {
  area.addEventListener("pointerover", (event) => { if (hasMoved(event)) light(codeOf(event) ?? held ?? focused); });
  area.addEventListener("pointerleave", () => light(held ?? focused));
  area.addEventListener("focusin", (event) => focus(codeOf(event)));
  area.addEventListener("focusout", () => focus(null));
  area.addEventListener("click", (event) => {
    if (event.target.closest("a")) return;
    const code = codeOf(event);
    held = code === held ? null : code;
    light(held);
    if (held && !table.contains(event.target)) showRow(held);
  });
}
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") { held = null; focus(null); }
  const point = event.target.closest?.("g.point");
  if (point && event.key === "Enter") { held = point.dataset.code; showRow(held); }
});

// How near the picture is stays when something else is chosen.
const zoom = () => new URL(location).searchParams.get("zoom");
document.querySelector(".filters").addEventListener("click", (event) => {
  const link = event.target.closest("a[href]"), to = link && new URL(link.href);
  if (!link || !zoom()) return;
  to.searchParams.set("zoom", zoom());
  link.href = to;
});
document.querySelector(".filters").addEventListener("submit", (event) => {
  event.target.querySelector("input[name=zoom]")?.remove();
  if (zoom()) event.target.append(Object.assign(document.createElement("input"), { type: "hidden", name: "zoom", value: zoom() }));
});

// Cuts: moved by hand or by arrow keys, drawn anew by the server once they rest.

const STEP = 0.5;
const MOVED = "yiti-moved-cut";

function scaleOf(drawing) {
  const [left, top, side] = drawing.dataset.plot.split(" ").map(Number);
  const [x0, x1] = drawing.dataset.x.split(" ").map(Number);
  const [y0, y1] = drawing.dataset.y.split(" ").map(Number);
  return { left, top, x0, y1, perX: side / (x1 - x0), perY: side / (y1 - y0) };
}

function valueAt(drawing, name, event) {
  const scale = scaleOf(drawing);
  const place = new DOMPoint(event.clientX, event.clientY).matrixTransform(drawing.getScreenCTM().inverse());
  const x = scale.x0 + (place.x - scale.left) / scale.perX;
  const y = scale.y1 - (place.y - scale.top) / scale.perY;
  const lam = Number(drawing.dataset.lam);
  return { society: y, business: x }[name] ?? lam * y + (1 - lam) * x;
}

function field(cut) { return document.querySelector(`.filters input[name="${cut.dataset.cut}"]`); }

function show(drawing, cut, value) {
  const scale = scaleOf(drawing);
  const by = value - Number(cut.dataset.from ?? cut.getAttribute("aria-valuenow"));
  cut.dataset.from ??= cut.getAttribute("aria-valuenow");
  const across = cut.dataset.cut === "society" ? 0 : by * scale.perX;
  const up = cut.dataset.cut === "business" ? 0 : by * scale.perY;
  cut.setAttribute("transform", `translate(${across} ${-up})`);
  cut.setAttribute("aria-valuenow", value.toFixed(1));
  const lam = Number(drawing.dataset.lam);
  const number = [...drawing.querySelectorAll("g.point")].filter((point) => {
    const [x, y] = point.dataset.at.split(" ").map(Number);
    return ({ society: y, business: x }[cut.dataset.cut] ?? lam * y + (1 - lam) * x) >= value;
  }).length;
  detail.textContent = `${cut.getAttribute("aria-label")} ${value.toFixed(1)}: ${number}`;
}

function settle(cut) {
  const input = field(cut);
  if (!input) return;
  input.value = cut.getAttribute("aria-valuenow");
  sessionStorage.setItem(MOVED, cut.dataset.cut);
  input.form.requestSubmit();
}

// The line that was moved has the focus again once it is drawn anew: the next arrow key moves it on.
const moved = sessionStorage.getItem(MOVED);
sessionStorage.removeItem(MOVED);
if (moved) [...document.querySelectorAll(`.cut[data-cut="${moved}"]`)].find((each) => each.getClientRects().length)?.focus();

for (const drawing of drawings) {
  for (const cut of drawing.querySelectorAll(".cut")) {
    let timer = 0;
    cut.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      cut.setPointerCapture(event.pointerId);
      const move = (next) => show(drawing, cut, Math.min(100, Math.max(0, valueAt(drawing, cut.dataset.cut, next))));
      const stop = () => { cut.removeEventListener("pointermove", move); if (cut.dataset.from) settle(cut); };
      cut.addEventListener("pointermove", move);
      cut.addEventListener("pointerup", stop, { once: true });
    });
    cut.addEventListener("keydown", (event) => {
      const by = { ArrowUp: STEP, ArrowRight: STEP, ArrowDown: -STEP, ArrowLeft: -STEP }[event.key];
      if (!by) return;
      event.preventDefault();
      event.stopPropagation();
      show(drawing, cut, Math.min(100, Math.max(0, Number(cut.getAttribute("aria-valuenow")) + by)));
      clearTimeout(timer);
      timer = setTimeout(() => settle(cut), 900);
    });
  }
}

// Zoom: the part of the drawing that is seen, as x, y and width in px of the drawing.

const home = drawings[0]?.getAttribute("viewBox").split(" ").map(Number);

function look(wanted) {
  const [x, y, width] = wanted.map(Math.round);
  for (const drawing of drawings) {
    const [, , full, height] = drawing.dataset.home?.split(" ").map(Number) ?? drawing.getAttribute("viewBox").split(" ").map(Number);
    drawing.dataset.home ??= drawing.getAttribute("viewBox");
    const share = width / home[2];
    drawing.setAttribute("viewBox", `${(x * full) / home[2]} ${(y * height) / home[3]} ${full * share} ${height * share}`);
  }
  const url = new URL(location);
  if (width < home[2]) url.searchParams.set("zoom", [x, y, width].join(","));
  else url.searchParams.delete("zoom");
  history.replaceState(history.state, "", url);
  seen = [x, y, width];
}

let seen = home ? [0, 0, home[2]] : null;

function closer(factor) {
  const [x, y, width] = seen;
  const wanted = Math.min(home[2], Math.max(home[2] / 8, width * factor));
  const tall = home[3] / home[2];
  const inside = (value, most) => Math.min(Math.max(0, value), most);
  look([
    inside(x + (width - wanted) / 2, home[2] - wanted),
    inside(y + ((width - wanted) * tall) / 2, home[3] - wanted * tall),
    wanted,
  ]);
}

function shift(across, down) {
  const [x, y, width] = seen;
  const tall = home[3] / home[2];
  look([
    Math.min(Math.max(0, x + across * width), home[2] - width),
    Math.min(Math.max(0, y + down * width * tall), home[3] - width * tall),
    width,
  ]);
}

const ZOOM = { in: () => closer(0.7), out: () => closer(1 / 0.7), all: () => look([0, 0, home[2]]) };
const KEYS = {
  "+": ZOOM.in, "=": ZOOM.in, "-": ZOOM.out, 0: ZOOM.all,
  ArrowLeft: () => shift(-0.1, 0), ArrowRight: () => shift(0.1, 0), ArrowUp: () => shift(0, -0.1), ArrowDown: () => shift(0, 0.1),
};
const bar = document.querySelector(".zoom");
if (bar && home) {
  bar.hidden = false;
  bar.addEventListener("click", (event) => ZOOM[event.target.dataset.zoom]?.());
  for (const drawing of drawings) {
    drawing.closest(".matrix-scroll").addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest(".cut") || !KEYS[event.key]) return;
      if (event.key.startsWith("Arrow") && seen[2] === home[2]) return;
      event.preventDefault();
      KEYS[event.key]();
    });
  }
  const kept = new URL(location).searchParams.get("zoom")?.split(",").map(Number);
  if (kept?.length === 3 && kept.every((each) => Number.isFinite(each))) look(kept);
}
