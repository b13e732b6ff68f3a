// Searching among boxes to tick that stand folded by category; without this script they unfold by hand.

for (const box of document.querySelectorAll("[data-pick]")) {
  const search = box.querySelector("input[type=search]");
  const none = box.querySelector(".pick-none");
  const folds = [...box.querySelectorAll("details")];
  const wereOpen = new Map(folds.map((fold) => [fold, fold.open]));
  search.closest("[hidden]").hidden = false;
  search.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
  search.addEventListener("input", () => {
    const terms = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    let found = 0;
    for (const fold of folds) {
      let here = 0;
      for (const line of fold.querySelectorAll("li")) {
        line.hidden = !terms.every((term) => line.dataset.words.includes(term));
        here += line.hidden ? 0 : 1;
      }
      fold.hidden = here === 0;
      fold.open = terms.length ? here > 0 : wereOpen.get(fold) || fold.querySelector(":checked") !== null;
      found += here;
    }
    none.hidden = found > 0;
  });
}
