{% load portal %}// Statics: kept files first. /terrain/ pages: network first, the kept page when there is no signal. Never a POST.
const VERSION = "{{ version }}";
const STATICS = `statics-${VERSION || "dev"}`;
const PAGES = "pages-1";
const FILES = {{ files|json_js }};
const OFFLINE = "{% url "field:offline" %}";
const PATIENCE = 5000;

self.addEventListener("install", (event) => {
  event.waitUntil(keepStatics().then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(dropOld().then(() => self.clients.claim()));
});

self.addEventListener("message", (event) => {
  const { type, urls } = event.data ?? {};
  if (type === "precache") event.waitUntil(precache(urls).then(() => event.source?.postMessage({ type: "kept" })));
  if (type === "wipe") event.waitUntil(caches.delete(PAGES));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (url.pathname.startsWith("/static/")) event.respondWith(staticFile(request));
  else if (url.pathname.startsWith("/terrain/") && !url.pathname.endsWith("/sw.js")) event.respondWith(page(request));
});

async function keepStatics() {
  const cache = await caches.open(STATICS);
  await Promise.all(FILES.map((file) => cache.add(file).catch(() => console.warn("not kept:", file))));
}

async function dropOld() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith("statics-") && name !== STATICS).map((name) => caches.delete(name)));
}

async function staticFile(request) {
  const cache = await caches.open(STATICS);
  const kept = await cache.match(request, { ignoreVary: true });
  if (kept && VERSION) return kept;
  try {
    const fresh = await fetch(request);
    if (fresh.ok) await cache.put(request, fresh.clone());
    return fresh;
  } catch (fault) {
    if (kept) return kept;
    throw fault;
  }
}

const usable = (response) => response.ok && response.type === "basic" && !response.redirected;

async function fresh(request) {
  const response = await fetch(request);
  if (usable(response)) await (await caches.open(PAGES)).put(request, response.clone());
  return response;
}

async function page(request) {
  const cache = await caches.open(PAGES);
  const kept = await cache.match(request, { ignoreVary: true });
  const asked = fresh(request);
  if (!kept) return asked.catch(async (fault) => (await lastResort(request, cache)) ?? Promise.reject(fault));
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE, kept));
  return Promise.race([asked.catch(() => kept), late]);
}

async function lastResort(request, cache) {
  return request.mode === "navigate" ? cache.match(OFFLINE, { ignoreVary: true }) : undefined;
}

async function precache(urls) {
  for (const url of urls) await fresh(new Request(url, { credentials: "same-origin" })).catch(() => undefined);
}
