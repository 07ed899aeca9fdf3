// Copies the front-end files the pages use from node_modules to static/vendor (git-ignored), then builds the icon sprite.
// Source-map comments are dropped: the maps are not copied and the manifest storage refuses dangling references.
import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildSprite } from "./icons.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const modules = join(root, "node_modules");
const target = join(root, "static", "vendor");

const FILES = {
  "bootstrap/dist/css/bootstrap.min.css": "bootstrap.min.css",
  "@fontsource-variable/inter/files/inter-latin-wght-normal.woff2": "inter/inter-latin-wght-normal.woff2",
  "@fontsource-variable/inter/files/inter-latin-ext-wght-normal.woff2": "inter/inter-latin-ext-wght-normal.woff2",
  "leaflet/dist/leaflet-src.esm.js": "leaflet/leaflet.js",
  "leaflet/dist/leaflet.css": "leaflet/leaflet.css",
  "leaflet/dist/images": "leaflet/images",
  "sortablejs/modular/sortable.esm.js": "sortable.js",
  "signature_pad/dist/signature_pad.min.js": "signature_pad.js",
  "idb/build/index.js": "idb.js",
};
const LICENCES = {
  "bootstrap/LICENSE": "bootstrap",
  "bootstrap-icons/LICENSE": "bootstrap-icons",
  "@fontsource-variable/inter/LICENSE": "inter",
  "leaflet/LICENSE": "leaflet",
  "sortablejs/LICENSE": "sortablejs",
  "signature_pad/LICENSE": "signature_pad",
  "idb/LICENSE": "idb",
};

async function copy(source, destination) {
  const to = join(target, destination);
  await mkdir(dirname(to), { recursive: true });
  if (!/\.(js|css)$/.test(source)) return cp(join(modules, source), to, { recursive: true });
  const text = await readFile(join(modules, source), "utf8");
  return writeFile(to, text.replace(/^\/[/*][#@] sourceMappingURL=.*$/gm, ""));
}

await rm(target, { recursive: true, force: true });
for (const [source, destination] of Object.entries(FILES)) await copy(source, destination);
for (const [source, name] of Object.entries(LICENCES)) await copy(source, `licences/${name}.txt`);
const count = await buildSprite();
console.log(`static/vendor: ${Object.keys(FILES).length} fichiers, ${count} icônes`);
