// The coach of РЕЖИМ ОБУЧЕНИЯ: loaded in practice worlds only. Steps are data from the server; a step is done when its
// page, words or element are there, so that it is the practice action itself that leads on.
import { driver } from "driver.js";

const root = document.documentElement;
const one = (selector, from = document) => from.querySelector(selector);
const all = (selector, from = document) => [...from.querySelectorAll(selector)];
const visible = (element) => element.getClientRects().length && (element.checkVisibility?.() ?? true); // not in a closed <details>
const seen = (selector) => all(selector).find(visible);
const FOCUSABLE = "a[href], button:not(:disabled), input:not([type=hidden]):not(:disabled), select, textarea, summary";
const PATIENCE = 30_000; // milliseconds until a hint comes by itself
const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
const PHONE = 640; // px: up to here the card is a sheet at the bottom
const GAP = 12; // px around the target
const RING = 9; // px from the target to the outer edge of its outline, as in training.css
const NARROWEST = 256; // px of a card that can be read
const set = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value").set;

let lesson; // { way, world, title, task, steps, words }
let at = 0;
let most = 0; // how far they have come: from a step that was gone back to it is «Дальше» to there
let undone = true; // the step could be seen not to be done yet
let shown = ""; // what the card shows now, so that it is drawn anew only when that changes
let hidden = false;
let asked = false; // for a hint
let wrong = false; // the page has refused something at this step
let stuck = false; // nothing has come of it for long
let pending = false; // the coach has acted; the step's end is awaited
let touched = false; // the page is in the person's hand: it is not scrolled any more
let coach = null;
let marked = null; // the element that the card speaks of
let waiting;

let told = Promise.resolve(); // until the portal knows of the last step

// Where the lesson stands outlives a full page load, as the one from the bank.
const memory = () => `lesson-${lesson.world}`;
function keep() {
  sessionStorage.setItem(memory(), `${at} ${most}`);
  const body = new URLSearchParams({ lesson: lesson.name, reached: most });
  told = fetch("/api/practice/progress", { method: "POST", body, keepalive: true }).catch(() => {});
}

function done(step) {
  if (step.path) return location.pathname === step.path;
  if (step.says) return one("main")?.innerText.includes(step.says) ?? false;
  return step.seen ? Boolean(seen(step.seen)) : false;
}

// Before its first data a page may show what it was left with.
const live = () => one("[data-connection]")?.dataset.live === "1";

const led = (step) => Boolean(step.path || step.says || step.seen);

function reach(to, furthest = Math.max(most, to)) {
  at = to;
  most = furthest;
  undone = at === most;
  asked = wrong = stuck = pending = false;
  keep();
  restartPatience();
}

function go(...to) {
  reach(...to);
  look();
}

function restartPatience() {
  clearTimeout(waiting);
  waiting = setTimeout(() => { stuck = true; look(); }, PATIENCE);
}

// The last step's end may be seen before the first ones' when somebody goes their own way: that counts. A step that was
// gone back to is done until its page shows that it is not. Who does the task alone is told of nothing but the task.
function advance() {
  for (let step; (step = lesson.steps[at]); reach(at + 1)) {
    undone ||= location.pathname === step.page && live() && !done(step);
    if (led(step) ? !undone || !done(step) : lesson.way !== "alone") return;
  }
}

// Whether the page of the address is drawn: for a moment after a turn the former one still stands there, with its own
// headings and cards.
let last = []; // its path, heading and the heading's words
function drawn() {
  const heading = seen("main h1");
  const now = [location.pathname, heading, heading?.textContent];
  const turned = now[0] !== last[0];
  if (turned && heading && heading === last[1] && now[2] === last[2]) return false;
  last = now;
  return true;
}

function look() {
  if (!lesson || !drawn()) return;
  advance();
  if (hidden) return fold();
  const step = lesson.steps[at];
  const here = step && location.pathname === step.page;
  wrong ||= Boolean(step && one("[data-error-summary]") || here && step.slip && seen(step.slip));
  const target = here && lesson.way !== "alone" ? seen(step.element) : null;
  if (step && lesson.way !== "alone" && !target && !late) return awaitTarget(here); // its data are on the way
  clearTimeout(lateness);
  lateness = 0;
  if (target && at < most && undone && !touched) refill(step);
  const view = [at, asked, wrong, stuck, here, passed(step)].join();
  if (view === shown && (!target || target === marked)) return settle();
  shown = view;
  draw(step, here, target);
}

