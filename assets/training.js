// The coach of РЕЖИМ ОБУЧЕНИЯ: loaded in practice worlds only. Steps are data from the server; a step is done when its
// page, words or element are there, so that it is the practice action itself that leads on.
import { driver } from "driver.js";

const root = document.documentElement;
const one = (selector, from = document) => from.querySelector(selector);
const all = (selector, from = document) => [...from.querySelectorAll(selector)];
const seen = (selector) => all(selector).find((element) => element.getClientRects().length);
const FOCUSABLE = "a[href], button:not(:disabled), input:not([type=hidden]):not(:disabled), select, textarea, summary";
const PATIENCE = 30_000; // milliseconds until a hint comes by itself
const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
const set = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value").set;

let lesson; // { way, world, title, task, steps, words }
let at = 0;
let shown = ""; // what the card shows now, so that it is drawn anew only when that changes
let hidden = false;
let hinted = false;
let pending = false; // «Дальше» of a step that is shown has acted; its end is awaited
let coach = null;
let waiting;

let told = Promise.resolve(); // until the portal knows of the last step

// Where the lesson stands outlives a full page load, as the one from the bank.
const memory = () => `lesson-${lesson.world}`;
function keep() {
  sessionStorage.setItem(memory(), String(at));
  const body = new URLSearchParams({ lesson: lesson.name, reached: at });
  told = fetch("/api/practice/progress", { method: "POST", body, keepalive: true }).catch(() => {});
}

function done(step) {
  if (step.path) return location.pathname === step.path;
  if (step.says) return one("main")?.innerText.includes(step.says) ?? false;
  return step.seen ? Boolean(seen(step.seen)) : false;
}

const led = (step) => Boolean(step.path || step.says || step.seen);

function go(to) {
  at = to;
  hinted = pending = false;
  keep();
  restartPatience();
  look();
}

function restartPatience() {
  clearTimeout(waiting);
  waiting = setTimeout(() => { hinted = true; look(); }, PATIENCE);
}

// The last step's end may be seen before the first ones' when somebody goes their own way: that counts.
function advance() {
  while (at < lesson.steps.length && led(lesson.steps[at]) && done(lesson.steps[at])) {
    at += 1;
    hinted = pending = false;
    keep();
    restartPatience();
  }
}

function look() {
  if (!lesson) return;
  advance();
  const step = lesson.steps[at];
  if (step && one("[data-error-summary]") && step.hint) hinted = true;
  const here = step && location.pathname === step.page;
  const target = here && lesson.way !== "alone" ? seen(step.element) : null;
  if (here && lesson.way !== "alone" && !target && !late) return awaitTarget(); // its data are on the way
  const view = [at, hidden, hinted, here, pending].join();
  if (view === shown && (!target || target === marked)) return;
  shown = view;
  if (hidden) return fold();
  draw(step, here, target);
}

// A page may be open at another place than the step's: then the card comes without a frame.
let late = false;
let lateness = 0;
function awaitTarget() {
  lateness ||= setTimeout(() => { lateness = 0; late = true; look(); late = false; }, 4000);
}

let marked = null;

function draw(step, here, target) {
  marked = target;
  coach ??= driver({
    allowKeyboardControl: false, overlayClickBehavior: () => {}, allowClose: false, animate: !calm,
    smoothScroll: false, stagePadding: 8, stageRadius: 12,
  });
  document.body.style.paddingBottom = "";
  if (!target) return sheet(step, here);
  coach.highlight({ element: target, disableActiveInteraction: false, popover: card(step, here), onHighlighted: place });
  plain(target);
}

// Without an element: alone, on another page, or at the end. The page stays in hand.
function sheet(step, here) {
  coach.destroy();
  coach = null;
  unfold();
  const box = document.createElement("section");
  box.className = "coach coach-sheet";
  box.setAttribute("role", "region");
  const { title, description } = card(step, here);
  box.setAttribute("aria-label", title);
  const heading = Object.assign(document.createElement("p"), { className: "coach-title", textContent: title });
  const text = Object.assign(document.createElement("p"), { textContent: description });
  text.setAttribute("role", "status");
  const foot = document.createElement("div");
  foot.className = "coach-foot";
  foot.append(...buttons(step, here));
  box.append(heading, text, foot);
  document.body.append(box);
  room(box);
}

