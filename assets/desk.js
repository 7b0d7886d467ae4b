/*
 * What the desk's pages need of the browser beside cabinet.js: keys, a file that sends itself, a question asked again.
 * As there, nothing keeps elements and listeners sit on window.
 */
(() => {
  "use strict";
  if (window.deskIsHere) return;
  window.deskIsHere = true;
  const all = (selector) => document.querySelectorAll(selector);
  const one = (selector, from = document) => from.querySelector(selector);
  const seen = (selector) => [...all(selector)].find((element) => element.getClientRects().length);
  const on = (name, handler) => window.addEventListener(name, handler);
  const write = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value").set;
  const keyed = (off) => {
    try {
      if (off !== undefined) localStorage.setItem("keys", off ? "off" : "");
      return localStorage.getItem("keys") !== "off";
    } catch { return true; }
  };

  /* Keys: «/» to the search, «?» the list of keys, J and K along the queue; another letter presses the button with that
     data-key. Letters go by their place on the keyboard, so that the Russian layout has them too. */
  function panel() {
    one("[data-keys-switch]").checked = keyed();
    one("[data-keys-panel]").showModal();
  }
  const queue = () => [...all("[data-queue] button")];
  function along(step) {
    const rows = queue(), here = rows.indexOf(document.activeElement);
    const at = here < 0 ? rows.findIndex((row) => row.getAttribute("aria-current") === "true") : here;
    if (rows.length) rows[at < 0 ? 0 : Math.min(Math.max(at + step, 0), rows.length - 1)].focus();
    return rows.length;
  }
  /* What opens by a key gives the focus to its first field; Escape in there closes it and gives the focus back. */
  function press(code) {
    if (code === "KeyJ") return along(1);
    if (code === "KeyK") return along(-1);
    const button = code.startsWith("Key") && seen(`[data-key="${code[3].toLowerCase()}"]`), fold = button && button.closest("details");
    if (button && !fold?.open) button.click();
    if (fold) one("select, input", fold)?.focus();
    return button;
  }
  function unfold(fold) {
    fold.open = false;
    one("summary", fold).focus();
  }
  on("keydown", (event) => {
    keep();
    const fold = event.key === "Escape" && event.target.closest?.("details[open]:has(> summary[data-key])");
    if (fold) return unfold(fold);
    const typing = event.target.matches?.("input:not([type=radio], [type=checkbox]), textarea, select");
    if (typing || event.ctrlKey || event.metaKey || event.altKey || !keyed() || one("dialog[open]")) return;
    if (event.key === "?" || (event.code === "Slash" && event.shiftKey)) panel();
    else if (event.code === "Slash") seen("[data-search]")?.focus();
    else if (!press(event.code)) return;
    event.preventDefault();
  });
  on("click", (event) => {
    if (event.target.closest?.("[data-keys-open]")) panel();
  });

  /* A row that has the focus may leave the queue, for a colleague has decided: the focus goes to its neighbour. */
  let held = null, place = 0;
  on("focusin", ({ target }) => { held = target.closest?.("[data-queue] button") || null; });
  on("pointerdown", () => { held = null; });
  function keep() {
    const rows = held ? queue() : [];
    if (held?.isConnected) place = rows.indexOf(held);
    else if (held && document.activeElement === document.body) (rows[Math.min(place, rows.length - 1)] || seen("main h1")).focus();
  }

  /* <b data-waited="125"> goes on counting the seconds that it came with, in the shapes of the list's data-waits. */
  const began = new WeakMap();
  function clocks() {
    const shapes = one("[data-waits]")?.dataset.waits.split("|");
    for (const clock of all("[data-waits] [data-waited]")) {
      const from = clock.dataset.waited;
      if (began.get(clock)?.from !== from) began.set(clock, { from, at: performance.now() - from * 1000 });
      const minutes = Math.floor((performance.now() - began.get(clock).at) / 60000), hours = Math.floor(minutes / 60), days = Math.floor(hours / 24);
      const text = shapes[days ? 3 : hours ? 2 : minutes ? 1 : 0]
        .replace("{d}", days).replace("{h}", days ? hours % 24 : hours).replace("{m}", hours ? String(minutes % 60).padStart(2, "0") : minutes);
      if (clock.textContent !== text) clock.textContent = text;
    }
  }

  /* <input type="file" data-upload="/api/…"> goes by itself, with progress, to our own route; its number comes into the
     form's hidden field, and the form is sent. */
  function upload(input) {
    const file = input.files[0], form = input.form;
    if (!file) return;
    const bar = one("[data-upload-bar]", form), words = one("[data-upload-words]", form), request = new XMLHttpRequest();
    request.open("POST", input.dataset.upload + "?name=" + encodeURIComponent(file.name));
    request.upload.onprogress = (event) => { bar.hidden = false; bar.value = event.loaded / (file.size || 1); };
    request.onloadend = () => {
      let answer = {};
      try { answer = JSON.parse(request.responseText); } catch { /* no answer of ours */ }
      bar.hidden = true;
      words.textContent = answer.id ? file.name : answer.message || words.dataset.failed;
      input.value = "";
      if (!answer.id) return;
      write.call(one("[name=upload]", form), answer.id);
      form.requestSubmit();
    };
    request.send(file);
  }
  on("change", (event) => {
    if (event.target.matches?.("[data-upload]")) upload(event.target);
    if (event.target.matches?.("[data-keys-switch]")) keyed(!event.target.checked);
  });

  /* <button data-every="700"> presses itself while it is there: how far is what goes on elsewhere? */
  let pressed = 0;
  setInterval(() => {
    keep();
    clocks();
    const button = one("[data-every]");
    if (!button || document.hidden || performance.now() - pressed < button.dataset.every) return;
    pressed = performance.now();
    button.click();
  }, 250);
})();
