// Comforts on top of pages that work without: clear one answer, answer by digits, keep the place, send once.
const form = document.getElementById("answers");
let leaving = false;

function addClearButtons() {
  if (!form.dataset.clear) return;
  for (const scale of form.querySelectorAll("fieldset")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "plain clear";
    button.textContent = form.dataset.clear;
    button.setAttribute("aria-label", `${form.dataset.answer}: ${scale.querySelector("legend").textContent}`);
    const chosen = () => scale.querySelector("input:checked");
    const show = () => { button.hidden = !chosen(); };
    button.addEventListener("click", () => {
      chosen().checked = false;
      show();
      scale.querySelector("input").focus();
    });
    scale.addEventListener("change", show);
    (scale.querySelector(".answer") || scale).append(button);
    show();
  }
}

function keep() {
  if (leaving || !form.querySelector(".issue, textarea, .groups input[name^=p_], .field input")) return;
  const body = new URLSearchParams(new FormData(form));
  body.set("go", "keep");
  fetch(form.action, { method: "POST", body, keepalive: true, redirect: "manual" }).catch(() => {});
}

// Enter in a scale turns no page; a digit answers it (0 is 10).
form.addEventListener("keydown", (event) => {
  const at = event.target;
  if (at.type !== "radio" && at.type !== "checkbox") return;
  if (event.key === "Enter") event.preventDefault();
  if (at.type !== "radio" || event.ctrlKey || event.altKey || event.metaKey) return;
  const value = event.key === "0" ? "10" : event.key;
  const wanted = /^\d+$/.test(value) && form.querySelector(`[name="${at.name}"][value="${value}"]`);
  if (wanted) { wanted.focus(); wanted.click(); }
});
form.addEventListener("submit", (event) => {
  if (leaving) event.preventDefault();
  leaving = true;
  // The question on top of the screen, for when the page comes back in another language or size.
  const top = [...form.querySelectorAll("fieldset[id]")].find((one) => one.getBoundingClientRect().bottom > 0);
  if (top && event.submitter?.form === form && !form.contains(event.submitter)) {
    const at = document.createElement("input");
    Object.assign(at, { type: "hidden", name: "at", value: top.id });
    form.append(at);
  }
});
// No more than so many of the issues that matter most: the others wait until one is taken back.
const top3 = form.querySelector("[data-most]");
function limit() {
  const full = top3.querySelectorAll(":checked").length >= top3.dataset.most;
  for (const box of top3.querySelectorAll("input")) box.disabled = full && !box.checked;
}
if (top3) { top3.addEventListener("change", limit); limit(); }
addEventListener("pageshow", () => { leaving = false; });
document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") keep(); });
addClearButtons();
