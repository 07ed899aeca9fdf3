// Ctrl+K: the search dialog. Arrows move among the results, Enter opens the first, typing goes back to the field.
// Enter pressed before the answer to what is typed opens the first result of that answer, not of the one before.
const items = (palette) => [...palette.querySelectorAll("[data-palette-item]")];

function open(palette) {
  if (!palette.open) palette.showModal();
  const field = palette.querySelector("input[type=search]");
  field.focus();
  field.select();
}

function move(palette, step) {
  const field = palette.querySelector("input[type=search]");
  const places = [field, ...items(palette)];
  const at = places.indexOf(document.activeElement);
  places[(at + step + places.length) % places.length].focus();
}

function answered(palette, query) {
  const [first] = items(palette);
  first?.classList.add("is-first");
  palette.dataset.answered = query;
  if (!("entered" in palette.dataset)) return;
  delete palette.dataset.entered;
  if (first) first.click();
  else palette.querySelector("form").submit();
}

function onKey(palette, event) {
  const field = palette.querySelector("input[type=search]");
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    move(palette, event.key === "ArrowDown" ? 1 : -1);
  } else if (event.key === "Enter" && event.target === field && field.value !== palette.dataset.answered) {
    event.preventDefault();
    palette.dataset.entered = "";
    htmx.trigger(field, "search");
  } else if (event.key === "Enter" && event.target === field && items(palette).length) {
    event.preventDefault();
    items(palette)[0].click();
  } else if (event.key.length === 1 && !event.ctrlKey && !event.metaKey && event.target !== field) {
    field.focus();
  }
}

export function startPalette() {
  const palette = document.querySelector("dialog[data-palette]");
  if (!palette) return;
  palette.addEventListener("keydown", (event) => onKey(palette, event));
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
      event.preventDefault();
      open(palette);
    }
  });
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-open-palette]") || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    open(palette);
  });
  palette.addEventListener("input", () => delete palette.dataset.entered);
  palette.addEventListener("htmx:afterSwap", (event) => answered(palette, event.detail.requestConfig.parameters.q));
}
