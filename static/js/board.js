// The board of a day. Dragging, Alt + arrows and the dialog all send the same form; the server answers with the lanes
// that changed. Nothing is drawn here that the server did not decide.
import Sortable from "../vendor/sortable.js";
import { startMap } from "./map.js";

const board = document.querySelector("[data-board]");
const canPlan = Boolean(board?.dataset.move);
const map = board ? startMap(board) : null;
let focusOn = null;
let selected = null;

const lanes = () => [...document.querySelectorAll("[data-lane]")];
const laneOf = (node) => node?.closest("[data-lane]");
const cardOf = (node) => node?.closest("[data-mission]");
const cardsOf = (list) => [...list.querySelectorAll(":scope > [data-mission]")];
const isNarrow = () => matchMedia("(max-width: 48rem)").matches;
const seen = (...touched) => touched.filter(Boolean).map((lane) => `${lane.dataset.key}=${lane.dataset.version}`).join(" ");
const laneByKey = (key) => document.querySelector(`[data-lane][data-key="${CSS.escape(key)}"]`);

function post(url, values) {
  const data = { shown: board.dataset.day, query: board.dataset.query, ...values };
  return htmx.ajax("POST", url, { source: board, swap: "none", values: data });
}

export function move(card, lane, position) {
  const source = card.dataset.source;
  focusOn = card.dataset.mission;
  const values = { mission: card.dataset.mission, source, target: lane ? lane.dataset.key : "", seen: seen(laneByKey(source), lane) };
  if (position) values.position = position;
  return post(board.dataset.move, values);
}

// --- dragging ---

function preview(mission, agent = "", position = "") {
  const url = `${board.dataset.preview}?mission=${mission}&agent=${agent}&position=${position}`;
  return htmx.ajax("GET", url, { target: "#preview", swap: "innerHTML" });
}

let over = "";
function hovering(event) {
  const lane = laneOf(event.to);
  for (const each of lanes()) each.classList.toggle("is-target", each === lane);
  const agent = lane ? lane.dataset.key.split(":")[0] : "";
  const key = `${event.dragged.dataset.mission}>${agent}`;
  if (agent && key !== over) {
    over = key;
    preview(event.dragged.dataset.mission, agent);
  }
  return !lane || lane.hasAttribute("data-open");
}

function dropped(event) {
  over = "";
  for (const each of lanes()) each.classList.remove("is-target");
  if (event.from === event.to && event.oldDraggableIndex === event.newDraggableIndex) return;
  const lane = laneOf(event.to);
  if (!lane && event.from === event.to) return;
  move(event.item, lane, lane ? event.newDraggableIndex + 1 : 0);
}

const sortables = new WeakSet();
function makeSortable() {
  for (const list of document.querySelectorAll("[data-stops], [data-waiting]")) {
    if (sortables.has(list)) continue;
    sortables.add(list);
    const lane = laneOf(list);
    const isOpen = !lane || lane.hasAttribute("data-open");
    Sortable.create(list, {
      group: { name: "board", pull: isOpen, put: isOpen },
      draggable: "[data-mission]",
      filter: "[data-locked]",
      preventOnFilter: false,
      sort: Boolean(lane),
      disabled: !isOpen,
      forceFallback: true,
      fallbackTolerance: 4,
      delay: 150,
      delayOnTouchOnly: true,
      animation: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 120,
      onMove: hovering,
      onEnd: dropped,
    });
  }
}

// --- selection, preview ---

function select(card) {
  selected = card.dataset.mission;
  for (const each of document.querySelectorAll(".sp-un")) {
    each.classList.toggle("sp-un--sel", each === card);
    each.querySelector("a")?.toggleAttribute("aria-current", each === card);
  }
  map?.show(selected);
  return preview(selected);
}

function openDialog(card) {
  return htmx.ajax("GET", card.querySelector("a").getAttribute("href"), { target: "#dialog-body", swap: "innerHTML" });
}

