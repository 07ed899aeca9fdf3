// A photo becomes 1600 px at most before it waits: 12 megapixels weigh eight times more than the proof needs.
import { newKey } from "./db.js";
import { readExif } from "./exif.js";

const LONGEST = 1600;
const QUALITY = 0.82;

async function reduce(file) {
  const image = await createImageBitmap(file, { imageOrientation: "from-image" });
  const scale = Math.min(1, LONGEST / Math.max(image.width, image.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(image.width * scale);
  canvas.height = Math.round(image.height * scale);
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  image.close();
  return new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", QUALITY));
}

async function fingerprint(file) {
  if (!crypto.subtle) return "";
  const digest = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

// Throws when the file is no picture.
export async function takePhoto(file, code, label) {
  const [exif, sha256, blob] = await Promise.all([readExif(file), fingerprint(file), reduce(file)]);
  const taken = exif.taken_at ?? new Date(file.lastModified);
  return { key: newKey(), code, label, blob, sha256, taken_at: taken.toISOString(), lat: exif.lat, lon: exif.lon };
}

export function photoFields(photo) {
  const fields = [["key", photo.key], ["question", photo.code], ["original_sha256", photo.sha256], ["taken_at", photo.taken_at]];
  if (photo.lat !== null && photo.lon !== null) fields.push(["lat", photo.lat], ["lon", photo.lon]);
  return fields;
}
