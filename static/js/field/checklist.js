// What is missing before the end, said in the form's own words; and the questions that other answers make idle.
import { exact, percent } from "./format.js";

const answerOf = (form, code) => {
  const data = new FormData(form);
  return data.getAll(`q-${code}`).filter((value) => typeof value === "string");
};

function isAsked(form, when) {
  return Object.entries(JSON.parse(when || "{}")).every(([code, allowed]) => allowed.includes(answerOf(form, code)[0]));
}

function has(form, code, photos, signed) {
  if (code === "signature") return signed || Boolean(form.elements.signer?.value.trim());
  if (code.startsWith("photo-")) return photos.has(code.slice(6));
  const point = /^(.*)-(\d+)$/.exec(code);
  if (point && answerOf(form, point[1]).length >= Number(point[2])) return Boolean(answerOf(form, point[1])[point[2] - 1].trim());
  return Boolean(answerOf(form, code)[0]?.trim());
}

function strike(line, done) {
  line.className = done ? "ok" : "todo";
  const use = line.querySelector("use");
  use.setAttribute("href", use.getAttribute("href").replace(/#.*/, done ? "#i-check-circle-fill" : "#i-circle"));
  line.hidden = done;
}

export function idleQuestions(form) {
  for (const line of form.querySelectorAll("[data-line][data-when]")) line.hidden = !isAsked(form, line.dataset.when);
}

export function gapHints(form) {
  for (const line of form.querySelectorAll("[data-gap]")) {
    const hint = line.querySelector("[data-gap-hint]");
    const [measured, declared] = [exact(answerOf(form, line.dataset.line)[0] ?? ""), exact(line.dataset.declared)];
    const over = measured !== null && declared !== null && (declared - measured) * 100n > BigInt(line.dataset.gap) * measured;
    line.querySelector(".sp-in").classList.toggle("sp-in--warn", over);
    line.querySelector("[data-declared-hint]").hidden = over;
    hint.hidden = !over;
    if (!over) continue;
    const said = line.querySelector("[data-declared-hint]").textContent.trim().replace(/\.$/, "");
    const rate = measured ? `, soit ${percent(((declared - measured) * 10000n + measured / 2n) / measured)} de plus que mesuré` : "";
    hint.querySelector("span").textContent = `${said}${rate}. Mesurez une seconde fois et photographiez la zone manquante.`;
  }
}

const WORD = (count) => (count === 1 ? "Il manque 1 élément" : `Il manque ${count} éléments`);

// Returns how many are missing.
export function checkList(form, photos, signed) {
  const lines = [...form.querySelectorAll("[data-need]")].filter((line) => {
    const asked = isAsked(form, line.dataset.when);
    if (!asked) line.hidden = true;
    return asked;
  });
  const todo = lines.filter((line) => {
    const done = has(form, line.dataset.need, photos, signed);
    strike(line, done);
    return !done;
  });
  const points = lines.filter((line) => !/^(photo-|signature$)/.test(line.dataset.need));
  const read = points.filter((line) => !todo.includes(line)).length;
  document.querySelector("[data-count]").textContent = `${read} / ${points.length}`;
  form.querySelector("[data-missing-title]").textContent = todo.length ? WORD(todo.length) : "Tout y est";
  const have = form.querySelector("[data-have-line]");
  have.hidden = false;
  const seen = photos.total === 1 ? "1 photo" : `${photos.total} photos`;
  have.querySelector("span").textContent = `${read} ${read < 2 ? "point relevé" : "points relevés"}, ${seen}`;
  const button = form.querySelector("[data-finish]");
  button.textContent = todo.length ? `Terminer · ${WORD(todo.length).toLowerCase()}` : "Terminer le relevé";
  button.className = todo.length ? "btn btn-default" : "btn btn-primary";
  return todo.length;
}
