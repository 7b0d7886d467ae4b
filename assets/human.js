// The browser's side of the check «Я не робот», loaded when the box is ticked.

const box = () => document.querySelector("[data-human]");
let done = "";
let heard = "";

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

// Say the words, 1 as they are, less for slower; browsers keep the pitch. Where a page may not start a
// sound by itself, the player is there to be pressed.
export async function play(speed) {
  const sound = document.getElementById("human-sound");
  if (!sound) return;
  sound.currentTime = 0;
  sound.playbackRate = speed;
  await sound.play().catch(() => {});
}

// New words have come, though perhaps not yet on the page: say them.
export async function listen() {
  const before = heard;
  for (let turn = 0; turn < 120; turn++) {
    heard = document.getElementById("human-sound")?.src || "";
    if (heard && heard !== before) break;
    await new Promise((resolve) => setTimeout(resolve, 16));
  }
  await play(1);
}

// The task is about to go; whoever was in it stays in the check.
export function leaveTask() {
  document.getElementById("human")?.focus();
}
