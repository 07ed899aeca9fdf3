// Keys of the lists: J and K walk the rows (tr or li with data-row), O or Enter opens, E does the row's act,
// X ticks it, / goes to the filter, ? shows the shortcuts. Silent while a person types.
const typing = (target) => target.closest("input, select, textarea, [contenteditable], dialog");
const rows = () => [...document.querySelectorAll("[data-row]")].filter((row) => row.offsetParent !== null);

function current() {
  return document.activeElement?.closest("[data-row]") ?? document.querySelector("[data-row].is-current");
}

function walk(step) {
  const list = rows();
  if (!list.length) return;
  const at = list.indexOf(current());
  const next = list[Math.min(list.length - 1, Math.max(0, at + step))];
  for (const row of list) row.classList.toggle("is-current", row === next);
  if (!next.hasAttribute("tabindex")) next.tabIndex = -1;
  next.focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
}

const press = (selector) => current()?.querySelector(selector)?.click();

const ACTS = {
  j: () => walk(1),
  k: () => walk(-1),
  o: () => press("a[data-open], a[href]"),
  e: () => press("[data-act], .btn"),
  x: () => press("input[type=checkbox]"),
  "/": () => document.querySelector("[data-filter]")?.focus(),
  "?": () => document.querySelector("[data-help]")?.click(),
};

export function startKeys() {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    if (event.key === "Enter" && event.target.matches("[data-row]")) return ACTS.o();
    const act = ACTS[event.key.toLowerCase()];
    if (!act) return;
    event.preventDefault();
    act();
  });
}
