// Whether this browser can do what the desk needs; says so kindly where it can't.
const able = () =>
  typeof WebAssembly === "object" && Array.prototype.at && typeof structuredClone === "function" && crypto.subtle;

export async function readyOrSaySo() {
  globalThis.deskIsReady = true; // watch.js waits for it
  if (able() && globalThis.sodium) {
    await sodium.ready;
    return true;
  }
  document.getElementById("too-old").hidden = false;
  return false;
}
