// Numbers, hours and sizes as French people write them.
const NBSP = "\u00a0";

// "1 126,5" -> 11265000n (ten-thousandths, exact), null when it is no number.
export function exact(text) {
  const bare = text.replace(/\s/g, "").replace(",", ".");
  const match = /^(\d{1,9})(?:\.(\d{1,4}))?$/.exec(bare);
  return match ? BigInt(match[1]) * 10000n + BigInt((match[2] ?? "").padEnd(4, "0")) : null;
}

export const percent = (hundredths) => `${hundredths / 100n},${String(hundredths % 100n).padStart(2, "0")}${NBSP}%`;

export const hour = (date) => `${date.getHours()}${NBSP}h${NBSP}${String(date.getMinutes()).padStart(2, "0")}`;

export const plural = (count, one, many) => `${count}${NBSP}${count < 2 ? one : many}`;

export function age(time) {
  const minutes = Math.floor((Date.now() - time) / 60000);
  if (minutes < 1) return "à l’instant";
  if (minutes < 60) return `il y a ${minutes}${NBSP}min`;
  if (minutes < 1440) return `il y a ${Math.floor(minutes / 60)}${NBSP}h`;
  return `il y a ${Math.floor(minutes / 1440)}${NBSP}j`;
}

export function size(bytes) {
  if (bytes < 1000) return `${bytes}${NBSP}o`;
  if (bytes < 1e6) return `${Math.round(bytes / 1000)}${NBSP}ko`;
  return `${(bytes / 1e6).toFixed(1).replace(".", ",")}${NBSP}Mo`;
}
