// Builds static/vendor/icons.svg: our own symbols (static/img/own-icons.svg) and the Bootstrap Icons the project names.
// A name counts as used when it stands in a template, a Python file or a script of ours: hyphenated names anywhere,
// single words after icon= or name=, and any
// word of the modules that list icons (LISTS). Run again (npm run icons) after naming a new icon.
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { basename, dirname, extname, join, relative } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const library = join(root, "node_modules", "bootstrap-icons", "icons");
const SKIPPED = new Set(["node_modules", ".venv", ".git", "var", "vendor", "migrations", "tests", "__pycache__"]);
const READ = new Set([".html", ".py", ".js"]);

async function* sources(folder) {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory() && !SKIPPED.has(entry.name)) yield* sources(path);
    else if (entry.isFile() && READ.has(extname(entry.name))) yield path;
  }
}

const LISTS = new Set(["palette.py", "shell.py"]);

function namesIn(text, file) {
  const hyphenated = text.match(/[a-z0-9]+(?:-[a-z0-9]+)+/g) ?? [];
  const words = [...text.matchAll(/\b(?:icon|name)(?:=|: ?|\()\s*["']([a-z0-9]+)["']/g)].map((m) => m[1]);
  const tagged = [...text.matchAll(/\{% icon ["']([a-z0-9-]+)["']/g)].map((m) => m[1]);
  const listed = LISTS.has(file) ? [...text.matchAll(/"([a-z0-9]+)"/g)].map((m) => m[1]) : [];
  return [...hyphenated, ...words, ...tagged, ...listed];
}

function symbol(name, svg) {
  const inner = svg.replace(/^[\s\S]*?<svg[^>]*>/, "").replace(/<\/svg>\s*$/, "").replace(/\s*\n\s*/g, "");
  return `<symbol id="i-${name}" viewBox="0 0 16 16">${inner}</symbol>`;
}

export async function buildSprite() {
  const known = new Set((await readdir(library)).map((file) => file.replace(/\.svg$/, "")));
  const used = new Set();
  for await (const path of sources(root)) {
    for (const name of namesIn(await readFile(path, "utf8"), basename(path))) if (known.has(name)) used.add(name);
  }
  const own = (await readFile(join(root, "static", "img", "own-icons.svg"), "utf8")).match(/<symbol[\s\S]*?<\/symbol>/g);
  const borrowed = await Promise.all(
    [...used].sort().map(async (name) => symbol(name, await readFile(join(library, `${name}.svg`), "utf8"))),
  );
  const target = join(root, "static", "vendor", "icons.svg");
  await mkdir(dirname(target), { recursive: true });
  const sprite = ["<!-- Bootstrap Icons, MIT, the Bootstrap Authors; Spekty symbols -->", ...own, ...borrowed];
  await writeFile(target, `<svg xmlns="http://www.w3.org/2000/svg">\n${sprite.join("\n")}\n</svg>\n`);
  return own.length + borrowed.length;
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  console.log(`${relative(root, join(root, "static/vendor/icons.svg"))} : ${await buildSprite()} icônes`);
}