function words(step, here) {
  const { words: say } = lesson;
  if (!step) return say.well;
  if (lesson.way === "alone") return hinted ? `${lesson.task} ${say.hint}: ${step.text}` : lesson.task;
  if (!here) return say.elsewhere;
  return hinted && step.hint ? `${step.text} ${say.hint}: ${step.hint}` : step.text;
}

function card(step, here) {
  const { words: say, steps } = lesson;
  const count = say.step.replace("{at}", at + 1).replace("{of}", steps.length);
  return {
    title: !step ? `${say.done}: ${lesson.title}` : lesson.way === "alone" ? lesson.title : `${count}. ${step.title}`,
    description: words(step, here),
    popoverClass: "coach",
    showButtons: [],
    onPopoverRender: ({ wrapper, title, description, footer }) => {
      wrapper.setAttribute("aria-labelledby", title.id || (title.id = "coach-title"));
      for (const [part, role] of [[title, "none"], [description, "status"], [footer, "group"]]) part.setAttribute("role", role);
      footer.className = "coach-foot";
      footer.style.display = "flex";
      footer.replaceChildren(...buttons(step, here));
    },
  };
}

function button(text, act, look = "secondary") {
  const made = Object.assign(document.createElement("button"), { type: "button", textContent: text, className: `button ${look}` });
  made.addEventListener("click", act);
  return made;
}

const leave = (path) => {
  const form = Object.assign(document.createElement("form"), { method: "post", action: path });
  document.body.append(form);
  told.finally(() => form.submit());
};

function buttons(step, here) {
  const { words: say, way } = lesson;
  if (!step) return [button(say.lessons, () => leave("/api/practice/end"), "primary"), button(say.again, () => leave("/api/practice"))];
  const made = [];
  const sample = step.file && here && way !== "show";
  if (sample) made.push(button(say.sample, () => attach(step), "primary"));
  if (step.open && here) made.push(button(say.inbox, () => location.assign(step.open), "primary"));
  const before = lesson.steps[at - 1];
  if (way !== "alone" && before && !led(before) && before.page === location.pathname) made.push(button(say.back, () => go(at - 1)));
  if (!here && way !== "alone") made.push(button(say.go, () => location.assign(step.page), "primary"));
  else if (way !== "alone" && !step.open && (way === "show" || !led(step))) made.push(button(say.next, () => next(step), "primary"));
  else if (way === "alone" && !hinted) made.push(button(say.hint, () => { hinted = true; look(); }));
  if (way === "alone" && !led(step)) made.push(button(say.next, () => go(at + 1), "primary"));
  made.push(button(say.hide, hide), button(say.leave, () => leave("/api/practice/end")));
  return made;
}

function next(step) {
  if (!led(step)) return go(at + 1);
  if (pending) return;
  pending = true;
  if (step.file) attach(step);
  for (const [selector, value] of step.type ?? []) type(selector, value);
  // What was chosen may draw a field anew: it is typed into once it is there.
  setTimeout(() => {
    for (const [selector, value] of step.type ?? []) type(selector, value);
    if (step.press) seen(step.press)?.click();
    pending = false;
  }, calm ? 400 : 900);
}

function type(selector, value) {
  const field = seen(selector) ?? one(selector);
  if (!field) return;
  if (value === "on") return field.checked || field.click();
  if (field.value === value) return;
  set.call(field, value);
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.dispatchEvent(new Event("change", { bubbles: true }));
}

