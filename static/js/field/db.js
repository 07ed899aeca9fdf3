// What the phone keeps: drafts of readings with their photos, and what waits to be sent. Nothing here is a copy of
// the office's data. Every row carries its person: two people on one phone never send each other's work.
import { openDB } from "../../vendor/idb.js";

export const person = () => document.getElementById("portal")?.dataset.user ?? "";

export const database = openDB("spekty-terrain", 1, {
  upgrade(db) {
    db.createObjectStore("drafts", { keyPath: "id" });
    db.createObjectStore("photos", { keyPath: "key" }).createIndex("draft", "draft");
    db.createObjectStore("outbox", { keyPath: "key" });
    db.createObjectStore("meta");
  },
});

export function newKey() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

export async function wipe() {
  const db = await database;
  await Promise.all([...db.objectStoreNames].map((store) => db.clear(store)));
}
