// Sorts and filters the tables. Without it they are complete, in their first order.
"use strict";
for (const table of document.querySelectorAll("table.sortable")) {
  const body = table.tBodies[0];
  const heads = [...table.tHead.rows[0].cells];
  const value = (row, at) => {
    const cell = row.cells[at];
    return cell.dataset.value ?? cell.textContent.trim();
  };
  heads.forEach((head, at) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = head.textContent;
    head.replaceChildren(button);
    button.addEventListener("click", () => {
      const down = head.getAttribute("aria-sort") === "ascending";
      heads.forEach((other) => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      const numbers = head.classList.contains("num");
      const rows = [...body.rows].sort((one, two) => {
        const [a, b] = [value(one, at), value(two, at)];
        const order = numbers ? Number(a) - Number(b) : a.localeCompare(b);
        return down ? -order : order;
      });
      body.append(...rows);
    });
  });
  const filter = document.querySelector(`[data-filters="${table.id}"]`);
  if (!filter) continue;
  filter.hidden = false;
  const input = filter.querySelector("input");
  const said = filter.querySelector("[role=status]");
  input.addEventListener("input", () => {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const row of body.rows) {
      const text = row.textContent.toLowerCase();
      row.hidden = !words.every((word) => text.includes(word));
      shown += row.hidden ? 0 : 1;
    }
    said.textContent = `${shown} of ${body.rows.length} shown`;
  });
}
// A run opens as a page: start at its top, and say so to who does not see it.
const arrive = () => {
  const run = location.hash.startsWith("#run-") && document.getElementById(location.hash.slice(1));
  if (run) run.focus();
  window.scrollTo(0, 0);
};
window.addEventListener("hashchange", () => {
  if (location.hash.startsWith("#run-") || location.hash === "#all") arrive();
});
if (location.hash.startsWith("#run-")) arrive();