// A page may be open at another place than the step's, as after a reload: an earlier step of the page is taken up
// again, or the card comes without a frame. Another page is said to be one when what was done had time to lead on.
let late = false;
let lateness = 0;
function awaitTarget(here) {
  lateness ||= setTimeout(() => {
    lateness = 0;
    const { page, element } = lesson.steps[at] ?? {};
    const before = lesson.steps.slice(0, at);
    const earlier = seen(element) ? -1 : before.findLastIndex((step) => step.page === page && led(step) && !done(step) && seen(step.element));
    if (earlier >= 0 && location.pathname === page) return go(earlier, earlier);
    late = true;
    look();
    late = false;
  }, here && at === most ? 4000 : 1000);
}

function draw(step, here, target) {
  const box = coach && popover();
  if (target && target === marked && box) {
    fill(box, step, here);
    return settle();
  }
  marked = target;
  touched = false;
  if (!target) return sheet(step, here);
  unfold();
  const radius = parseFloat(getComputedStyle(target).borderTopLeftRadius);
  const options = {
    allowKeyboardControl: false, overlayClickBehavior: () => {}, allowClose: false, animate: !calm,
    smoothScroll: false, stagePadding: RING, stageRadius: radius ? radius + RING : 0,
  };
  for (const left of all(".driver-active-element")) left.classList.remove("driver-active-element"); // of one that was passed by
  if (coach) coach.setConfig(options);
  else coach = driver(options);
  coach.highlight({ element: target, disableActiveInteraction: false, popover: popup(step, here), onHighlighted: place });
  // Where no side is free driver.js puts its card over the target: who listens after it has the last word in the same frame.
  for (const by of ["scroll", "resize"]) {
    removeEventListener(by, follow);
    addEventListener(by, follow, { passive: true });
  }
  plain(target);
}

const popover = () => one(".driver-popover.coach");

// Without an element: alone, on another page, or at the end. The page stays in hand.
function sheet(step, here) {
  const mine = coach && popover()?.contains(document.activeElement);
  coach?.destroy();
  coach = null;
  let box = one(".coach-sheet");
  if (!box) {
    unfold();
    box = Object.assign(document.createElement("section"), { className: "coach coach-sheet" });
    box.setAttribute("role", "region");
    for (const [name, tag] of [["title", "p"], ["text", "p"], ["foot", "div"]]) box.append(Object.assign(document.createElement(tag), { className: `coach-${name}` }));
    one(".coach-title", box).tabIndex = -1;
    one(".coach-text", box).setAttribute("role", "status");
    document.body.append(box);
  }
  const lost = document.activeElement === document.body;
  describe();
  fill(box, step, here);
  box.setAttribute("aria-label", card(step, here).title);
  room(box);
  if (mine || lost || !step) one(".coach-title", box).focus({ preventScroll: true }); // a status that has only just come is not heard
}

// The words and buttons of a card that is there already: whoever types goes on typing, a button keeps the focus.
function fill(box, step, here) {
  const held = document.activeElement;
  const foot = one(".coach-foot", box);
  const mine = foot.contains(held);
  const { title, text } = card(step, here);
  one(".coach-title", box).textContent = title;
  one(".coach-text", box).textContent = text;
  foot.replaceChildren(...buttons(step, here));
  if (mine) (all("button", foot).find((button) => button.textContent === held.textContent) ?? one("button", foot)).focus({ preventScroll: true });
}

// Whether the coach itself can take the step.
const able = (step, here) => Boolean(here && led(step) && !step.open && (step.press || step.type || step.file));

// A step that was gone back to and need not be done again: what follows can be shown as it is.
function passed(step) {
  const following = lesson.steps[at + 1];
  if (!step || at >= most || lesson.way === "show" && undone && led(step)) return false;
  return !undone || following?.page !== location.pathname || Boolean(seen(following.element));
}

function words(step, here) {
  const { words: say, way } = lesson;
  if (!step) return say.well;
  if (way !== "alone" && !here) return say.elsewhere;
  const hints = [];
  if (way === "alone" && (asked || stuck || (wrong && !step.hint))) hints.push(step.text);
  if (step.hint && (wrong || stuck)) hints.push(step.hint);
  if (stuck && able(step, here)) hints.push(say.stuck);
  return [way === "alone" ? lesson.task : step.text, ...(hints.length ? [`${say.hint}:`, ...hints] : [])].join(" ");
}

