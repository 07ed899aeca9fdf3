// The reading's page: what is typed is kept at once, photos join, the list says what is missing, the end queues it all.
import { toast } from "../toast.js";
import { checkList, gapHints, idleQuestions } from "./checklist.js";
import { addPhoto, dropPhoto, finish, loadDraft, photosOf, saveDraft } from "./draft.js";
import { remember } from "./form.js";
import { hour } from "./format.js";
import { send } from "./outbox.js";
import { takePhoto } from "./photo.js";
import { find, waiting } from "./queue.js";
import { signatureBlob, startSignature } from "./signature.js";

const KEPT = /^q-|^comment$|^signer$/;

function valuesOf(form) {
  const values = {};
  for (const [name, value] of new FormData(form)) if (KEPT.test(name) && typeof value === "string") (values[name] ??= []).push(value);
  return values;
}

function isTouched(control) {
  if (control.type === "radio") return control.checked !== control.defaultChecked;
  if (control.options) return control.selectedIndex !== Math.max(0, [...control.options].findIndex((option) => option.defaultSelected));
  return control.value !== control.defaultValue;
}

// What was typed before the draft was read is newer than it.
function fill(form, values) {
  for (const [name, given] of Object.entries(values)) {
    const controls = [...form.querySelectorAll(`[name="${CSS.escape(name)}"]`)];
    if (controls.some(isTouched)) continue;
    controls.forEach((control, rank) => {
      if (control.type === "radio") control.checked = control.value === given[0];
      else control.value = given[rank] ?? "";
    });
  }
}

function sayKept(control) {
  const mark = control.closest("[data-line]")?.querySelector("[data-save]");
  if (!mark) return;
  mark.className = "sp-save sp-save--loc";
  mark.textContent = `Sur le téléphone ${hour(new Date())}`;
}

class ReadingPage {
  constructor(form, draft) {
    Object.assign(this, { form, draft, taking: Promise.resolve() });
  }

  async start() {
    const early = [...this.form.elements].filter((control) => KEPT.test(control.name) && isTouched(control));
    if (!this.draft.is_new) fill(this.form, this.draft.values);
    this.form.addEventListener("input", (event) => this.typed(event.target));
    this.form.addEventListener("submit", (event) => this.end(event));
    for (const input of this.form.querySelectorAll("[data-photo]")) input.addEventListener("change", () => this.photos(input));
    for (const input of this.form.querySelectorAll("[data-photo]")) this.photos(input); // those chosen before now
    startSignature(this.form, this.draft, () => this.keep());
    for (const photo of await photosOf(this.draft)) this.show(photo);
    this.refresh();
    if (early.length) await this.keep();
    early.forEach(sayKept);
  }

  typed(control) {
    if (control.type === "file") return;
    this.keep().then(() => sayKept(control));
  }

  async keep() {
    this.draft.values = valuesOf(this.form);
    this.refresh();
    await saveDraft(this.draft);
  }

  // One after the other, for a phone's memory; the end waits for the last one.
  photos(input) {
    const files = [...input.files];
    input.value = "";
    this.taking = this.taking.then(() => this.take(files, input.dataset));
  }

  async take(files, { photo: code, photoLabel }) {
    for (const file of files) {
      try {
        const photo = await takePhoto(file, code, photoLabel);
        await addPhoto(this.draft, photo);
        await this.keep();
        this.show(photo);
      } catch (fault) {
        console.warn(fault);
        toast(`${file.name} : cette photo ne peut pas être lue. Reprenez-la.`, "ko");
      }
    }
    this.refresh();
  }

  show(photo) {
    const tile = this.form.querySelector("#tile").content.firstElementChild.cloneNode(true);
    const image = tile.querySelector("img");
    image.src = URL.createObjectURL(photo.blob);
    image.alt = photo.label;
    tile.querySelector("[data-label]").textContent = photo.label;
    tile.dataset.have = photo.code;
    tile.querySelector("button").addEventListener("click", async () => {
      await dropPhoto(photo.key);
      URL.revokeObjectURL(image.src);
      tile.remove();
      this.refresh();
    });
    this.form.querySelector("[data-tiles] label").before(tile);
  }

  get taken() {
    const tiles = [...this.form.querySelectorAll("[data-have]")];
    return Object.assign(new Set(tiles.map((tile) => tile.dataset.have)), { total: tiles.length });
  }

  refresh() {
    const taken = this.taken;
    idleQuestions(this.form);
    gapHints(this.form);
    this.missing = checkList(this.form, taken, Boolean(this.draft.signature));
    for (const input of this.form.querySelectorAll("[data-photo][capture]")) input.closest("label").hidden = taken.has(input.dataset.photo);
    const needed = this.form.querySelectorAll("[data-need^=photo-]").length;
    this.form.querySelector("[data-photo-count]").textContent = needed ? `${taken.total} sur ${Math.max(needed, taken.total)}` : `${taken.total}`;
  }

  async end(event) {
    event.preventDefault();
    await this.taking;
    const explain = this.form.querySelector("[data-explain]");
    const comment = this.form.elements.comment;
    explain.hidden = !(this.missing && !comment.value.trim());
    if (!explain.hidden) {
      document.getElementById("missing").scrollIntoView({ block: "center" });
      comment.focus({ preventScroll: true });
      return toast("Complétez, ou dites en commentaire pourquoi il manque des éléments.", "act");
    }
    this.form.querySelector("[data-finish]").disabled = true;
    return this.queue();
  }

  async queue() {
    await this.keep();
    const { draft, form } = this;
    const skipped = new Set(["csrfmiddlewaretoken", "key", "started_at", "signature"]);
    const fields = [...new FormData(form)].filter(([name, value]) => typeof value === "string" && !skipped.has(name) && this.counts(name));
    fields.push(["key", draft.key], ["started_at", draft.started_at], ["finished_at", new Date().toISOString()]);
    const reading = {
      key: draft.key, kind: "reading", label: form.dataset.label, url: new URL(form.action).pathname, fields,
      blob: await signatureBlob(draft), blobField: "signature", fileName: "signature.png",
    };
    await finish(draft, reading, form.dataset.photos.replace(/0{8}(-0{4}){3}-0{12}/, draft.key), form.dataset.label.split(" · ").at(-1));
    const { outcome } = await send(await find(draft.key));
    remember(outcome === "sent" ? "Relevé envoyé, il part en relecture." : "Relevé gardé sur le téléphone.", outcome === "sent" ? "ok" : "act");
    window.location.assign(form.dataset.then);
  }

  // An answer that another answer made idle isn't sent.
  counts(name) {
    return !this.form.querySelector(`[name="${CSS.escape(name)}"]`)?.closest("[data-line]")?.hidden;
  }
}

export async function startReading() {
  const form = document.querySelector("form[data-reading]");
  if (!form) return;
  const sent = (await waiting()).some((item) => item.kind === "reading" && item.mission === form.dataset.mission);
  if (sent) {
    document.getElementById("already").hidden = false;
    form.hidden = true;
    return;
  }
  await new ReadingPage(form, await loadDraft(form.dataset.mission)).start();
}
