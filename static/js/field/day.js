// On lists: what the phone holds of a mission is said on its line, before the office knows it.
import { link } from "./outbox.js";
import { waiting } from "./queue.js";

const WORDS = {
  reading: "Relevé sur le téléphone",
  unproductive: "Visite improductive, à envoyer",
  start: "Démarrée, à envoyer",
  attempt: "Appel noté, à envoyer",
};

async function mark() {
  for (const item of await waiting()) {
    const note = document.querySelector(`[data-mission="${CSS.escape(item.mission ?? "")}"] [data-note]`);
    if (!WORDS[item.kind]) continue;
    if (note) note.textContent = WORDS[item.kind];
    const hint = document.querySelector(`[data-mission="${CSS.escape(item.mission ?? "")}"] [data-waiting]`);
    if (!hint) continue;
    hint.hidden = false;
    hint.querySelector("span").textContent = WORDS[item.kind];
  }
}

const isBusy = () => [...document.querySelectorAll("input, textarea")].some((field) => field.value !== field.defaultValue)
  || document.querySelector("form[data-queue] [type=submit]:disabled") !== null;

// Once all is sent the office knows better than this page: it is read again, unless someone is writing on it.
let hasWaited = false;
async function renew() {
  const { length } = await waiting();
  if (!length && hasWaited && !link.offline && !isBusy()) window.location.reload();
  hasWaited ||= length > 0;
}

// Apple's phones don't know geo: addresses.
function routes() {
  if (!/iPhone|iPad/.test(navigator.userAgent)) return;
  for (const anchor of document.querySelectorAll("[data-route]")) {
    anchor.href = `maps://?daddr=${anchor.getAttribute("href").split("?q=")[1]}`;
  }
}

export function startDay() {
  routes();
  mark();
  document.addEventListener("queue:change", mark);
  if (!document.querySelector("[data-note], [data-waiting]")) return;
  renew();
  document.addEventListener("queue:change", renew);
}
