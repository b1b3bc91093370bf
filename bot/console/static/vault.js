// Who is at work here and the officer's own keys: in this page's memory only, wiped when the page goes or falls idle.
const IDLE = 30 * 60 * 1000; // as long as a session on the server
const SIGNS = ["pointerdown", "keydown", "scroll"];

let held = null;
let timer;

export const vault = {
  open(me, pair) {
    held = { me, pair };
    wind();
    for (const sign of SIGNS) addEventListener(sign, wind, { passive: true });
  },
  get me() {
    return held?.me ?? null;
  },
  get pair() {
    return held?.pair ?? null;
  },
  close() {
    if (held?.pair) sodium.memzero(held.pair.private);
    held = null;
  },
};

function wind() {
  clearTimeout(timer);
  timer = setTimeout(() => {
    vault.close();
    location.reload();
  }, IDLE);
}

addEventListener("pagehide", () => vault.close());
addEventListener("pageshow", (event) => event.persisted && location.reload());
