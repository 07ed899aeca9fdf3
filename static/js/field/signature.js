// Signing with a finger; a typed name does as well, and is always there.
import SignaturePad from "../../vendor/signature_pad.js";

function fit(canvas, pad) {
  const ratio = Math.max(window.devicePixelRatio || 1, 1);
  const box = canvas.parentElement.getBoundingClientRect();
  const strokes = pad.toData();
  canvas.width = Math.floor(box.width * ratio);
  canvas.height = Math.floor(box.height * ratio);
  canvas.getContext("2d").scale(ratio, ratio);
  pad.fromData(strokes);
}

export function startSignature(form, draft, onChange) {
  const zone = form.querySelector("[data-pad]");
  if (!zone) return;
  zone.hidden = false;
  const canvas = zone.querySelector("canvas");
  const [hint, clear] = [zone.querySelector("[data-sign-here]"), zone.querySelector("[data-sign-clear]")];
  const pad = new SignaturePad(canvas, { penColor: "#0b2430", minWidth: 1, maxWidth: 2.6 });
  const paint = () => { hint.hidden = !pad.isEmpty(); clear.hidden = pad.isEmpty(); };
  fit(canvas, pad);
  if (draft.strokes) pad.fromData(draft.strokes);
  paint();
  pad.addEventListener("endStroke", () => {
    Object.assign(draft, { strokes: pad.toData(), signature: pad.toDataURL("image/png") });
    paint();
    onChange();
  });
  clear.addEventListener("click", () => {
    pad.clear();
    Object.assign(draft, { strokes: null, signature: "" });
    paint();
    onChange();
  });
}

export async function signatureBlob(draft) {
  if (!draft.signature) return null;
  const [head, data] = draft.signature.split(",");
  const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
  return new Blob([bytes], { type: /data:([^;]+)/.exec(head)[1] });
}
