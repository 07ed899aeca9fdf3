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
const laneByKey = (key) => key && document.querySelector(`[data-lane][data-key="${CSS.escape(key)}"]`);

// --- gestures, one at a time ---

let turn = Promise.resolve();
let waiting = 0;
let isDrawn = false;

// A gesture is sent when the lanes show what became of the one before: sent together, htmx would keep the last one only,
// and each would tell versions of lanes that the others have made old.
function inTurn(gesture) {
  waiting += 1;
  board.setAttribute("aria-busy", "true");
  const over = () => {
    waiting -= 1;
    if (!waiting) board.removeAttribute("aria-busy");
  };
  const done = turn.then(gesture);
  done.catch(reportError);
  turn = done.then(over, over);
}

function post(url, values) {
  const data = { shown: board.dataset.day, query: board.dataset.query, ...values };
  isDrawn = false;
  const lost = () => {}; // toast.js tells that the line was lost
  return htmx.ajax("POST", url, { source: board, swap: "none", values: data }).catch(lost);
}

// What publishes or locks waits for the gestures that are not sent yet.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!waiting || form.method !== "post") return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const isSame = (other) => other.action === form.action && other.elements.key?.value === form.elements.key?.value;
  turn.then(() => (form.isConnected ? form : [...document.forms].find(isSame))?.requestSubmit());
}, true);
addEventListener("beforeunload", (event) => {
  if (waiting) event.preventDefault();
});

// The mission's card as the server drew it last: a card in the hand may be older than its lane.
const drawn = (mission, held = null) => [...document.querySelectorAll(`[data-mission="${mission}"]`)].find((card) => card !== held) ?? held;

function send(mission, source, key, position) {
  focusOn = mission;
  const values = { mission, source, target: key, seen: seen(laneByKey(source), laneByKey(key)) };
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
  const { item, from, oldDraggableIndex: rank } = event;
  const lane = laneOf(event.to);
  if (!lane && from === event.to) return;
  const key = lane?.dataset.key ?? "";
  inTurn(async () => {
    await send(item.dataset.mission, drawn(item.dataset.mission, item).dataset.source, key, lane ? event.newDraggableIndex + 1 : 0);
    if (!isDrawn) putBack(item, from, rank);
  });
}

function putBack(card, list, rank) {
  card.remove();
  if (list.isConnected) list.insertBefore(card, cardsOf(list)[rank] ?? null);
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
  const { mission } = card.dataset;
  if (lane) inTurn(() => send(mission, drawn(mission)?.dataset.source ?? "", lane.dataset.key, button.dataset.position));
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

function step(mission, key) {
  const card = drawn(mission);
  const lane = laneOf(card);
  if (!lane || card.hasAttribute("data-locked")) return undefined;
  const go = (target, position) => send(mission, card.dataset.source, target.dataset.key, position);
  const rank = cardsOf(card.parentElement).indexOf(card) + 1;
  if (key === "ArrowLeft") return rank > 1 ? go(lane, rank - 1) : undefined;
  if (key === "ArrowRight") return rank < cardsOf(card.parentElement).length ? go(lane, rank + 1) : undefined;
  const open = lanes().filter((each) => each.hasAttribute("data-open") || each === lane);
  const next = open[open.indexOf(lane) + (key === "ArrowUp" ? -1 : 1)];
  return next && go(next, 0);
}

function lock(mission) {
  const card = drawn(mission);
  const lane = laneOf(card);
  if (!lane) return undefined;
  focusOn = mission;
  const values = { key: lane.dataset.key, mission, seen: seen(lane) };
  if (!card.hasAttribute("data-locked")) values.is_locked = "on";
  return post(board.dataset.lock, values);
}

const ACTS = {
  u: () => canPlan && inTurn(() => post(board.dataset.undo, {})),
  t: () => location.assign(board.dataset.today),
  l: (card) => canPlan && card && inTurn(() => lock(card.dataset.mission)),
  arrowleft: () => location.assign(board.dataset.before),
  arrowright: () => location.assign(board.dataset.after),
};

document.addEventListener("keydown", (event) => {
  if (!board || event.ctrlKey || event.metaKey || event.target.closest("input, select, textarea, dialog, .leaflet-container")) return;
  const card = cardOf(event.target);
  if (event.altKey) {
    if (!event.key.startsWith("Arrow")) return;
    event.preventDefault();
    if (card && canPlan) inTurn(() => step(card.dataset.mission, event.key));
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
  isDrawn = true;
  if (event.detail.mission) focusOn = String(event.detail.mission);
});
document.addEventListener("htmx:afterSettle", () => {
  makeSortable();
  map?.draw();
});
document.addEventListener("htmx:afterRequest", (event) => {
  makeSortable();
  map?.draw();
  if (event.detail.target?.id === "preview") return; // it says nothing of the gesture that asked for the focus
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
