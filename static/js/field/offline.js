// The service worker, the pages it keeps ahead, and what leaves the phone at sign-out.
import { database, person, wipe } from "./db.js";
import { hour, plural } from "./format.js";
import { waiting } from "./queue.js";

async function worker() {
  const registration = await navigator.serviceWorker.ready;
  return registration.active;
}

async function forget() {
  await Promise.all((await caches.keys()).filter((name) => name.startsWith("pages-")).map((name) => caches.delete(name)));
}

// Pages of someone else must not be read here; what they have not sent stays, for when they sign in again.
async function checkPerson() {
  const db = await database;
  const former = await db.get("meta", "person");
  if (former && former !== person()) await forget();
  await db.put("meta", person(), "person");
}

async function keepAhead() {
  const list = document.getElementById("precache");
  if (!list) return;
  navigator.serviceWorker.addEventListener("message", (event) => {
    const note = document.getElementById("kept");
    if (event.data?.type !== "kept" || !note) return;
    note.querySelector("[data-at]").textContent = hour(new Date());
    note.hidden = false;
  });
  (await worker()).postMessage({ type: "precache", urls: JSON.parse(list.textContent) });
}

async function leave(event) {
  const form = event.target;
  if (!form.matches?.("[data-leave]") || form.dataset.agreed) return;
  event.preventDefault();
  const count = (await waiting()).length;
  const ask = `${plural(count, "envoi attend", "envois attendent")} sur ce téléphone et sera perdu. Se déconnecter quand même ?`;
  if (count && !window.confirm(count > 1 ? ask.replace("sera perdu", "seront perdus") : ask)) return;
  await forget();
  await wipe();
  form.dataset.agreed = "yes";
  form.submit();
}

export async function startOffline() {
  document.addEventListener("submit", leave);
  if (!("serviceWorker" in navigator)) return;
  await navigator.serviceWorker.register(document.getElementById("portal").dataset.worker, { scope: "/terrain/" });
  await checkPerson();
  await keepAhead();
  await navigator.storage?.persist?.();
}
