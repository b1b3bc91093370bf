// Compares words: whether an answer quotes the tip, and which tips may tell of the same thing. Pure.

const RUN = 6; // words in a row that an answer may not share with the tip
const SHINGLE = 3;
const ALIKE = 0.3; // share of three-word runs from which two tips may be about the same thing

export function wordsOf(text) {
  const folded = text.toLowerCase().normalize("NFD").replace(/[\u0300-\u036f]/g, "").replace(/đ/g, "d");
  return folded.match(/[\p{L}\p{N}]+/gu) ?? [];
}

function runs(words, length) {
  const found = new Set();
  for (let at = 0; at + length <= words.length; at++) found.add(words.slice(at, at + length).join(" "));
  return found;
}

// the first run of words that an answer shares with the tip; "" where it shares none
export function quoted(answer, tip) {
  const told = runs(wordsOf(tip), RUN);
  for (const run of runs(wordsOf(answer), RUN)) if (told.has(run)) return run;
  return "";
}

// how alike two texts are, 0 to 1
export function likeness(one, other) {
  const [a, b] = [runs(wordsOf(one), SHINGLE), runs(wordsOf(other), SHINGLE)];
  if (!a.size || !b.size) return 0;
  let shared = 0;
  for (const run of a) if (b.has(run)) shared += 1;
  return shared / Math.min(a.size, b.size);
}

// id → ids of the tips that may tell of the same thing
export function groups(tips) {
  const found = new Map(tips.map((tip) => [tip.id, []]));
  tips.forEach((one, at) => {
    for (const other of tips.slice(at + 1)) {
      if (likeness(one.text, other.text) < ALIKE) continue;
      found.get(one.id).push(other.id);
      found.get(other.id).push(one.id);
    }
  });
  return found;
}
