(() => {
  const filter = document.getElementById("filter");
  if (!filter) return;
  const which = document.getElementById("filter-question");
  const differ = document.getElementById("filter-differ");
  const told = document.getElementById("filter-told");
  const items = [...document.querySelectorAll("article.question")];
  const kept = (item) =>
    (which.value === "all" || which.value === item.id || which.value === item.dataset.kind) &&
    (!differ.checked || "differs" in item.dataset);
  const apply = () => {
    let shown = 0;
    for (const item of items) {
      item.hidden = !kept(item);
      if (!item.hidden) shown += 1;
    }
    told.textContent = `${shown} of ${items.length} shown`;
  };
  filter.addEventListener("input", () => {
    apply();
    const chosen = document.getElementById(which.value);
    if (chosen) chosen.querySelector("details").open = true;
  });
  document.getElementById("filter-open").addEventListener("click", (event) => {
    const open = event.target.textContent === "Open all";
    for (const item of items) item.querySelector("details").open = open;
    event.target.textContent = open ? "Close all" : "Open all";
  });
  filter.hidden = false;
  apply();
})();
