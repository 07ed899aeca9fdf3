// The page « À envoyer »: what waits, its age, its size, why it was refused, and what can be done.
import { takeBack } from "./draft.js";
import { age, plural, size } from "./format.js";
import { flush, link, send } from "./outbox.js";
import { settle, waiting, weight } from "./queue.js";

function line(item) {
  const node = document.getElementById("outbox-item").content.firstElementChild.cloneNode(true);
  node.querySelector("[data-label]").textContent = item.label;
  const tries = item.attempts ? ` · ${plural(item.attempts, "essai", "essais")}` : "";
  node.querySelector("[data-detail]").textContent = `${age(item.created)} · ${size(weight(item))}${tries}`;
  const error = node.querySelector("[data-error]");
  error.hidden = !item.error;
  error.querySelector("span").textContent = item.error;
  const [retry, drop] = [node.querySelector("[data-retry]"), node.querySelector("[data-drop]")];
  retry.setAttribute("aria-label", `Réessayer : ${item.label}`);
  retry.addEventListener("click", () => send(item));
  drop.hidden = !item.error;
  if (item.kind === "reading") drop.textContent = "Reprendre";
  drop.addEventListener("click", () => remove(item));
  return node;
}

async function remove(item) {
  if (item.kind === "reading") {
    await takeBack(item);
    return window.location.assign(item.url);
  }
  if (window.confirm(`Effacer de ce téléphone : ${item.label} ? Le bureau ne l’aura pas.`)) return settle(item.key);
  return undefined;
}

async function draw(zone) {
  const items = await waiting();
  zone.querySelector("[data-list]").replaceChildren(...items.map(line));
  zone.querySelector("[data-empty]").hidden = items.length > 0;
  zone.querySelector("[data-flush]").hidden = items.length === 0;
  const total = items.reduce((sum, item) => sum + weight(item), 0);
  document.getElementById("outbox-sum").textContent = items.length
    ? `${plural(items.length, "envoi", "envois")}, ${size(total)} sur ce téléphone`
    : "Rien n’attend sur ce téléphone";
  document.getElementById("outbox-login").hidden = !(link.session && items.length);
}

export function startWaiting() {
  const zone = document.getElementById("outbox");
  if (!zone) return;
  zone.querySelector("[data-flush]").addEventListener("click", flush);
  for (const event of ["queue:change", "queue:link"]) document.addEventListener(event, () => draw(zone));
  draw(zone);
}
