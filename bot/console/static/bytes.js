// Bytes as the server's JSON carries them, and as people type them.

export function toBase64(bytes) {
  return sodium.to_base64(bytes, sodium.base64_variants.ORIGINAL);
}

export function fromBase64(text) {
  return sodium.from_base64(text, sodium.base64_variants.ORIGINAL);
}

const LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"; // Crockford: no I, L, O, U
const LOOKALIKES = { I: "1", L: "1", O: "0", U: "V" };

// 32 bytes → 52 letters in groups of four, as they are printed
export function toLetters(bytes) {
  let bits = 0, held = 0, text = "";
  for (const byte of bytes) {
    held = (held << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += LETTERS[(held >> bits) & 31];
    }
    held &= (1 << bits) - 1;
  }
  if (bits) text += LETTERS[(held << (5 - bits)) & 31];
  return text.match(/.{1,4}/g).join(" ");
}

// what was typed → `size` bytes; null where it can't be that
export function fromLetters(text, size) {
  const typed = [...text.toUpperCase().replace(/[\s.\-–]+/g, "")].map((c) => LOOKALIKES[c] ?? c);
  if (typed.length !== Math.ceil((size * 8) / 5)) return null;
  const bytes = new Uint8Array(size);
  let bits = 0, held = 0, at = 0;
  for (const letter of typed) {
    const value = LETTERS.indexOf(letter);
    if (value < 0) return null;
    held = (held << 5) | value;
    bits += 5;
    if (bits >= 8 && at < size) {
      bits -= 8;
      bytes[at++] = held >> bits;
      held &= (1 << bits) - 1;
    }
  }
  return bytes;
}
