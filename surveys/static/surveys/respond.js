// Comforts on top of pages that work without: clear one answer, save when the page is put aside, send once.
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
    scale.append(button);
    show();
  }
}

function keep() {
  if (leaving || !form.querySelector(".issue, textarea, .groups input[name^=p_], .field input")) return;
  const body = new URLSearchParams(new FormData(form));
  body.set("go", "keep");
  fetch(form.action, { method: "POST", body, keepalive: true, redirect: "manual" }).catch(() => {});
}

form.addEventListener("submit", (event) => {
  if (leaving) event.preventDefault();
  leaving = true;
});
addEventListener("pageshow", () => { leaving = false; });
document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") keep(); });
addClearButtons();
