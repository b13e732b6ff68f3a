// What scripts add to the pages of a draft: every edit works as a page of its own without them.

document.addEventListener("click", (event) => {
  const close = event.target.closest("[data-close]");
  if (close) {
    event.preventDefault();
    const slot = close.closest(".slot");
    const line = slot.closest(".line");
    slot.replaceChildren();
    (line ?? slot.parentElement).querySelector("a[hx-get]")?.focus();
  }
  // A menu closes when something in it was chosen or anything else was touched.
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target) || event.target.closest("details.menu a")) menu.open = false;
  }
});