function card(step, here) {
  const { words: say, steps, way } = lesson;
  const count = say.step.replace("{at}", at + 1).replace("{of}", steps.length);
  const title = !step ? `${say.done}: ${lesson.title}` : way === "alone" ? lesson.title : `${count}. ${step.title}`;
  return { title, text: words(step, here) };
}

function popup(step, here) {
  const { title, text } = card(step, here);
  return {
    title,
    description: text,
    popoverClass: "coach",
    showButtons: [],
    onPopoverRender: ({ wrapper, title, description, footer }) => {
      wrapper.setAttribute("aria-labelledby", title.id || (title.id = "coach-title"));
      for (const [part, role] of [[title, "none"], [description, "status"], [footer, "group"]]) part.setAttribute("role", role);
      title.classList.add("coach-title");
      description.classList.add("coach-text");
      footer.className = "coach-foot";
      footer.style.display = "flex";
      footer.replaceChildren(...buttons(step, here));
      // driver.js is about to focus the card: whoever has begun to type goes on typing.
      const held = document.activeElement;
      if (inside(marked).includes(held)) queueMicrotask(() => held.focus({ preventScroll: true }));
    },
  };
}

// «Свернуть| подсказку»: what follows the line is heard and, where there is room, seen.
function button(text, act, look = "secondary") {
  const made = Object.assign(document.createElement("button"), { type: "button", className: `button ${look}` });
  const [short, rest] = text.split("|");
  made.append(short);
  if (rest) made.append(Object.assign(document.createElement("span"), { className: "coach-rest", textContent: rest }));
  made.addEventListener("click", act);
  return made;
}

const leave = (path) => {
  const form = Object.assign(document.createElement("form"), { method: "post", action: path });
  document.body.append(form);
  told.finally(() => form.requestSubmit());
};

function buttons(step, here) {
  const { words: say, way } = lesson;
  if (!step) return [button(say.lessons, () => leave("/api/practice/end"), "primary"), button(say.again, () => leave("/api/practice"))];
  const made = [];
  const sample = step.file && here && way !== "show";
  if (sample) made.push(button(say.sample, () => attach(step), "primary"));
  if (step.open && here) made.push(button(say.inbox, () => location.assign(step.open), "primary"));
  if (way !== "alone" && at > 0) made.push(button(say.back, back));
  if (!here && (way !== "alone" || asked || stuck)) made.push(button(say.go, goThere, "primary"));
  if (passed(step)) made.push(button(say.next, () => go(at + 1), "primary"));
  else if (led(step) ? way === "show" && here && !step.open : here) made.push(button(say.next, () => next(step), "primary"));
  if (way !== "show" && able(step, here)) made.push(button(say.skip, () => next(step)));
  if (way === "alone" && !asked && !stuck) made.push(button(say.hint, () => { asked = true; look(); }));
  made.push(button(say.hide, hide), button(say.leave, () => leave("/api/practice/end")));
  return made;
}

function back() {
  const { page, element } = lesson.steps[at - 1];
  const there = location.pathname === page && seen(element);
  reach(at - 1);
  return there ? look() : goThere();
}

// A step's address may tell what came of the steps before it: it is asked for anew.
async function goThere() {
  const answer = await fetch("/api/practice").catch(() => null);
  const { steps } = answer?.ok ? await answer.json() : lesson;
  location.assign(steps[at].address ?? steps[at].page);
}

