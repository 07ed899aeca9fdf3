// Ctrl+K: the search dialog. Arrows move among the results, Enter opens the first, typing goes back to the field.
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

function onKey(palette, event) {
  const field = palette.querySelector("input[type=search]");
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    move(palette, event.key === "ArrowDown" ? 1 : -1);
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
  palette.addEventListener("htmx:afterSwap", () => items(palette)[0]?.classList.add("is-first"));
}
