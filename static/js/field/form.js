// Small forms (start, unproductive visit, call, kilometres): kept on the phone first, then sent.
// Without signal they wait; refused while the person is still there, they are given back with the reason.
import { toast } from "../toast.js";
import { newKey } from "./db.js";
import { send } from "./outbox.js";
import { enqueue, find, settle } from "./queue.js";

const REPLACED = new Set(["start", "kilometres"]);

export function remember(text, tone = "ok") {
  sessionStorage.setItem("said", JSON.stringify({ text, tone }));
}

export function sayRemembered() {
  const said = sessionStorage.getItem("said");
  if (!said) return;
  sessionStorage.removeItem("said");
  const { text, tone } = JSON.parse(said);
  toast(text, tone);
}

function fieldsOf(form, key) {
  const data = new FormData(form);
  data.delete("csrfmiddlewaretoken");
  data.set("key", key);
  if (data.has("at")) data.set("at", new Date().toISOString());
  return [...data].filter(([, value]) => typeof value === "string");
}

function goOn(form, text, tone) {
  remember(text, tone);
  if (form.dataset.then) window.location.assign(form.dataset.then);
  else window.location.reload();
}

async function take(form) {
  const { queue: kind, mission = "", label } = form.dataset;
  const key = newKey();
  const item = { key, kind, mission, label, url: new URL(form.action).pathname, fields: fieldsOf(form, key) };
  await enqueue(item, { replaces: REPLACED.has(kind) });
  const { outcome, error } = await send(await find(key));
  if (outcome === "refused") {
    await settle(key);
    return toast(error, "ko");
  }
  if (outcome === "sent") return goOn(form, `${label} : envoyé.`);
  return goOn(form, `${label} : gardé sur le téléphone.`, "act");
}

export function startForms() {
  sayRemembered();
  document.addEventListener("submit", async (event) => {
    const form = event.target.closest?.("form[data-queue]");
    if (!form || !form.reportValidity()) return;
    event.preventDefault();
    const button = form.querySelector("[type=submit]");
    button.disabled = true;
    await take(form).finally(() => { button.disabled = false; });
  });
}
