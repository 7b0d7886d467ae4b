// The browser's side of passkeys, loaded by the pages that offer them.

const RENEW = 270_000; // ms: before a challenge of five minutes grows too old to be answered
const PARTS = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"];
const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
let done = "";
let open = null;

// What the page asks for; the event may overtake the rendering, so wait for what was not asked for yet.
async function given() {
  for (let turn = 0; turn < 300; turn++) {
    const asked = document.querySelector("[data-passkey]")?.dataset.passkey;
    if (asked && asked !== done) return (done = asked);
    await new Promise((resolve) => setTimeout(resolve, 16));
  }
  return "";
}

function unpack(asked) {
  const options = JSON.parse(asked);
  options.challenge = bytes(options.challenge);
  if (options.user) options.user.id = bytes(options.user.id);
  for (const key of options.excludeCredentials || options.allowCredentials) key.id = bytes(key.id);
  return options;
}

function pack({ id, type, response }) {
  const parts = PARTS.filter((name) => response[name]).map((name) => [name, text(response[name])]);
  return JSON.stringify({ id, rawId: id, type, response: Object.fromEntries(parts) });
}

// The device's answer as JSON, or the name of what went wrong. One question is open at a time.
async function ask(how, more) {
  open?.abort();
  const mine = (open = new AbortController());
  const asked = await given();
  if (!asked) return "";
  try {
    return pack(await navigator.credentials[how]({ publicKey: unpack(asked), signal: mine.signal, ...more(mine) }));
  } catch (problem) {
    return problem?.name || String(problem);
  }
}

const nothing = () => ({});
const answered = (answer) => ({ answer, remember: Boolean(document.getElementById("remember")?.checked) });

export const make = async () => answered(await ask("create", nothing));
export const prove = async () => answered(await ask("get", nothing));

// Whether the browser can offer passkeys among a field's suggestions.
export const able = async () => Boolean(await PublicKeyCredential.isConditionalMediationAvailable?.());

// Offer them there for as long as the page is open; «again» asks for a new challenge, once somebody looks.
export async function offer() {
  const answer = await ask("get", (mine) => {
    setTimeout(() => mine.abort("again"), RENEW);
    return { mediation: "conditional" };
  });
  if (answer === "again" && document.hidden)
    await new Promise((resolve) => document.addEventListener("visibilitychange", resolve, { once: true }));
  // Nobody has pressed anything: a suggestion that comes to nothing is as one that was replaced, and is not told.
  return answered(/^(\{|again$)/.test(answer) ? answer : "AbortError");
}