// A drawn document, so that nobody reaches for a real one.
function attach(step) {
  const field = one(step.file);
  if (!field) return;
  const sheet = Object.assign(document.createElement("canvas"), { width: 900, height: 600 });
  const pen = sheet.getContext("2d");
  pen.fillStyle = "#fbf9f4";
  pen.fillRect(0, 0, 900, 600);
  pen.fillStyle = "#5b3e96";
  pen.font = "36px sans-serif";
  lesson.words.sample_lines.split("|").forEach((line, index) => pen.fillText(line, 60, 120 + 90 * index));
  sheet.toBlob((picture) => {
    const files = new DataTransfer();
    files.items.add(new File([picture], lesson.words.sample_name, { type: "image/jpeg" }));
    field.files = files.files;
    field.dispatchEvent(new Event("change", { bubbles: true }));
  }, "image/jpeg", 0.8);
}

// driver.js marks plain elements as if they opened something (axe: aria-allowed-attr), and on a phone its card may lie
// over them: there it is a sheet at the bottom, and the page is scrolled clear of it.
function plain(element) {
  for (const name of ["aria-haspopup", "aria-expanded", "aria-controls"]) element?.removeAttribute(name);
}

function place(element) {
  plain(element);
  const box = one(".driver-popover.coach");
  if (!box || !element) return;
  if (innerWidth <= 640) room(box, element);
  (element.matches(FOCUSABLE) ? element : one(FOCUSABLE, element) ?? one(FOCUSABLE, box))?.focus({ preventScroll: true });
}

function room(box, element) {
  document.body.style.paddingBottom = `${box.offsetHeight + 24}px`;
  const free = innerHeight - box.offsetHeight - 16;
  const bottom = element?.getBoundingClientRect().bottom ?? 0;
  const top = element?.getBoundingClientRect().top ?? 0;
  if (bottom > free) scrollBy({ top: Math.min(bottom - free, top - 64), behavior: "instant" });
  coach?.refresh();
}

function fold() {
  coach?.destroy();
  coach = null;
  unfold();
  document.body.style.paddingBottom = "";
  const opener = button(lesson.words.show, () => { hidden = false; look(); }, "primary coach-opener");
  document.body.append(opener);
}

function unfold() {
  for (const left of all(".coach-sheet, .coach-opener")) left.remove();
}

function hide() {
  const back = marked;
  hidden = true;
  look();
  (back && (back.matches(FOCUSABLE) ? back : one(FOCUSABLE, back)) || one(".coach-opener"))?.focus();
}

// Tab stays in the card and its target: driver.js' own ring misses most inputs.
function ring(event) {
  if (hidden || !coach) return;
  if (event.key === "Escape") return hide();
  if (event.key !== "Tab") return;
  const box = one(".driver-popover.coach");
  const inside = [marked?.matches(FOCUSABLE) ? [marked] : [], marked ? all(FOCUSABLE, marked) : [], box ? all(FOCUSABLE, box) : []].flat();
  const ready = inside.filter((element) => element.getClientRects().length && !(element.type === "radio" && !element.checked && all(`[name="${element.name}"]:checked`).length));
  if (!ready.length) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const now = ready.indexOf(document.activeElement);
  ready[(now + (event.shiftKey ? -1 : 1) + ready.length) % ready.length].focus();
}

function style() {
  const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href: "/styles/training.css" });
  return new Promise((resolve) => {
    link.onload = link.onerror = resolve;
    document.head.append(link);
  });
}

async function begin() {
  const [answer] = await Promise.all([fetch("/api/practice"), style()]);
  if (!answer.ok) return;
  lesson = await answer.json();
  const known = sessionStorage.getItem(memory());
  at = Math.min(Number(known ?? lesson.at), lesson.steps.length) || 0;
  if (root.dataset.lesson === undefined) return;
  if (known === null) keep();
  let due = 0;
  const soon = () => {
    cancelAnimationFrame(due);
    due = requestAnimationFrame(look);
  };
  new MutationObserver((changes) => {
    if (changes.some((change) => !change.target.closest?.(".coach, .driver-overlay"))) soon();
  }).observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true, attributeFilter: ["open", "data-live"] });
  addEventListener("keydown", ring, true);
  addEventListener("resize", () => { if (marked && coach) place(marked); });
  restartPatience();
  look();
}

begin();
