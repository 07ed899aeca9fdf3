// Keys of the review: J and K go to the next and previous reading, V, R and C choose, Ctrl+Enter sends, 1 to 9 enlarge.
const typing = (target) => target.closest("input:not([type=radio]):not([type=checkbox]), select, textarea, [contenteditable]");

function choose(value) {
  const option = document.querySelector(`#decision [name=decision][value=${value}]`);
  if (!option) return;
  option.checked = true;
  option.focus();
  if (value !== "accept") document.querySelector(`#decision [data-for=${value}]`)?.querySelector("textarea, select")?.focus();
}

function enlarge(link) {
  const dialog = document.getElementById("photo");
  if (!link || !dialog) return;
  const image = dialog.querySelector("[data-photo]");
  image.src = link.href;
  image.alt = link.querySelector("img").alt;
  dialog.querySelector("[data-photo-caption]").textContent = link.closest("figure").querySelector("figcaption").innerText;
  if (!dialog.open) dialog.showModal();
}

const press = (selector) => document.querySelector(selector)?.click();
const KEYS = {
  j: () => press("[data-next]"),
  k: () => press("[data-previous]"),
  v: () => choose("accept"),
  r: () => choose("send_back"),
  c: () => choose("change"),
};

document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key === "Enter") return document.getElementById("decision")?.requestSubmit();
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return undefined;
  const photos = document.querySelectorAll("[data-enlarge]");
  if (/^[1-9]$/.test(event.key)) return enlarge(photos[Number(event.key) - 1]);
  const act = KEYS[event.key.toLowerCase()];
  if (!act) return undefined;
  event.preventDefault();
  return act();
});

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-enlarge]");
  if (!link || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  enlarge(link);
});

// Issuing takes a second: a second press is refused by the server anyway, and the button says that it is at work.
document.getElementById("decision")?.addEventListener("submit", (event) => {
  const button = event.target.querySelector("[data-submit]");
  button?.classList.add("is-loading");
  button?.setAttribute("aria-busy", "true");
});
