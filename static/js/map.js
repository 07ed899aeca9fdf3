// The map beside the lanes, drawn from what the page already says: no tile, no other request than the outlines.
import * as L from "../vendor/leaflet/leaflet.js";

// The shapes of the legend, in the place of Leaflet's circle: a square is where one starts, a diamond waits.
const shaped = (outline) =>
  L.CircleMarker.extend({
    _updatePath() {
      const { x, y } = this._point;
      this._renderer._setPath(this, this._empty() ? "M0 0" : `M${x} ${y}${outline(this._radius)}z`);
    },
  });
const Home = shaped((r) => `m${-r} ${-r}h${2 * r}v${2 * r}h${-2 * r}`);
const Waiting = shaped((r) => `m0 ${-r}l${r} ${r}l${-r} ${r}l${-r} ${-r}`);

const at = (node) => (node.dataset.lat ? [Number(node.dataset.lat), Number(node.dataset.lon)] : null);

export function startMap(board) {
  const box = document.getElementById("map");
  if (!box) return null;
  const map = L.map(box, { attributionControl: false, zoomSnap: 0.25, keyboard: false, zoomControl: false });
  const tours = L.layerGroup();
  const marks = new Map();
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

  function mark(card, Shape, options) {
    const place = at(card);
    if (!place) return null;
    const dot = new Shape(place, { fillOpacity: 1, ...options }).addTo(tours);
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
    for (const lane of board.querySelectorAll("[data-lane]")) {
      const cards = [...lane.querySelectorAll("[data-stops] > [data-mission]")];
      const home = at(lane);
      if (!cards.length) continue;
      const colour = lane.dataset.colour;
      const line = [home, ...cards.map(at), home].filter(Boolean);
      L.polyline(line, { className: `tr-${colour}`, interactive: false, fill: false }).addTo(tours);
      for (const card of cards) mark(card, L.CircleMarker, { radius: 4, className: `tf-${colour} s-surface`, weight: 1 });
      if (!home) continue;
      new Home(home, { radius: 4, className: `tf-${colour} s-surface`, fillOpacity: 1, weight: 1, interactive: false })
        .bindTooltip(lane.dataset.name, { permanent: true, direction: "top", offset: [0, -3], className: "sp-map__name" })
        .addTo(tours);
    }
    for (const card of board.querySelectorAll("[data-waiting] > [data-mission]")) {
      mark(card, Waiting, { radius: 5, className: "is-waiting" });
    }
  }

  function fit() {
    const places = [...board.querySelectorAll("[data-lane]:has([data-mission]), [data-stops] > [data-mission], .sp-un[data-lat]")].map(at).filter(Boolean);
    if (places.length) map.fitBounds(L.latLngBounds(places), { padding: [40, 24], maxZoom: 9 });
  }

  function light(mission) {
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

  return { draw, light, show };
}
