// A reading under way: each keystroke is kept on the phone, so that nothing typed is ever lost.
import { database, newKey, person } from "./db.js";
import { photoFields } from "./photo.js";

const idOf = (mission) => `${person()}:${mission}`;

export async function loadDraft(mission) {
  const known = await (await database).get("drafts", idOf(mission));
  return known ?? { id: idOf(mission), mission, key: newKey(), started_at: new Date().toISOString(), values: {}, signature: "", is_new: true };
}

export async function saveDraft(draft) {
  await (await database).put("drafts", { ...draft, is_new: false, saved_at: Date.now() });
}

export async function photosOf(draft) {
  return (await database).getAllFromIndex("photos", "draft", draft.id);
}

export async function addPhoto(draft, photo) {
  await (await database).put("photos", { ...photo, draft: draft.id });
}

export async function dropPhoto(key) {
  await (await database).delete("photos", key);
}

const base = (draft) => ({ user: person(), mission: draft.mission, created: Date.now(), attempts: 0, error: "" });

// The draft leaves and the queue receives in one transaction: a phone that dies between loses nothing.
export async function finish(draft, reading, photoUrl, place) {
  const photos = await photosOf(draft);
  const work = (await database).transaction(["drafts", "photos", "outbox"], "readwrite");
  work.objectStore("outbox").put({ ...base(draft), ...reading, draft });
  for (const photo of photos) {
    const item = { key: photo.key, kind: "photo", url: photoUrl, label: `Photo ${photo.label.toLowerCase()} · ${place}`, reading: draft.key };
    const file = { fields: photoFields(photo), blob: photo.blob, blobField: "file", fileName: `${photo.code}.jpg`, photo };
    work.objectStore("outbox").put({ ...base(draft), ...item, ...file });
    work.objectStore("photos").delete(photo.key);
  }
  work.objectStore("drafts").delete(draft.id);
  await work.done;
  document.dispatchEvent(new CustomEvent("queue:change"));
}

// A reading that the office refused becomes a draft again, with its photos.
export async function takeBack(item) {
  const work = (await database).transaction(["drafts", "photos", "outbox"], "readwrite");
  const queue = work.objectStore("outbox");
  work.objectStore("drafts").put({ ...item.draft, is_new: false });
  for (const other of await queue.getAll()) {
    if (other.reading !== item.key) continue;
    work.objectStore("photos").put(other.photo);
    queue.delete(other.key);
  }
  queue.delete(item.key);
  await work.done;
}
