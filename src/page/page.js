"use strict";
(() => {
  const by = (id) => document.getElementById(id);
  const body = by("_table").tBodies[0];
  const heads = Array.from(by("_table").tHead.rows[0].cells);
  const rows = Array.from(body.rows);
  const find = by("_find"), status = by("_status"), shown = by("_shown"), open = by("_open");
  const statusOf = (row) => Number(row.className.slice(1));
  const order = new Intl.Collator("en", { numeric: true }).compare;
  // From bad to good: FAIL, ?, warn, ok.
  const ranks = [3, 2, 0, 1];

  // What stands in the row, in small letters; made when it is first asked for.
  const texts = new Map();
  function textOf(row) {
    if (!texts.has(row)) texts.set(row, row.textContent.toLowerCase());
    return texts.get(row);
  }

  function filter() {
    const wanted = find.value.trim().toLowerCase();
    let count = 0;
    for (const row of rows) {
      row.hidden = !status.value.includes(statusOf(row)) || !textOf(row).includes(wanted);
      if (!row.hidden) count++;
    }
    shown.textContent = count + " of " + rows.length + " shown";
  }

  function sort(column) {
    const head = heads[column];
    const down = head.getAttribute("aria-sort") === "ascending";
    const key = column === 0 ? (row) => ranks[statusOf(row)] : (row) => row.cells[column].textContent;
    const compare = column === 0 ? (a, b) => a - b : order;
    const keyed = rows.map((row, i) => ({ row, i, key: key(row) }));
    keyed.sort((a, b) => (down ? -1 : 1) * compare(a.key, b.key) || a.i - b.i);
    const all = document.createDocumentFragment();
    for (const { row } of keyed) all.append(row);
    body.append(all);
    for (const other of heads) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
  }

  const closed = () => rows.flatMap((row) => Array.from(row.querySelectorAll("details:not([open])")));
  let opened = [];

  function openAll() {
    const some = closed().filter((details) => !details.closest("tr").hidden);
    for (const details of some.length > 0 ? some : body.querySelectorAll("details")) details.open = some.length > 0;
  }

  function openTarget() {
    const row = by(decodeURIComponent(location.hash.slice(1)));
    const details = row && body.contains(row) && row.querySelector("details");
    if (details) details.open = true;
  }

  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    button.addEventListener("click", () => sort(column));
    head.append(button);
  });
  find.addEventListener("input", filter);
  status.addEventListener("change", filter);
  open.addEventListener("click", openAll);
  window.addEventListener("hashchange", openTarget);
  window.addEventListener("beforeprint", () => {
    opened = closed();
    for (const details of opened) details.open = true;
  });
  window.addEventListener("afterprint", () => {
    for (const details of opened) details.open = false;
  });
  // Whoever listens to the page hears the summary first, too.
  document.querySelector("main").prepend(by("_summary"));
  by("_tools").hidden = false;
  filter();
  openTarget();
})();
