// The map beside the lanes, drawn from what the page already says: no tile, no other request than the outlines.
import * as L from "../vendor/leaflet/leaflet.js";

const at = (node) => (node.dataset.lat ? [Number(node.dataset.lat), Number(node.dataset.lon)] : null);

export function startMap(board) {
  const box = document.getElementById("map");
  if (!box) return null;
  const map = L.map(box, { attributionControl: false, zoomSnap: 0.25, keyboard: false, zoomControl: false });
  const tours = L.layerGroup();
  const marks = new Map();
  const lines = new Map();
  let shown = null;
  map.setView([46.6, 2.4], 5);
  L.control.zoom({ zoomInTitle: "Agrandir", zoomOutTitle: "Réduire" }).addTo(map);
  fetch(box.dataset.outlines)
    .then((answer) => answer.json())
    .then((outlines) => {
      L.geoJSON(outlines, { interactive: false, style: { className: "d", fillOpacity: 1 } }).addTo(map);
      tours.addTo(map);
      draw();
      fit();
    })
    .catch(() => box.replaceChildren("La carte n’a pas pu être chargée ; les missions sont dans les tournées."));

  function mark(card, options) {
    const place = at(card);
    if (!place) return null;
    const dot = options.icon ? L.marker(place, { ...options, keyboard: false }) : L.circleMarker(place, options);
    dot.addTo(tours);
    dot.on("click", () => {
      const link = card.querySelector("a");
      link?.focus();
      link?.scrollIntoView({ block: "nearest" });
    });
    dot.on("mouseover", () => light(card.dataset.mission));
    marks.set(card.dataset.mission, dot);
    return place;
  }

  function draw() {
    tours.clearLayers();
    marks.clear();
    lines.clear();
    for (const lane of board.querySelectorAll("[data-lane]")) {
      const cards = [...lane.querySelectorAll("[data-stops] > [data-mission]")];
      const home = at(lane);
      if (!cards.length) continue;
      const colour = lane.dataset.colour;
      const line = [home, ...cards.map(at), home].filter(Boolean);
      const dash = "dashed" in lane.dataset ? " tr-dash" : "";
      lines.set(lane.id, L.polyline(line, { className: `tr tr-${colour}${dash}`, interactive: false, fill: false }).addTo(tours));
      if (home) label(home, `tb-${colour}`, lane.dataset.name);
      cards.forEach((card, rank) => {
        const isShown = lane.id === shown;
        mark(card, isShown ? { icon: sign(`sp-mark sp-mark--n tb-${colour}`, 16, rank + 1) } : { radius: 4, className: `tf-${colour} s-surface`, fillOpacity: 1, weight: 1 });
      });
    }
    for (const card of board.querySelectorAll("[data-waiting] > [data-mission]")) mark(card, { icon: sign("sp-mark sp-mark--wait", 9) });
    if (shown) light(null, shown);
  }

  function sign(className, size, text = "") {
    return L.divIcon({ className, iconSize: [size, size], html: String(text) });
  }

  function label(home, colour, name) {
    const sitting = L.marker(home, { icon: sign(`sp-mark ${colour}`, 9), interactive: false, keyboard: false });
    sitting.bindTooltip(name, { permanent: true, direction: "right", offset: [6, 0], className: "sp-maplabel" }).addTo(tours);
  }

  function fit() {
    const places = [...board.querySelectorAll("[data-lane]:has([data-mission]), [data-stops] > [data-mission], .sp-un[data-lat]")].map(at).filter(Boolean);
    if (places.length) map.fitBounds(L.latLngBounds(places), { padding: [16, 16], maxZoom: 9 });
  }

  function light(mission, lane = shown) {
    box.classList.toggle("has-lit", lines.has(lane));
    for (const [id, line] of lines) line.getElement()?.classList.toggle("is-lit", id === lane);
    for (const [id, dot] of marks) dot.getElement()?.classList.toggle("is-lit", id === mission);
    for (const lit of board.querySelectorAll(".is-lit[data-mission]")) lit.classList.remove("is-lit");
    if (mission) board.querySelector(`[data-mission="${mission}"]`)?.classList.add("is-lit");
  }

  function show(mission) {
    const dot = marks.get(mission);
    if (!dot) return;
    map.panTo(dot.getLatLng(), { animate: false });
    light(mission);
  }

  // A tour alone, its visits numbered; again: all tours.
  function showTour(lane) {
    shown = shown === lane.id ? null : lane.id;
    for (const each of board.querySelectorAll("[data-show-tour]")) each.setAttribute("aria-pressed", String(each.closest("[data-lane]").id === shown));
    draw();
    const line = shown && lines.get(shown);
    if (line) map.fitBounds(line.getBounds(), { padding: [24, 24], maxZoom: 11, animate: false });
    else fit();
  }

  function enlarge(button, isLarge) {
    box.closest("[data-map]").classList.toggle("is-large", isLarge);
    button.setAttribute("aria-pressed", String(isLarge));
    map.invalidateSize();
    if (!shown) fit();
  }

  const larger = document.querySelector("[data-enlarge]");
  larger?.addEventListener("click", () => enlarge(larger, larger.getAttribute("aria-pressed") !== "true"));
  larger?.closest("[data-map]").addEventListener("keydown", (event) => {
    if (event.key === "Escape") enlarge(larger, false);
  });

  return { draw, light, show, showTour };
}
