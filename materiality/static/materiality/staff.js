// What scripts add to staff pages; every page works without them.

// Going to the first error after a form came back.
document.querySelector("#errors")?.focus();

// Warn before leaving a form with unsaved changes.
for (const form of document.querySelectorAll("form[data-guard]")) {
  let changed = false;
  form.addEventListener("input", () => { changed = true; });
  form.addEventListener("submit", () => { changed = false; });
  window.addEventListener("beforeunload", (event) => { if (changed) event.preventDefault(); });
}
