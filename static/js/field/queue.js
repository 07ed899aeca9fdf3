// What waits to be sent, in the order it leaves: acts and readings first, photos after, each by age.
import { database, person } from "./db.js";

const changed = () => document.dispatchEvent(new CustomEvent("queue:change"));
const rank = (item) => (item.kind === "photo" ? 1 : 0);

export async function waiting() {
  const items = await (await database).getAll("outbox");
  return items
    .filter((item) => item.user === person())
    .sort((a, b) => rank(a) - rank(b) || a.created - b.created);
}

export async function find(key) {
  return (await database).get("outbox", key);
}

// An act that replaces an earlier one still waiting (kilometres, a start) says so with `replaces: true`.
export async function enqueue(item, { replaces = false } = {}) {
  const db = await database;
  const former = replaces ? (await waiting()).filter((other) => other.url === item.url) : [];
  const work = db.transaction("outbox", "readwrite");
  for (const other of former) work.store.delete(other.key);
  work.store.put({ user: person(), created: Date.now(), attempts: 0, error: "", fields: [], blob: null, ...item });
  await work.done;
  changed();
}

export async function settle(key) {
  await (await database).delete("outbox", key);
  changed();
}

export async function failed(item, error) {
  await (await database).put("outbox", { ...item, attempts: item.attempts + 1, error });
  changed();
}

export function weight(item) {
  const text = item.fields.reduce((sum, [name, value]) => sum + name.length + String(value).length, 0);
  return text + (item.blob?.size ?? 0);
}
