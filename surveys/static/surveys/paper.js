// Typing a sheet: on to the next field when one is complete, Enter goes on too, arrows go up and down.
const form = document.querySelector(".paper-entry");
const fields = [...form.querySelectorAll(".grid input")];
const longest = Number(form.dataset.k);

function complete(text) {
  if (/^d$/i.test(text)) return true;
  if (!/^\d+$/.test(text)) return false;
  // On the scale to 10 a lone 1 may still become 10.
  return longest < 10 || text !== "1";
}

function go(from, step) {
  const next = fields[fields.indexOf(from) + step];
  if (next) {
    next.focus();
    next.select();
  }
}

for (const field of fields) {
  field.addEventListener("input", () => complete(field.value.trim()) && go(field, 1));
  field.addEventListener("keydown", (event) => {
    const step = { Enter: 1, ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    go(field, step);
  });
}

(form.querySelector("[aria-invalid]") || form.querySelector("[name=consent]")).focus();