function assign(button) {
  const card = document.querySelector(`[data-waiting] [data-mission="${selected}"], [data-stops] [data-mission="${selected}"]`);
  const lane = lanes().find((each) => each.dataset.key.startsWith(`${button.dataset.agent}:`));
  if (!card) return;
  if (lane) move(card, lane, button.dataset.position);
  else openDialog(card);
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-select]");
  if (link && canPlan && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    const card = cardOf(link);
    if (isNarrow()) openDialog(card);
    else select(card);
  }
  const button = event.target.closest("[data-assign]");
  if (button) assign(button);
  if (event.target.closest("[data-other]")) {
    const card = document.querySelector(`[data-mission="${selected}"]`);
    if (card) openDialog(card);
  }
});

// --- keys ---

function step(card, key) {
  const lane = laneOf(card);
  if (!lane || card.hasAttribute("data-locked")) return;
  const rank = cardsOf(card.parentElement).indexOf(card) + 1;
  if (key === "ArrowLeft" && rank > 1) move(card, lane, rank - 1);
  if (key === "ArrowRight" && rank < cardsOf(card.parentElement).length) move(card, lane, rank + 1);
  if (key !== "ArrowUp" && key !== "ArrowDown") return;
  const open = lanes().filter((each) => each.hasAttribute("data-open") || each === lane);
  const next = open[open.indexOf(lane) + (key === "ArrowUp" ? -1 : 1)];
  if (next) move(card, next, 0);
}

function lock(card) {
  const lane = laneOf(card);
  if (!lane) return;
  focusOn = card.dataset.mission;
  const values = { key: lane.dataset.key, mission: card.dataset.mission, seen: seen(lane) };
  if (!card.hasAttribute("data-locked")) values.is_locked = "on";
  post(board.dataset.lock, values);
}

const ACTS = {
  u: () => canPlan && post(board.dataset.undo, {}),
  t: () => location.assign(board.dataset.today),
  l: (card) => canPlan && card && lock(card),
  arrowleft: () => location.assign(board.dataset.before),
  arrowright: () => location.assign(board.dataset.after),
};

document.addEventListener("keydown", (event) => {
  if (!board || event.ctrlKey || event.metaKey || event.target.closest("input, select, textarea, dialog, .leaflet-container")) return;
  const card = cardOf(event.target);
  if (event.altKey) {
    if (!event.key.startsWith("Arrow")) return;
    event.preventDefault();
    if (card && canPlan) step(card, event.key);
    return;
  }
  if (event.key === "Enter" && card?.matches("[data-waiting] *") && selected === card.dataset.mission) {
    const button = document.querySelector(`[data-preview-of="${selected}"] [data-assign]:not(:disabled)`);
    if (button) {
      event.preventDefault();
      assign(button);
    }
    return;
  }
  const act = ACTS[event.key.toLowerCase()];
  if (!act) return;
  event.preventDefault();
  act(card);
});

// --- after the server answered ---

document.addEventListener("board-moved", (event) => {
  if (event.detail.mission) focusOn = String(event.detail.mission);
});
document.addEventListener("htmx:afterSettle", () => {
  makeSortable();
  map?.draw();
});
document.addEventListener("htmx:afterRequest", () => {
  makeSortable();
  map?.draw();
  if (!focusOn || document.querySelector("dialog[open]")) return;
  document.querySelector(`[data-mission="${focusOn}"] a`)?.focus({ preventScroll: true });
  focusOn = null;
});
for (const kind of ["mouseover", "focusin"]) {
  document.addEventListener(kind, (event) => map?.light(cardOf(event.target)?.dataset.mission, laneOf(event.target)?.id));
}
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-show-tour]");
  if (button) map?.showTour(laneOf(button));
});
document.querySelector("[data-filters]")?.addEventListener("change", (event) => event.currentTarget.requestSubmit());
if (canPlan) makeSortable();
