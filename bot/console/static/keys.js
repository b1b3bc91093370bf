// An officer's keys. They are made and opened here, stay in this page's memory, and end with it.
import { fromBase64, toBase64 } from "./bytes.js";

const PASSES = 3;
const MEMORY = 64 * 1024 * 1024;
const KEY = 32;

// password + salt → {proof, kek}: the proof goes to the server, the other half wraps the private key
export function derive(password, salt) {
  const raw = sodium.crypto_pwhash(
    2 * KEY, password.normalize("NFC"), salt, PASSES, MEMORY, sodium.crypto_pwhash_ALG_ARGON2ID13,
  );
  return halves(raw);
}

// the printed code's 256 bits → the same two halves
export function deriveFromCard(card) {
  return halves(sodium.crypto_generichash(2 * KEY, "binhan recovery card", card));
}

const halves = (raw) => ({ proof: raw.slice(0, KEY), kek: raw.slice(KEY) });

export const freshSalt = () => sodium.randombytes_buf(sodium.crypto_pwhash_SALTBYTES);
export const freshCard = () => sodium.randombytes_buf(KEY);

export function wrap(secret, kek) {
  const nonce = sodium.randombytes_buf(sodium.crypto_secretbox_NONCEBYTES);
  return Sealing.joined([nonce, sodium.crypto_secretbox_easy(secret, nonce, kek)]);
}

// the wrapped secret; null where the key is another
export function unwrap(wrapped, kek) {
  const cut = sodium.crypto_secretbox_NONCEBYTES;
  try {
    return sodium.crypto_secretbox_open_easy(wrapped.subarray(cut), wrapped.subarray(0, cut), kek);
  } catch {
    return null;
  }
}

// what the browser of a new officer makes; `card` is printed and never sent
export function newIdentity(password, card) {
  const pair = Sealing.freshKeys();
  const salt = freshSalt();
  const own = derive(password, salt);
  const printed = deriveFromCard(card);
  return {
    salt: toBase64(salt),
    proof: toBase64(own.proof),
    pub: toBase64(pair.pub),
    wrap: toBase64(wrap(pair.private, own.kek)),
    card_wrap: toBase64(wrap(pair.private, printed.kek)),
    card_proof: toBase64(printed.proof),
  };
}

// the officer's pair out of what the server keeps; null where the password is another
export function openIdentity({ pub, wrap: wrapped }, kek) {
  const secret = unwrap(fromBase64(wrapped), kek);
  return secret && { pub: fromBase64(pub), private: secret };
}

// six groups of four digits that two people compare face to face
export function fingerprint(pub) {
  const digest = sodium.crypto_generichash(32, pub);
  const numbers = Array.from({ length: 6 }, (_, n) => (digest[2 * n] << 8) | digest[2 * n + 1]);
  return numbers.map((n) => String(n % 10000).padStart(4, "0")).join(" ");
}
