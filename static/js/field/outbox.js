// Sends what waits. The server keeps each key once (201 made, 200 known before), so sending twice is harmless.
// "sent", "refused" (never as it is), "later" (409, fault of the server), "session" (sign in again), "offline".
import { failed, settle, waiting } from "./queue.js";

const cookie = (name) => document.cookie.split("; ").find((part) => part.startsWith(`${name}=`))?.split("=")[1] ?? "";

export const link = { offline: !navigator.onLine, session: false, busy: false };
const tell = () => document.dispatchEvent(new CustomEvent("queue:link"));

function note(changes) {
  Object.assign(link, changes);
  tell();
}

function body(item) {
  const data = new FormData();
  for (const [name, value] of item.fields) data.append(name, value);
  if (item.blob) data.append(item.blobField, item.blob, item.fileName);
  return data;
}

async function post(item) {
  const headers = { Accept: "application/json", "X-CSRFToken": cookie("csrftoken") };
  return fetch(item.url, { method: "POST", body: body(item), headers, redirect: "manual", credentials: "same-origin" });
}

async function reason(response) {
  try {
    return (await response.json()).error;
  } catch {
    return "";
  }
}

export async function send(item) {
  let response;
  try {
    response = await post(item);
  } catch {
    note({ offline: true });
    return { outcome: "offline" };
  }
  note({ offline: false });
  if (response.type === "opaqueredirect" || response.status === 401 || response.status === 403) {
    note({ session: true });
    return { outcome: "session" };
  }
  note({ session: false });
  if (response.ok) {
    await settle(item.key);
    return { outcome: "sent" };
  }
  const later = response.status === 409 || response.status >= 500;
  const error = (await reason(response)) || (later ? "Le serveur ne répond pas bien ; l’envoi sera retenté." : "Le bureau a refusé cet envoi.");
  await failed(item, error);
  return { outcome: later ? "later" : "refused", error };
}

async function sendAll() {
  note({ busy: true });
  for (const item of await waiting()) {
    const { outcome } = await send(item);
    if (outcome === "offline" || outcome === "session") break;
  }
  note({ busy: false });
}

// One page at a time sends, however many are open.
export async function flush() {
  if (!(await waiting()).length) return;
  if (!navigator.locks) return sendAll();
  await navigator.locks.request("spekty-outbox", { ifAvailable: true }, (lock) => lock && sendAll());
}

export function startOutbox() {
  window.addEventListener("online", () => { note({ offline: false }); flush(); });
  window.addEventListener("offline", () => note({ offline: true }));
  window.addEventListener("pageshow", flush);
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && flush());
  setInterval(flush, 60_000);
}
