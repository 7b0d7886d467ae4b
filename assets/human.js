// The browser's side of the check «Я не робот», loaded when the box is ticked.

const box = () => document.querySelector("[data-human]");
const answer = () => document.getElementById("human-answer");
let done = "";

// The work that the page holds; the event may overtake the rendering, so wait for one not done yet.
async function given() {
  for (let turn = 0; turn < 300; turn++) {
    const text = box()?.dataset.human;
    if (text && text !== done) return text;
    await new Promise((resolve) => setTimeout(resolve, 16));
  }
  return "";
}

function work(text) {
  return new Promise((resolve) => {
    const worker = new Worker("/human-worker.js");
    const end = (solution) => {
      worker.terminate();
      resolve(solution);
    };
    worker.onmessage = (event) => end(event.data);
    worker.onerror = () => end("");
    worker.postMessage(text);
  });
}

// The solution, or "" when there is none: the server then says what to do.
export async function solve() {
  done = await given();
  return done ? work(done) : "";
}

// A fresh picture empties this one field and no other.
export function emptyAnswer(focus) {
  if (!answer()) return;
  answer().value = "";
  if (focus) answer().focus();
}

// The task is about to go; whoever was in it stays in the check.
export function leaveTask() {
  document.getElementById("human")?.focus();
}
