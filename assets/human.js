// The browser's side of the check «Я не робот»: reads the proof of work from the page and gives it to a worker.
"use strict";

window.cabinetHuman = (() => {
  const box = () => document.querySelector("[data-human]");
  const tick = () => box()?.querySelector("input[type=checkbox]");
  let done = "";

  // The challenge that the page shows; the event may overtake the rendering, so wait for a new one.
  const challenge = async () => {
    for (let frame = 0; frame < 300; frame++) {
      const text = box()?.dataset.human;
      if (text && text !== done) return text;
      await new Promise((resolve) => setTimeout(resolve, 16));
    }
    return "";
  };

  const work = (text) =>
    new Promise((resolve) => {
      const worker = new Worker("/human-worker.js");
      const end = (solution) => {
        worker.terminate();
        resolve(solution);
      };
      worker.onmessage = (event) => end(event.data);
      worker.onerror = () => end("");
      worker.postMessage(text);
    });

  return {
    // The solution, or "" when there is none: the server then says what to do.
    solve: async () => {
      try {
        const text = await challenge();
        done = text;
        return text ? await work(text) : "";
      } catch {
        return "";
      }
    },
    // A tick made before the page came alive is made again, so that it is heard.
    wake: () => {
      const input = tick();
      if (input?.checked) {
        input.checked = false;
        input.click();
      }
    },
    untick: () => {
      const input = tick();
      if (input) input.checked = false;
    },
    // The answer as typed; a fresh picture empties only this one field.
    focusAnswer: (empty) => {
      const answer = box()?.querySelector("input[type=text]");
      if (!answer) return;
      if (empty) answer.value = "";
      answer.focus();
    },
  };
})();
