// The twin of bot/sealing.py: seals and opens tips in the browser. Needs vendor/libsodium/*.js before it.
"use strict";

globalThis.Sealing = (() => {
  const VERSION = 1;
  const BLOCK = 1024; // bytes: a sealed text tells its length to within these
  const CHUNK = 64 * 1024;
  const STEPS = [64, 256, 1024, 2048, 5120, 10240, 20480].map((kib) => kib * 1024);
  const RECEIPT_MEMORY = 64 * 1024 * 1024;
  const RECEIPT_PASSES = 3;
  const GROUPS = [4, 4, 4, 4, 6]; // digits of a code as shown
  const HEADER = 24;
  const EXTRA = 17;

  class Forged extends Error {}

  const ready = () => sodium.ready;
  const bytesOf = (text) => new TextEncoder().encode(text);
  const fromHex = (hex) => sodium.from_hex(hex);
  const toHex = (bytes) => sodium.to_hex(bytes);

  // keys: {pub, private}, 32 bytes each

  const freshKeys = () => pairOf(sodium.crypto_box_keypair());
  const pairOf = (pair) => ({ pub: pair.publicKey, private: pair.privateKey });
  const freshId = () => toHex(sodium.randombytes_buf(16));
  const sealKey = (plain, pub) => sodium.crypto_box_seal(plain, pub);

  function unsealKey(keys, sealed) {
    try {
      return sodium.crypto_box_seal_open(sealed, keys.pub, keys.private);
    } catch {
      throw new Forged("it does not open");
    }
  }

  // envelopes: {tip, kind, seq, day, body} under the tip's public key

  function seal(pub, { tip, kind, seq, day, body }) {
    const text = bytesOf(JSON.stringify({ v: VERSION, tip, kind, seq, day, body }));
    return joined([Uint8Array.of(VERSION), sealKey(padded(text), pub)]);
  }

  function unseal(keys, envelope, { tip, kind, seq }) {
    if (envelope[0] !== VERSION) throw new Forged("another version");
    const text = new TextDecoder().decode(unpadded(unsealKey(keys, envelope.subarray(1))));
    const inside = JSON.parse(text);
    if (inside.v !== VERSION || inside.tip !== tip || inside.kind !== kind || inside.seq !== seq) {
      throw new Forged("it belongs elsewhere");
    }
    return inside;
  }

  function padded(data) {
    const whole = new Uint8Array(Math.ceil((data.length + 4) / BLOCK) * BLOCK);
    new DataView(whole.buffer).setUint32(0, data.length);
    whole.set(data, 4);
    return whole;
  }

  function unpadded(whole) {
    const size = new DataView(whole.buffer, whole.byteOffset).getUint32(0);
    const odd = size > whole.length - 4 || whole.length % BLOCK;
    if (odd || whole.subarray(4 + size).some((byte) => byte)) throw new Forged("not padded by us");
    return whole.subarray(4, 4 + size);
  }

  // receipts: twenty digits and two check digits (ISO 7064, mod 97-10)

  const mod97 = (digits) => [...digits].reduce((rest, digit) => (rest * 10 + Number(digit)) % 97, 0);
  const withCheck = (digits) => digits + String(98 - mod97(`${digits}00`)).padStart(2, "0");

  function freshDigits() {
    return Array.from({ length: 20 }, () => sodium.randombytes_uniform(10)).join("");
  }

  function shownCode(digits) {
    let at = 0;
    return GROUPS.map((size) => withCheck(digits).slice(at, (at += size))).join(" ");
  }

  function digitsOf(text) {
    const typed = text.replace(/[\s.\-–_,]+/g, "");
    return /^\d{22}$/.test(typed) && mod97(typed) === 1 ? typed.slice(0, 20) : null;
  }

  const lastGroup = (digits) => withCheck(digits).slice(-GROUPS[GROUPS.length - 1]);

  // slow on purpose: 64 MiB; {finder, reply}: what finds the answers, and the pair that opens them
  function derive(digits, salt) {
    const algorithm = sodium.crypto_pwhash_ALG_ARGON2ID13;
    const raw = sodium.crypto_pwhash(96, digits, salt, RECEIPT_PASSES, RECEIPT_MEMORY, algorithm);
    return {
      finder: raw.slice(0, 32),
      reply: pairOf(sodium.crypto_box_seed_keypair(raw.slice(32, 64))),
    };
  }

  // files: {key, id}, the bytes in chunks of 64 KiB padded to a few sizes; the last carries TAG_FINAL

  const paddedSize = (size) => STEPS.find((step) => size <= step);
  const sealedSize = (size) => HEADER + paddedSize(size) + (paddedSize(size) / CHUNK) * EXTRA;
  const freshFileKey = () => sodium.crypto_secretstream_xchacha20poly1305_keygen();

  // gives the sealed pieces of a Blob one by one, so that it never lies whole in memory
  async function* sealFile(blob, { key, id }) {
    const stream = sodium.crypto_secretstream_xchacha20poly1305_init_push(key);
    yield stream.header;
    const size = paddedSize(blob.size);
    for (let at = 0; at < size; at += CHUNK) {
      const chunk = new Uint8Array(CHUNK);
      if (at < blob.size) {
        chunk.set(new Uint8Array(await blob.slice(at, at + CHUNK).arrayBuffer()));
      }
      const tag = at + CHUNK < size ? 0 : sodium.crypto_secretstream_xchacha20poly1305_TAG_FINAL;
      yield sodium.crypto_secretstream_xchacha20poly1305_push(
        stream.state, chunk, bytesOf(id), tag,
      );
    }
  }

  // the file's own `size` bytes as chunks; Forged if any chunk is wrong or the last is missing
  function unsealFile(sealed, size, { key, id }) {
    const chunks = [];
    let left = size;
    let final = false;
    const header = sealed.subarray(0, HEADER);
    const state = sodium.crypto_secretstream_xchacha20poly1305_init_pull(header, key);
    for (let at = HEADER; at < sealed.length; at += CHUNK + EXTRA) {
      const piece = sealed.subarray(at, at + CHUNK + EXTRA);
      const opened =
        !final && sodium.crypto_secretstream_xchacha20poly1305_pull(state, piece, bytesOf(id));
      if (!opened) throw new Forged("a chunk is wrong");
      chunks.push(opened.message.subarray(0, left));
      left -= Math.min(left, opened.message.length);
      final = opened.tag === sodium.crypto_secretstream_xchacha20poly1305_TAG_FINAL;
    }
    if (!final || left) throw new Forged("the file is not whole");
    return chunks;
  }

  function joined(parts) {
    const whole = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
    let at = 0;
    for (const part of parts) {
      whole.set(part, at);
      at += part.length;
    }
    return whole;
  }

  return {
    Forged, ready, fromHex, toHex, joined, freshKeys, freshId, sealKey, unsealKey, seal, unseal,
    freshDigits, shownCode, digitsOf, lastGroup, derive,
    paddedSize, sealedSize, freshFileKey, sealFile, unsealFile,
  };
})();
