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
for (const button of document.querySelectorAll("[data-copy]")) {
  const source = document.getElementById(button.dataset.copy);
  button.hidden = false;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(source.value ?? source.textContent);
      button.textContent = button.dataset.done;
    } catch {
      getSelection().selectAllChildren(source);
      source.select?.();
    }
  });
}

// A table that is wider than its place can be moved by the keyboard.
for (const wrap of document.querySelectorAll(".table-wrap:not([tabindex])")) {
  if (wrap.scrollWidth > wrap.clientWidth) wrap.tabIndex = 0;
}
