// The proof of work of the check «Я не робот» (altcha v2, iterated SHA-256), off the page's own thread.
// Plain JavaScript, because crypto.subtle is absent outside a secure context and slow for many short hashes.
"use strict";

const K = new Uint32Array(64);
const H = new Uint32Array(8);
for (let n = 2, found = 0; found < 64; n++) {
  let prime = true;
  for (let d = 2; d * d <= n; d++) if (n % d === 0) prime = false;
  if (!prime) continue;
  if (found < 8) H[found] = (Math.sqrt(n) % 1) * 4294967296;
  K[found++] = (Math.cbrt(n) % 1) * 4294967296;
}

const W = new Int32Array(64);
const out = new Uint32Array(8);

// One block of sixteen words, padded already, into `out` (FIPS 180-4, 6.2).
function compress(block) {
  for (let i = 0; i < 16; i++) W[i] = block[i];
  for (let i = 16; i < 64; i++) {
    const x = W[i - 15];
    const y = W[i - 2];
    const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
    const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
    W[i] = (W[i - 16] + s0 + W[i - 7] + s1) | 0;
  }
  let a = H[0] | 0, b = H[1] | 0, c = H[2] | 0, d = H[3] | 0;
  let e = H[4] | 0, f = H[5] | 0, g = H[6] | 0, h = H[7] | 0;
  for (let i = 0; i < 64; i++) {
    const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
    const t1 = (h + s1 + ((e & f) ^ (~e & g)) + K[i] + W[i]) | 0;
    const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
    const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g; g = f; f = e; e = (d + t1) | 0;
    d = c; c = b; b = a; a = (t1 + t2) | 0;
  }
  out[0] = H[0] + a; out[1] = H[1] + b; out[2] = H[2] + c; out[3] = H[3] + d;
  out[4] = H[4] + e; out[5] = H[5] + f; out[6] = H[6] + g; out[7] = H[7] + h;
}

const words = (hex) => (hex.match(/.{8}/g) || []).map((part) => parseInt(part, 16));
const hex = (numbers) => Array.from(numbers, (n) => n.toString(16).padStart(8, "0")).join("");

// The counter whose iterated hash of salt + nonce + counter begins with the prefix, or null.
function solve({ salt, nonce, cost, keyPrefix }, most) {
  const first = new Uint32Array(16);
  first.set([...words(salt), ...words(nonce), 0, 0x80000000]);
  first[15] = 36 * 8;
  const next = new Uint32Array(16);
  next[8] = 0x80000000;
  next[15] = 32 * 8;
  const wanted = words(keyPrefix);
  for (let counter = 0; counter <= most; counter++) {
    first[8] = counter;
    compress(first);
    for (let round = 1; round < cost; round++) {
      next.set(out);
      compress(next);
    }
    if (wanted.every((word, i) => word === out[i])) return { counter, derivedKey: hex(out) };
  }
  return null;
}

self.onmessage = ({ data }) => {
  const challenge = JSON.parse(data);
  const solution = solve(challenge.parameters, 1000000);
  self.postMessage(solution ? btoa(JSON.stringify({ challenge, solution })) : "");
};
