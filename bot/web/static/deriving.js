// A worker: derives a code's keys beside the page, which stays alive meanwhile. It answers once and is ended,
// which gives its 64 MiB back: {scripts: what seals, digits, salt} → what Sealing.derive gives, or null.
"use strict";

addEventListener("message", async ({ data: { scripts, digits, salt } }) => {
  try {
    importScripts(...scripts);
    await Sealing.ready();
    postMessage(Sealing.derive(digits, salt));
  } catch {
    postMessage(null);
  }
});
