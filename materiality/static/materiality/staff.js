// What scripts add to staff pages; every page works without them.

// Going to the first error after a form came back.
document.querySelector("#errors")?.focus();

// Warn before leaving a form with unsaved changes.
for (const form of document.querySelectorAll("form[data-guard]")) {
  let changed = Boolean(form.querySelector(".error"));
  form.addEventListener("input", () => { changed = true; });
  form.addEventListener("submit", () => { changed = false; });
  window.addEventListener("beforeunload", (event) => { if (changed) event.preventDefault(); });
}

// A browser words its file fields in its own language: the page's own button and words take their place.
for (const choice of document.querySelectorAll(".file-choice")) {
  const input = document.getElementById(choice.querySelector("label").htmlFor), shown = choice.querySelector(".chosen-file");
  const none = shown.textContent;
  const show = () => { shown.textContent = [...input.files].map((file) => file.name).join(", ") || none; };
  choice.hidden = false;
  input.classList.add("visually-hidden");
  input.addEventListener("change", show);
  show();
}

// Whoever is alone may look at the password while typing it.
for (const box of document.querySelectorAll("[data-reveal]")) {
  const input = box.closest(".field").querySelector("input[type=password]");
  box.parentElement.hidden = false;
  box.addEventListener("change", () => { input.type = box.checked ? "text" : "password"; });
  input.form.addEventListener("submit", () => { input.type = "password"; });
}

// How hard a new password is to guess, by how many of its characters are no word, run or repetition that guessers try
// first: a rough measure (log2 of the guesses), which never leaves the page. What is refused the server says.
function strengthOf(text) {
  if (text.length < 12) return 0;
  const plain = text.toLowerCase().replace(/pass?wor[dt]|qwert[yz]\w*|asdf\w*|admin\w*|welcome|letmein|iloveyou|woaini|yiti|(19|20)\d\d/g, "*");
  const fresh = [...plain].filter((letter, at) => {
    const step = letter.codePointAt(0) - (plain.codePointAt(at - 1) || 0);
    return Math.abs(step) > 1 && !(at > 1 && plain.slice(0, at).includes(plain.slice(at - 1, at + 1)));
  }).length;
  const kinds = [[/[a-z]/, 26], [/[A-Z]/, 26], [/\d/, 10], [/[!-/:-@[-`{-~ ]/, 33], [/[^ -~]/, 2000]];
  const bits = fresh * Math.log2(kinds.reduce((sum, [kind, size]) => sum + (kind.test(text) ? size : 0), 0));
  return bits < 50 ? 1 : bits < 75 ? 2 : 3;
}
for (const place of document.querySelectorAll("[data-strength]")) {
  const words = place.dataset.strength.split("|");
  const [meter, said] = place.children;
  place.closest(".field").querySelector("input").addEventListener("input", ({ target }) => {
    const level = strengthOf(target.value);
    place.hidden = !target.value;
    meter.value = level;
    if (said.textContent !== words[level]) said.textContent = words[level];
  });
}

// Filters of a list: a day that is chosen, and words that were typed, are looked for at once.
document.addEventListener("change", (event) => {
  const form = event.target.closest("form.filters[role=search]");
  if (form && !form.hasAttribute("hx-get")) form.requestSubmit();
});

// One menu is open at a time, and Escape or a click elsewhere shuts it.
const shut = (except) => document.querySelectorAll("details.menu[open]").forEach((menu) => {
  if (menu !== except) menu.open = false;
});
document.addEventListener("click", (event) => shut(event.target.closest("details.menu")));
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const open = document.querySelector("details.menu[open]");
  shut(null);
  open?.querySelector("summary").focus();
});

// A box that names its column ticks the boxes of that column in other parts of the table; one in a head all boxes of the
// table, one in a row those of its row.
for (const table of document.querySelectorAll("[data-boxes]")) {
  const place = (box) => box.closest("td, th").cellIndex;
  const boxes = (head) => [...table.querySelectorAll("tbody input[type=checkbox]:not(:disabled):not([data-all])")].filter((box) =>
    head.dataset.all ? place(box) === place(head) && box.closest("tbody") !== head.closest("tbody")
      : !head.closest("tbody") || box.closest("tr") === head.closest("tr"));
  const heads = [...table.querySelectorAll("[data-all]")];
  const show = () => heads.forEach((head) => {
    const ticked = boxes(head).filter((box) => box.checked).length;
    head.checked = ticked > 0 && ticked === boxes(head).length;
    head.indeterminate = ticked > 0 && !head.checked;
  });
  heads.forEach((head) => { head.hidden = false; });
  table.addEventListener("change", (event) => {
    if (heads.includes(event.target)) boxes(event.target).forEach((box) => { box.checked = event.target.checked; });
    show();
  });
  show();
}

// A button copies the text that it names; where the browser lets no page copy, the text is marked to be copied by hand.
const offerCopies = (part) => part.querySelectorAll("[data-copy]").forEach((button) => { button.hidden = false; });
offerCopies(document);
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]"), source = button && document.getElementById(button.dataset.copy);
  if (!button) return;
  try {
    await navigator.clipboard.writeText(source.value ?? source.textContent);
    button.textContent = button.dataset.done;
  } catch {
    getSelection().selectAllChildren(source);
    source.select?.();
  }
});

// What comes as a dialog opens above the page, and goes when it is shut.
document.addEventListener("htmx:load", ({ detail: { elt } }) => {
  if (!elt.matches("dialog")) return;
  offerCopies(elt);
  elt.addEventListener("close", () => elt.remove());
  elt.showModal();
});

// A table that is wider than its place can be moved by the keyboard.
for (const wrap of document.querySelectorAll(".table-wrap:not([tabindex])")) {
  if (wrap.scrollWidth > wrap.clientWidth) wrap.tabIndex = 0;
}
