/*
 * What the portal's own components need of the browser, beside Reflex. No dependencies.
 *
 * Loaded in <head> before anything is drawn, so that the theme is there at the first paint. React may replace any
 * element: nothing here keeps elements, listeners sit on window, `tidy` runs after every change of the document, and
 * only attributes that React does not own are written.
 */
(() => {
  "use strict";
  const root = document.documentElement;
  const all = (selector, from = document) => from.querySelectorAll(selector);
  const one = (selector, from = document) => from.querySelector(selector);
  const seen = (selector) => [...all(selector)].find((element) => element.getClientRects().length);
  const set = (element, name, value) => {
    if (element.getAttribute(name) !== value) element.setAttribute(name, value);
  };
  const memory = {
    get(key, store = "localStorage") {
      try { return window[store].getItem(key) || ""; } catch { return ""; }
    },
    put(key, value, store = "localStorage") {
      try { value ? window[store].setItem(key, value) : window[store].removeItem(key); } catch { /* private window */ }
    },
  };

  /* The lesson and its practice world, "" in the real one. The cookie is the whole browser's, while a page and its
     socket stay in the world that they were opened in: a page that is in another one by now says nothing more and is
     opened anew without the other one's query; a reload would bring back what was typed. The kept «world» tells other tabs. */
  const world = () => /(?:^|; )(?:__Host-)?lesson=([\w.]+)/.exec(document.cookie)?.[1] || "";
  const lesson = world();
  let parting = 0; // until then a form of the page's own is leading to the other world
  function strayed(quietly) {
    if (world() === lesson) return false;
    const wayIn = one("[data-way-in]"); // of the real world in any case: opened anew it ends the lesson, which only a person may
    if (performance.now() > parting && !(wayIn && quietly)) location.replace(location.pathname + (wayIn ? location.search : ""));
    return true;
  }
  memory.put("world", lesson);

  /* React watches `value` of its inputs through the element; the prototype's setter lets its onChange see our change. */
  const write = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value").set;

  /* Theme and vision scheme: <html data-theme="light|dark" data-vision="…">, kept in localStorage; data-member when
     the cookie «member» says that somebody is signed in here, so that the home page need not show the landing first;
     data-lesson in a practice world; data-passkeys where the browser knows them. */
  let coached = false;
  function dress() {
    if (!root.classList.contains("js")) root.classList.add("js"); // adding it twice would wake the observer again
    const theme = memory.get("theme");
    const member = lesson || /(^|; )(__Host-)?member=1/.test(document.cookie) ? "1" : "";
    const marks = { "data-lesson": lesson, "data-theme": theme === "light" || theme === "dark" ? theme : "", "data-vision": memory.get("vision"), "data-member": member, "data-passkeys": window.PublicKeyCredential ? "1" : "" };
    for (const [name, value] of Object.entries(marks)) {
      if (value) set(root, name, value);
      else if (root.hasAttribute(name)) root.removeAttribute(name);
    }
    if (lesson && !coached) {
      coached = true;
      addEventListener("load", () => import("/training.js"));
    }
  }

  function choices() {
    const theme = memory.get("theme") || "system";
    for (const radio of all("[data-theme-choice]")) {
      const mine = radio.dataset.themeChoice === theme;
      if (radio.checked !== mine) radio.checked = mine;
    }
    const vision = memory.get("vision").split(" ").filter(Boolean);
    for (const radio of all("[data-vision-choice]")) {
      const word = radio.dataset.visionChoice;
      const taken = [...all(`[name="${radio.name}"]`)].some((other) => vision.includes(other.dataset.visionChoice));
      const mine = word ? vision.includes(word) : !taken;
      if (radio.checked !== mine) radio.checked = mine;
    }
  }

  function see(words) {
    memory.put("vision", words);
    dress();
    choices();
  }

  /* «Версия для слабовидящих»: a native dialog. Opened from the sheet, it gives the focus back to the sheet's own
     button, for the sheet closes. */
  function vision(opener) {
    const sheet = opener.closest("details[data-sheet]");
    if (sheet) {
      sheet.open = false;
      one("summary", sheet).focus();
    }
    choices();
    one("[data-vision-panel]", opener.closest(".shell")).showModal();
  }

  /* What tells of a deed done, data-take-focus="…", takes the focus when it comes or its value changes. */
  const told = new WeakMap();
  function tell() {
    for (const box of all("[data-take-focus]")) {
      if (told.get(box) === box.dataset.takeFocus) continue;
      told.set(box, box.dataset.takeFocus);
      box.focus();
    }
  }

  /* Password: <button data-reveal="id"> shows and hides the input of that id. */
  function reveal(button) {
    const input = document.getElementById(button.dataset.reveal);
    if (!input) return;
    const comma = /[.,]/.test(input.value);
    const shown = input.type === "text";
    input.type = shown ? "password" : "text";
    button.classList.toggle("revealed", !shown);
    input.focus();
  }

  /* A password leaves the form hidden, or the browser would not offer to keep it. */
  function conceal(form) {
    for (const button of all(".revealed", form)) {
      const input = document.getElementById(button.dataset.reveal);
      if (input) input.type = "password";
      button.classList.remove("revealed");
    }
  }

  /* Drum: the input's text on the wheels. Digits fill from the left; red wheels follow a comma or the last black one. */
  function split(text, capacity) {
    const clean = text.replace(/[^\d.,]/g, "").replace(".", ",");
    const [whole, ...rest] = clean.split(",");
    return { black: whole.slice(0, capacity), red: whole.slice(capacity) + rest.join("") };
  }

  /* The digit after the last black wheel belongs to the red ones, as on the meter: the comma writes itself. */
  function point(box) {
    const input = one("[data-drum-input]", box);
    const capacity = all(".wheel:not(.red)", box).length;
    const digits = input.value.replace(/\s/g, "");
    if (capacity && one(".wheel.red", box) && /^\d+$/.test(digits) && digits.length > capacity)
      write.call(input, digits.slice(0, capacity) + "," + digits.slice(capacity));
  }

  function wheel(element, digit, look) {
    set(element, "data-digit", digit);
    set(element, "data-look", look);
  }

  function drum(box) {
    const input = one("[data-drum-input]", box);
    const black = [...all(".wheel:not(.red)", box)];
    const red = [...all(".wheel.red", box)];
    if (!input || !black.length) return;
    const focused = document.activeElement === input;
    const typed = split(input.value, black.length);
    const comma = /[.,]/.test(input.value);
    const shown = typed.black && (comma || !focused) ? typed.black.padStart(black.length, "0") : typed.black;
    const ghost = split(box.dataset.previous || "", black.length).black;
    const ghosts = ghost ? ghost.padStart(black.length, "0") : "";
    const next = typed.red || comma || typed.black.length >= black.length ? black.length + typed.red.length : typed.black.length;
    const padded = shown.length - typed.black.length;
    [...black, ...red].forEach((element, index) => {
      const isRed = index >= black.length;
      const digit = isRed ? typed.red[index - black.length] : shown[index];
      const now = focused && index === Math.min(next, black.length + red.length - 1) && next < black.length + red.length;
      const look = (digit ? (index < padded ? "lead" : "set") : "ghost") + (now ? " now" : "");
      wheel(element, digit || (isRed ? "0" : ghosts[index] || "0"), look);
    });
    const over = typed.red.length > red.length;
    if (over !== box.hasAttribute("data-over")) box.toggleAttribute("data-over", over);
  }

  /* Drafts: <input data-draft="key"> is kept until an element with data-draft-done="key" appears; those of a practice
     world in this tab only. */
  const restored = new WeakMap();
  const draft = (key, ...value) => memory[value.length ? "put" : "get"](`draft:${lesson}${key}`, ...value, lesson ? "sessionStorage" : undefined);
  function drafts() {
    for (const done of all("[data-draft-done]")) draft(done.dataset.draftDone, "");
    for (const input of all("[data-draft]")) {
      const key = input.dataset.draft;
      if (!key || restored.get(input) === key) continue;
      restored.set(input, key);
      const kept = draft(key);
      if (kept && !input.value) {
        write.call(input, kept);
        input.dispatchEvent(new Event("input", { bubbles: true }));
      }
    }
  }

  /* A form with data-send-at-once goes by itself, once: the last step of signing in. Not before the page's own data
     came: until then it may show what a former page of this tab has left behind. */
  const sent = new WeakSet();
  function send() {
    if (words().live !== "1") return;
    for (const form of all("form[data-send-at-once]")) {
      if (sent.has(form) || strayed()) continue;
      sent.add(form);
      form.submit();
    }
  }

  /* A link with data-follow-at-once is followed by itself, as a document, once in this tab's life: whoever comes back
     from the bank must not be sent there again by what the page remembers. */
  function follow() {
    for (const link of all("a[data-follow-at-once]")) {
      if (sent.has(link) || strayed()) continue;
      sent.add(link);
      try {
        if (sessionStorage.getItem("followed") === link.href) continue;
        sessionStorage.setItem("followed", link.href);
      } catch { /* private window: followed all the same */ }
      location.assign(link.href);
    }
  }

  /* A form sent before the page came alive waits for that: the browser's own sending would lose what was typed. */
  let early = null;
  const hurry = (busy) => { for (const button of all("button[aria-busy]", early)) set(button, "aria-busy", busy); };
  function late() {
    if (!early || words().live !== "1") return;
    hurry("false");
    const form = early;
    early = null;
    form.requestSubmit();
  }

  /* <span data-countdown="60"> counts seconds down to 0, whatever the page does meanwhile. */
  const ends = new WeakMap();
  function countdown() {
    let left = 0;
    for (const clock of all("[data-countdown]")) {
      const from = clock.dataset.countdown;
      if (ends.get(clock)?.from !== from) ends.set(clock, { from, end: performance.now() + from * 1000 });
      const seconds = Math.max(0, Math.ceil((ends.get(clock).end - performance.now()) / 1000));
      if (clock.textContent !== String(seconds)) clock.textContent = seconds;
      left = Math.max(left, seconds);
    }
    clearTimeout(countdown.timer);
    if (left) countdown.timer = setTimeout(countdown, 1000);
  }

  /* Error summary: the focus goes to it when it comes, when its words change, and when a form that was sent again is
     answered by the same words; the title says so while it stays. */
  const words = () => one("[data-connection]")?.dataset || {};
  let said = "";
  let asked = false;
  let answered = false;
  function summary() {
    const box = one("[data-error-summary]");
    const text = box ? box.textContent : "";
    const again = asked && answered && !one('button[aria-busy="true"]');
    if (box && (text !== said || again)) box.focus();
    said = text;
    if (again) asked = false;
    head(box);
  }

  /* The title says that something is wrong, and that all of it is practice. */
  function head(wrong) {
    const { errorPrefix = "", practicePrefix = "" } = words();
    let bare = document.title;
    for (const prefix of [errorPrefix, practicePrefix]) if (prefix && bare.startsWith(prefix)) bare = bare.slice(prefix.length);
    const title = (wrong ? errorPrefix : "") + (root.dataset.lesson ? practicePrefix : "") + bare;
    if (bare && title !== document.title) document.title = title;
  }

  /* Change of page without a reload: the focus goes to the new heading, as a reload would begin the page anew. */
  let path = location.pathname;
  let heading = null; // [element, words] of the page that was left, until the next one is drawn
  let latest = null;
  function turn() {
    const title = seen("main h1");
    if (location.pathname !== path) {
      path = location.pathname;
      awaiting(false);
      heading = latest;
      for (const sheet of all("details[data-sheet][open]")) sheet.open = false;
    }
    const fresh = title && heading && (title !== heading[0] || title.textContent !== heading[1]);
    if (fresh) {
      heading = null;
      title.focus({ preventScroll: true });
    }
    if (title && !heading) latest = [title, title.textContent];
  }

  /* Connection: the socket itself tells. 4 s of grace at the start, 2 s when it breaks; then the notice shows. */
  const sockets = new Set();
  const Socket = window.WebSocket;
  window.WebSocket = class WebSocket extends Socket {
    constructor(...parameters) {
      if (strayed(true)) throw new Error();
      super(...parameters);
      this.addEventListener("open", () => { sockets.add(this); connection(); });
      this.addEventListener("close", () => { sockets.delete(this); connection(); awaiting(false); });
      this.addEventListener("message", (event) => {
        if (!isEvent(event.data)) return;
        awaiting(false);
        answered = true;
      });
    }
    send(data) {
      if (isEvent(data)) {
        if (strayed()) return;
        awaiting(true);
      }
      super.send(data);
    }
  };
  /* data-waiting on <html> while an event of a page («42» of socket.io) has no answer for 0.4 s, or the next page has
     not come: the line is slow, the portal is not dead. Nobody waits longer than a quarter of a minute for what never comes. */
  const isEvent = (data) => typeof data === "string" && data.startsWith("42");
  function awaiting(waits) {
    clearTimeout(awaiting.timer);
    if (waits) awaiting.timer = setTimeout(() => {
      root.toggleAttribute("data-waiting", true);
      awaiting.timer = setTimeout(awaiting, 15000, false);
    }, 400);
    else if (root.hasAttribute("data-waiting")) root.removeAttribute("data-waiting");
  }
  let since = 0;
  let ever = false;
  function connection() {
    const watched = one("[data-connection]");
    if (!watched) return;
    const live = sockets.size > 0 && !(Number(watched.dataset.errors) > 0) && navigator.onLine !== false;
    ever = ever || live;
    since = live ? 0 : since || performance.now();
    const late = !live && performance.now() - since >= (ever ? 2000 : 4000);
    if (late !== root.hasAttribute("data-offline")) root.toggleAttribute("data-offline", late);
    clearTimeout(connection.timer);
    if (!live && !late) connection.timer = setTimeout(connection, 250);
  }

  /* Reflex's own banner about a new build, in Russian and in our dress; its button keeps its handler. */
  function build() {
    const banner = document.getElementById("reflex-new-version-banner");
    const button = banner && one("button", banner);
    if (!button || banner.className) return;
    const { newBuild, reload } = words();
    banner.className = "new-build";
    banner.style.cssText = button.style.cssText = "";
    button.textContent = reload || button.textContent;
    banner.replaceChildren(newBuild || "", button);
  }

  function tidy() {
    turn();
    summary();
    tell();
    drafts();
    all("[data-drum]").forEach(drum);
    send();
    follow();
    late();
    countdown();
    choices();
    connection();
    build();
  }

  let waiting = false;
  function soon() {
    if (waiting) return;
    waiting = true;
    queueMicrotask(() => { waiting = false; tidy(); });
  }

  dress();
  new MutationObserver(dress).observe(root, { attributes: true, attributeFilter: ["class", "data-theme", "data-vision", "data-member", "data-lesson", "data-passkeys"] });
  new MutationObserver(soon).observe(document, {
    subtree: true, childList: true, characterData: true, attributes: true,
    attributeFilter: ["data-live", "data-errors", "data-previous", "data-draft", "data-draft-done", "data-countdown", "data-take-focus", "value"],
  });

  const on = (name, handler, capture = false) => window.addEventListener(name, handler, capture);
  const drumOf = (event) => event.target.closest?.("[data-drum]");

  for (const name of ["click", "submit", "change"]) on(name, (event) => {
    if (!strayed()) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }, true);
  on("click", (event) => {
    const hit = (selector) => event.target.closest?.(selector);
    const button = hit("[data-reveal]");
    if (button) reveal(button);
    if (hit("button[data-reload]")) location.reload();
    const way = hit("a[href^='/']:not([target], [download])");
    if (way && way.pathname !== location.pathname && !event.ctrlKey && !event.metaKey && !event.shiftKey) awaiting(true);
    const opener = hit("[data-vision-open]");
    if (opener) vision(opener);
    const closer = hit("[data-vision-close]");
    if (closer?.dataset.visionClose) see("");
    if (closer) closer.closest("dialog").close();
    const jump = hit("[data-error-summary] a, a.skip");
    const target = jump && seen("#" + CSS.escape(decodeURIComponent(jump.hash.slice(1))));
    if (target) {
      event.preventDefault();
      const control = target.matches("fieldset, div") ? one("input, select, textarea, button", target) || target : target;
      control.focus();
      (control.closest(".field") || control).scrollIntoView({ block: control.matches("main") ? "start" : "center" });
    }
    for (const sheet of all("details[data-sheet][open]")) if (!sheet.contains(event.target)) sheet.open = false;
  });
  on("keydown", (event) => {
    if (event.key !== "Escape" || one("dialog[open]")) return;
    for (const sheet of all("details[data-sheet][open]")) {
      sheet.open = false;
      one("summary", sheet).focus();
    }
  });
  on("submit", (event) => {
    if (one('button[aria-busy="true"]', event.target)) {
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    conceal(event.target);
    asked = Boolean(one("[data-error-summary]"));
    answered = false;
    if (asked) setTimeout(summary, 1500); // the same mistakes again change nothing that an observer could see
  }, true);
  on("submit", (event) => {
    if (event.defaultPrevented) return;
    if (event.target.hasAttribute("action")) {
      parting = performance.now() + 10000;
      return;
    }
    event.preventDefault();
    early = event.target;
    hurry("true");
  });
  on("change", (event) => {
    const choice = event.target.dataset?.themeChoice;
    if (choice) { memory.put("theme", choice); dress(); }
    if (event.target.matches?.("[data-vision-choice]"))
      see([...all("[data-vision-choice]:checked", event.target.form)].map((radio) => radio.dataset.visionChoice).filter(Boolean).join(" "));
  });
  on("input", (event) => {
    const box = drumOf(event);
    if (box) point(box);
  }, true);
  on("input", (event) => {
    const key = event.target.dataset?.draft;
    if (key) draft(key, event.target.value);
    const box = drumOf(event);
    if (box) drum(box);
  });
  for (const name of ["focusin", "focusout"]) on(name, (event) => {
    const box = drumOf(event);
    if (box) setTimeout(drum, 0, box);
  });
  for (const name of ["online", "offline", "load", "pageshow"]) on(name, tidy);
  on("storage", () => strayed(true) || dress());
  on("visibilitychange", () => document.hidden || strayed(true));
  on("pageshow", () => { parting = 0; strayed(true); });

  /* A letter's link that is opened over its own page changes nothing but what is behind the #. */
  on("hashchange", () => { if (location.hash.startsWith("#token=")) location.reload(); });

  /* A page whose session is over, here or elsewhere, shows nothing of it any more: asked while somebody looks. What was
     typed goes with it, as when its owner signs out. */
  function forget() {
    try {
      sessionStorage.clear();
      for (const key of Object.keys(localStorage)) if (key.startsWith("draft:")) localStorage.removeItem(key);
    } catch { /* private window */ }
  }
  function alive() {
    if (document.hidden || lesson || root.dataset.member !== "1") return;
    fetch("/api/session/alive").then(({ status }) => {
      if (status !== 205) return;
      forget();
      location.reload();
    }, () => {});
  }
  setInterval(alive, 60000);
  on("visibilitychange", alive);
  on("pageshow", ({ persisted }) => { if (persisted) alive(); });
  on("submit", ({ target }) => { if (!lesson && target.matches('[action="/api/session/end"]')) forget(); });
})();
