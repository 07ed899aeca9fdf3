// When and where a JPEG was taken, read before the canvas drops it. { taken_at, lat, lon }, each null when unknown.
const DATE_TAKEN = 0x9003;
const EXIF_IFD = 0x8769;
const GPS_IFD = 0x8825;
const SIZES = { 1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 7: 1, 9: 4, 10: 8 };

// The TIFF block of the EXIF segment, or null.
function tiffOf(view) {
  if (view.byteLength < 4 || view.getUint16(0) !== 0xffd8) return null;
  for (let at = 2; at + 10 < view.byteLength; ) {
    const marker = view.getUint16(at);
    if ((marker & 0xff00) !== 0xff00 || marker === 0xffda) return null;
    const length = view.getUint16(at + 2);
    if (marker === 0xffe1 && view.getUint32(at + 4) === 0x45786966) return { start: at + 10, end: Math.min(at + 2 + length, view.byteLength) };
    at += 2 + length;
  }
  return null;
}

function reader(view, { start }) {
  const little = view.getUint16(start) === 0x4949;
  const u16 = (at) => view.getUint16(start + at, little);
  const u32 = (at) => view.getUint32(start + at, little);
  const text = (at, count) => Array.from({ length: count }, (_, n) => String.fromCharCode(view.getUint8(start + at + n))).join("").replace(/\0.*$/s, "");
  const ratio = (at) => u32(at) / u32(at + 4);
  const entries = (at) => {
    const found = new Map();
    for (let n = 0; n < u16(at); n += 1) {
      const entry = at + 2 + 12 * n;
      const [type, count] = [u16(entry + 2), u32(entry + 4)];
      const place = (SIZES[type] ?? 1) * count > 4 ? u32(entry + 8) : entry + 8;
      found.set(u16(entry), { count, place });
    }
    return found;
  };
  return { u32, text, ratio, entries, first: () => u32(4) };
}

function dateOf(read, exif) {
  const entry = exif.get(DATE_TAKEN);
  const match = entry && /^(\d{4}):(\d\d):(\d\d) (\d\d):(\d\d):(\d\d)/.exec(read.text(entry.place, entry.count));
  if (!match) return null;
  const [year, month, day, hours, minutes, seconds] = match.slice(1).map(Number);
  return new Date(year, month - 1, day, hours, minutes, seconds);
}

function degrees(read, gps, tag, reference, negative) {
  const [value, side] = [gps.get(tag), gps.get(reference)];
  if (!value || !side) return null;
  const size = [0, 1, 2].reduce((sum, n) => sum + read.ratio(value.place + 8 * n) / 60 ** n, 0);
  if (!Number.isFinite(size)) return null;
  return read.text(side.place, 1) === negative ? -size : size;
}

export async function readExif(file) {
  const nothing = { taken_at: null, lat: null, lon: null };
  const view = new DataView(await file.slice(0, 256 * 1024).arrayBuffer());
  try {
    const tiff = tiffOf(view);
    if (!tiff) return nothing;
    const read = reader(view, tiff);
    const main = read.entries(read.first());
    const sub = (tag) => (main.has(tag) ? read.entries(read.u32(main.get(tag).place)) : new Map());
    const gps = sub(GPS_IFD);
    return { taken_at: dateOf(read, sub(EXIF_IFD)), lat: degrees(read, gps, 2, 1, "S"), lon: degrees(read, gps, 4, 3, "W") };
  } catch (fault) {
    if (fault instanceof RangeError) return nothing; // a truncated block says nothing
    throw fault;
  }
}