function next(step) {
  if (!led(step)) return go(at + 1);
  if (pending) return;
  pending = true;
  if (step.press && !seen(step.press)) for (const folded of all(step.press)) folded.closest("details")?.toggleAttribute("open", true);
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

// A form that was sent and is gone back to is not empty: what was to be typed there stands in it.
function refill(step) {
  for (const [selector, value] of step.type ?? []) if (value === "on" || seen(selector)?.value === "") type(selector, value);
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

// driver.js marks plain elements as if they opened something (axe: aria-allowed-attr).
function plain(element) {
  for (const name of ["aria-haspopup", "aria-expanded", "aria-controls"]) element?.removeAttribute(name);
}

function place(element) {
  plain(element);
  const box = popover();
  if (!box || !element) return;
  settle();
  const held = document.activeElement;
  if (inside(element).includes(held) || touched && box.contains(held)) return; // who types or goes round already goes on
  stops()[0]?.focus({ preventScroll: true });
}

// The control that is framed tells the step's text beside its own hints.
const TEXT = "driver-popover-description";
function describe(control) {
  for (const told of new Set([...all(`[aria-describedby~=${TEXT}]:not(.coach)`), ...(control ? [control] : [])])) {
    const before = told.getAttribute("aria-describedby") ?? "";
    const names = before.split(" ").filter((name) => name && name !== TEXT);
    if (told === control) names.push(TEXT);
    const now = names.join(" ");
    if (!now) told.removeAttribute("aria-describedby");
    else if (now !== before) told.setAttribute("aria-describedby", now);
  }
}

function covers(box) {
  const [card, target] = [box, marked].map((element) => element.getBoundingClientRect());
  return card.left < target.right + GAP && card.right > target.left - GAP && card.top < target.bottom + GAP && card.bottom > target.top - GAP;
}

// What is framed may have moved. Where driver.js finds no place beside it, the card stands narrow to the right of it, or
// low with the page scrolled clear of it, as always on a phone.
function settle() {
  describe(coach && inside(marked)[0]);
  coach?.refresh();
  requestAnimationFrame(() => fit());
}

const follow = () => requestAnimationFrame(() => fit(true));

function fit(still = touched) {
  const box = coach && popover();
  if (!box || !marked?.isConnected) return;
  if (innerWidth > PHONE && !box.matches(".coach-low, .coach-beside")) {
    if (!covers(box)) return;
    const free = innerWidth - marked.getBoundingClientRect().right - RING - 2 * GAP;
    box.style.setProperty("--beside", `${free}px`);
    box.classList.add(free < NARROWEST ? "coach-low" : "coach-beside");
  }
  if (!box.matches(".coach-beside")) room(box, still ? null : marked);
}

// The page can be scrolled clear of a card at its bottom, and whatever takes the focus is not under it. Of a target that
// is higher than what is left the top is shown.
function room(box, element) {
  root.style.scrollPaddingBottom = document.body.style.paddingBottom = `${box.offsetHeight + 2 * GAP}px`;
  if (!element) return;
  const free = box.getBoundingClientRect().top - GAP;
  const { top, bottom } = element.getBoundingClientRect();
  const by = top < GAP || bottom - top > free - GAP ? top - GAP : Math.max(bottom - free, 0);
  if (Math.abs(by) > 1) scrollBy({ top: by, behavior: "instant" });
}

function fold() {
  if (one(".coach-opener")) return;
  coach?.destroy();
  coach = null;
  shown = "";
  describe();
  unfold();
  const opener = button(lesson.words.show, () => { hidden = false; look(); }, "primary coach-opener");
  document.body.append(opener);
}

function unfold() {
  root.style.scrollPaddingBottom = document.body.style.paddingBottom = "";
  for (const left of all(".coach-sheet, .coach-opener")) left.remove();
}

function hide() {
  const back = marked;
  hidden = true;
  look();
  (back && (back.matches(FOCUSABLE) ? back : one(FOCUSABLE, back)) || one(".coach-opener"))?.focus();
}

// What Tab goes round in: of a group of radios the chosen one.
const reached = (element) => visible(element) && !(element.type === "radio" && !element.checked && all(`[name="${element.name}"]:checked`).length);
const inside = (place) => (place ? [...(place.matches(FOCUSABLE) ? [place] : []), ...all(FOCUSABLE, place)].filter(reached) : []);
const stops = () => [...inside(marked), ...inside(popover())];

// Tab stays in the card and its target: driver.js' own ring misses most inputs.
function ring(event) {
  if (!lesson || hidden) return;
  if (event.key === "Escape" && !one("dialog[open]")) return hide();
  if (event.key !== "Tab" || !coach) return;
  const ready = stops();
  if (!ready.length) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  touched = true;
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
  [at, most = at] = (known ?? String(lesson.at)).split(" ").map(Number);
  undone = at === most;
  if (root.dataset.lesson === undefined) return;
  if (known === null) keep();
  let due = 0;
  const soon = () => {
    due ||= requestAnimationFrame(() => { due = 0; look(); });
  };
  new MutationObserver((changes) => {
    if (changes.some((change) => !change.target.closest?.(".coach, .driver-overlay"))) soon();
  }).observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true, attributeFilter: ["open", "data-live"] });
  addEventListener("keydown", ring, true);
  for (const by of ["keydown", "pointerdown", "wheel"]) addEventListener(by, () => { touched = true; }, { capture: true, passive: true });
  new ResizeObserver(soon).observe(document.body);
  let width = innerWidth; // a phone's own bars come and go: that is no other window
  addEventListener("resize", () => {
    if (innerWidth === width) return;
    width = innerWidth;
    touched = false;
    popover()?.classList.remove("coach-low", "coach-beside");
    soon();
  });
  restartPatience();
  look();
}

begin();
