// Sends documents with progress, shows what was chosen, keeps what was typed. Loaded by the pages that need it.

const MOST = 10 * 1024 * 1024;
const shown = new Map(); // document id → address of the picture, in this window only

const kindOf = { "image/jpeg": ".jpg", "image/png": ".png", "image/heic": ".heic", "application/pdf": ".pdf" };

// Some phones give a photograph no extension.
const nameOf = (file) => (/\.\w{2,5}$/.test(file.name) ? file.name : file.name + (kindOf[file.type] || ""));

// "" when the file of the input is taken, else the code of what is wrong with it.
export function send(id) {
  const input = document.getElementById(id);
  const file = input?.files[0];
  if (!file) return "";
  const box = input.closest("[data-upload]");
  const line = box.querySelector("[data-progress]");
  const bar = line.querySelector("progress");
  const end = (code) => {
    line.hidden = true;
    input.value = "";
    return code;
  };
  if (file.size > MOST) return end("document.too_large");
  bar.removeAttribute("value");
  line.hidden = false;
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open("POST", "/api/documents");
    request.setRequestHeader("X-File-Name", encodeURIComponent(nameOf(file).slice(-200)));
    if (box.dataset.upload) request.setRequestHeader("X-Request", box.dataset.upload);
    request.upload.onprogress = (event) => {
      // At the end it is still to be opened and cleaned: the bar then only moves.
      if (event.loaded < event.total) bar.value = event.loaded / event.total;
      else bar.removeAttribute("value");
    };
    request.onloadend = () => {
      let answer = {};
      try { answer = JSON.parse(request.responseText); } catch { /* nothing came */ }
      if (request.status === 201) show(answer.id, file);
      resolve(end(request.status === 201 ? "" : answer.error || "lost"));
    };
    request.timeout = 180000;
    request.send(file);
  });
}

// The picture stands in its row as soon as the row is there.
async function show(id, file) {
  if (!/^image\/(jpeg|png|webp)$/.test(file.type)) return;
  shown.set(id, URL.createObjectURL(file));
  for (let turn = 0; turn < 300; turn++) {
    const picture = document.querySelector(`img[data-preview="${CSS.escape(id)}"]`);
    if (picture) {
      picture.onerror = () => { picture.hidden = true; };
      picture.src = shown.get(id);
      picture.hidden = false;
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 16));
  }
}

// What is typed outlives a reload of this window, and no longer: others may use the computer next. What was typed in
// practice stays in its world.
const kept = (id) => `typed:${document.documentElement.dataset.lesson ?? ""}${id}`;

export function keep(id) {
  const form = document.getElementById(id);
  if (!form || form.dataset.kept) return;
  form.dataset.kept = "1";
  const key = kept(id);
  let typed = {};
  try { typed = JSON.parse(sessionStorage.getItem(key)) || {}; } catch { /* nothing is kept */ }
  for (const field of form.elements) {
    if (!(field.name in typed) || field.type === "file") continue;
    if (field.type === "radio") field.checked = field.value === typed[field.name];
    else if (!field.value) field.value = typed[field.name];
  }
  form.addEventListener("input", ({ target }) => {
    if (!target.name || target.type === "file" || target.type === "checkbox") return;
    typed[target.name] = target.value;
    try { sessionStorage.setItem(key, JSON.stringify(typed)); } catch { /* private window */ }
  });
}

export function forget(id) {
  try { sessionStorage.removeItem(kept(id)); } catch { /* private window */ }
}
