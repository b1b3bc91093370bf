// The unit's keys: opened here with the officer's own, made and renewed here, shared with colleagues from here.
import { get, post } from "./api.js";
import { fromBase64, toBase64 } from "./bytes.js";
import { vault } from "./vault.js";

// {unit, name, epochs: [{epoch, pub, keys, …}], members, escrow, units, fewest}
export async function openRing() {
  let told = await get("/api/khoa");
  const last = told.epochs.at(-1);
  if (!last || last.retired) {
    await begin(told, last?.epoch ?? 0);
    told = await get("/api/khoa");
  }
  return { ...told, epochs: told.epochs.map(withKeys) };
}

function withKeys(epoch) {
  const pub = fromBase64(epoch.pub);
  const opened = epoch.sealed && opens(epoch.sealed);
  return { ...epoch, keys: opened && sameHalf(opened, pub) ? { pub, private: opened } : null };
}

// a private key that does not belong to its public half was put there by somebody else
const sameHalf = (secret, pub) => sodium.memcmp(sodium.crypto_scalarmult_base(secret), pub);

function opens(sealed) {
  try {
    return Sealing.unsealKey(vault.pair, fromBase64(sealed));
  } catch {
    return null;
  }
}

// a new epoch: its private half leaves this page only in boxes for the members and for the escrow key
async function begin(told, after) {
  const pair = Sealing.freshKeys();
  const boxed = (pub) => toBase64(Sealing.sealKey(pair.private, fromBase64(pub)));
  const sealed = Object.fromEntries(told.members.map((member) => [member.id, boxed(member.pub)]));
  const escrow = told.escrow ? boxed(told.escrow) : undefined;
  try {
    await post("/api/khoa/moi", { after, pub: toBase64(pair.pub), sealed, escrow });
  } catch (error) {
    if (error.status !== 409) throw error; // a colleague was quicker: theirs is as good
  } finally {
    sodium.memzero(pair.private);
  }
}

const held = (ring) => ring.epochs.filter((epoch) => epoch.keys);

function resealed(ring, pub) {
  const box = (epoch) => toBase64(Sealing.sealKey(epoch.keys.private, fromBase64(pub)));
  return Object.fromEntries(held(ring).map((epoch) => [epoch.epoch, box(epoch)]));
}

// members who can't open something that this officer can
export const waiting = (ring) => ring.members.filter((m) => m.id !== vault.me.id && m.held < held(ring).length);

export const share = (ring, member) =>
  post("/api/khoa/cap", { officer: member.id, keys: resealed(ring, member.pub) });

export const outsideEscrow = (ring) => Boolean(ring.escrow) && held(ring).some((epoch) => !epoch.in_escrow);

export const keepInEscrow = (ring) => post("/api/khoa/ky-gui", { keys: resealed(ring, ring.escrow) });

// the key pair of an epoch; null where this officer has none
export const keysOf = (ring, epoch) => ring.epochs.find((each) => each.epoch === epoch)?.keys ?? null;
