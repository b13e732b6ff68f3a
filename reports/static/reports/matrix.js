// The matrix and its table light each other up; choices in the filter row take effect at once.

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

for (const area of [...drawings, table].filter(Boolean)) {
  area.addEventListener("pointerover", (event) => light(codeOf(event) ?? held));
  area.addEventListener("pointerleave", () => light(held));
  area.addEventListener("focusin", (event) => light(codeOf(event) ?? held));
  area.addEventListener("focusout", () => light(held));
  area.addEventListener("click", (event) => {
    if (event.target.closest("a")) return;
    const code = codeOf(event);
    held = code === held ? null : code;
    light(held);
    if (held && !table.contains(event.target)) showRow(held);
  });
}
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") { held = null; light(null); }
  const point = event.target.closest?.("g.point");
  if (point && event.key === "Enter") { held = point.dataset.code; showRow(held); }
});

for (const form of document.querySelectorAll("form[data-auto]")) {
  form.querySelector("button").hidden = true;
  form.addEventListener("change", () => form.requestSubmit());
}
