// The strip on top: is there a signal, is anything waiting. Always words, never the colour alone.
import { plural } from "./format.js";
import { link } from "./outbox.js";
import { waiting } from "./queue.js";

const DAY = 86_400_000;

function words(items) {
  const wait = `${items.length}\u00a0en attente`;
  if (link.session && items.length) return { text: `Session terminée · ${wait}`, icon: "cloud-slash" };
  if (link.offline) return { text: items.length ? `Hors ligne · ${wait}` : "Hors ligne", icon: "cloud-slash" };
  if (!items.length) return { text: "En ligne · tout est envoyé", icon: "cloud-check", calm: true };
  const old = items.some((item) => Date.now() - item.created > DAY);
  if (old) return { text: `En ligne · ${wait} depuis plus de 24 h`, icon: "exclamation-triangle" };
  return { text: link.busy ? `Envoi en cours · ${wait}` : `En ligne · ${wait}`, icon: "arrow-repeat" };
}

function badge(count) {
  const entry = document.querySelector(`.sp-bnav a[href="${document.getElementById("portal").dataset.outbox}"]`);
  if (!entry) return;
  entry.querySelector("em")?.remove();
  if (!count) return;
  const mark = document.createElement("em");
  mark.textContent = count;
  mark.setAttribute("aria-label", plural(count, "envoi en attente", "envois en attente"));
  mark.setAttribute("role", "img");
  entry.append(mark);
}

function paint(strip, items) {
  const { text, icon, calm } = words(items);
  const label = strip.querySelector("span");
  if (label.textContent !== text) label.textContent = text;
  const use = strip.querySelector("use");
  use.setAttribute("href", use.getAttribute("href").replace(/#.*/, `#i-${icon}`));
  strip.classList.toggle("sp-strip--off", !calm);
  let see = strip.querySelector("a");
  if (!items.length) return see?.remove();
  if (see) return undefined;
  see = Object.assign(document.createElement("a"), { textContent: "Voir" });
  see.href = document.getElementById("portal").dataset.outbox;
  return strip.append(see);
}

export async function refreshStrip() {
  const strip = document.getElementById("strip");
  if (!strip) return;
  const items = await waiting();
  paint(strip, items);
  badge(items.length);
}

export function startStrip() {
  for (const event of ["queue:change", "queue:link"]) document.addEventListener(event, refreshStrip);
  refreshStrip();
}
