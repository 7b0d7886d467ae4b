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
  function along(step) {
    const rows = [...all("[data-queue] button")], at = rows.indexOf(document.activeElement);
    if (rows.length) rows[at < 0 ? 0 : Math.min(Math.max(at + step, 0), rows.length - 1)].focus();
    return rows.length;
  }
  function press(code) {
    if (code === "KeyJ") return along(1);
    if (code === "KeyK") return along(-1);
    const button = code.startsWith("Key") && seen(`[data-key="${code[3].toLowerCase()}"]`);
    if (button) button.click();
    return button;
  }
  on("keydown", (event) => {
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
    const button = one("[data-every]");
    if (!button || document.hidden || performance.now() - pressed < button.dataset.every) return;
    pressed = performance.now();
    button.click();
  }, 250);
})();
