// A tip as this page has opened it: its words, its flags, and the card that officers keep on it.
import { fromBase64, toBase64 } from "./bytes.js";
import { keysOf } from "./ring.js";
import { vault } from "./vault.js";

const TITLE = 90; // letters
const EMPTY_CARD = { labels: [], register: "", class: "", noticed: "", extended: false, matter: "" };

// the pair that opens a tip; null where this officer holds none of the unit's keys for it
function tipKeys(ring, tip) {
  const pub = fromBase64(tip.pub);
  for (const key of tip.keys) {
    const unit = keysOf(ring, key.epoch);
    if (!unit) continue;
    try {
      return { pub, private: Sealing.unsealKey(unit, fromBase64(key.sealed)) };
    } catch {
      // forged or damaged: the next one may open
    }
  }
  return null;
}

function opened(keys, tip, { kind, seq, body }) {
  try {
    return Sealing.unseal(keys, fromBase64(body), { tip: tip.id, kind, seq });
  } catch {
    return null;
  }
}

// a sealed tip → what the page shows; `locked` where no key opens it, `forged` counts what is not what it claims
export function openCase(ring, tip) {
  const keys = tipKeys(ring, tip);
  if (!keys) return { ...tip, locked: true, title: "", text: "", flags: {}, card: EMPTY_CARD, told: [], notes: [], reasons: [] };
  const found = tip.messages.map((message) => ({ ...message, inside: opened(keys, tip, message) }));
  const good = found.filter((message) => message.inside);
  const of = (...kinds) => good.filter((message) => kinds.includes(message.kind));
  const flags = Object.assign({}, ...of("tip", "option").map((message) => message.inside.body));
  const told = of("part", "follow", "reply");
  const text = of("part", "follow").map((message) => message.inside.body.text ?? "").join("\n");
  const card = { ...EMPTY_CARD, ...of("card").at(-1)?.inside.body };
  return {
    ...tip, keys, flags, card, told, text,
    notes: of("note"),
    reasons: of("referral"), // why it was referred, by whom and to whom
    title: titleOf(text),
    forged: found.length - good.length,
    next: Math.max(-1, ...tip.messages.map((m) => m.seq), ...(tip.files ?? []).map((f) => f.seq)) + 1,
  };
}

// the first line, cut between two words
function titleOf(text) {
  const line = text.trim().split("\n")[0];
  if (line.length <= TITLE) return line;
  return `${line.slice(0, TITLE).replace(/\s+\S*$/, "")}…`;
}

// a message of this officer's, sealed to the tip: {kind, seq, body}
export function sealed(tip, kind, body, today) {
  const keyed = { ...body, by: vault.me.name };
  const envelope = Sealing.seal(tip.keys.pub, { tip: tip.id, kind, seq: tip.next, day: today, body: keyed });
  return { kind, seq: tip.next, body: toBase64(envelope) };
}

// an answer: for colleagues under the tip's key, for its sender under the receipt's
export function sealedReply(tip, text, today) {
  const message = sealed(tip, "reply", { text }, today);
  const [receipt] = tip.reply_keys;
  if (!receipt) return message;
  const own = { tip: tip.id, kind: "reply", seq: tip.next, day: today, body: { text } };
  return { ...message, for_tipster: toBase64(Sealing.seal(fromBase64(receipt), own)) };
}

export function resealed(tip, unitPub) {
  return toBase64(Sealing.sealKey(tip.keys.private, fromBase64(unitPub)));
}

export function fileMeta(tip, file) {
  const inside = opened(tip.keys, tip, { kind: "file", seq: file.seq, body: file.meta });
  return inside?.body ?? null;
}
