// A tip's files: opened here. Pictures are drawn again on a canvas, anything else is only ever a download.
import { el } from "./dom.js";
import { fileMeta } from "./casefile.js";
import { say } from "./words.js";

const PICTURES = ["image/jpeg", "image/png", "image/webp"];
const ENDINGS = {
  "image/jpeg": "jpg", "image/png": "png", "image/webp": "webp", "application/pdf": "pdf",
  "video/mp4": "mp4", "audio/mpeg": "mp3", "audio/ogg": "ogg", "audio/mp4": "m4a",
};
const WIDEST = 1600; // pixels

async function bytesOf(tip, file, meta) {
  const response = await fetch(`/api/tin/${tip.id}/tep/${file.id}`);
  if (!response.ok) throw new Error(say("case.file_gone"));
  const sealedBytes = new Uint8Array(await response.arrayBuffer());
  const key = sodium.from_hex(meta.key);
  return Sealing.unsealFile(sealedBytes, meta.size, { key, id: file.id });
}

async function picture(chunks, type) {
  const bitmap = await createImageBitmap(new Blob(chunks, { type }));
  const scale = Math.min(1, WIDEST / bitmap.width);
  const canvas = el("canvas", { role: "img", "aria-label": say("case.picture") });
  canvas.width = Math.round(bitmap.width * scale);
  canvas.height = Math.round(bitmap.height * scale);
  canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  return canvas;
}

function download(chunks, name) {
  // never as its own kind: the browser must not open what a stranger sent
  const link = el("a", { download: name });
  link.href = URL.createObjectURL(new Blob(chunks, { type: "application/octet-stream" }));
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

const size = (bytes) => (bytes < 1024 * 1024 ? `${Math.ceil(bytes / 1024)} KB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`);

export function fileView(tip, file, number) {
  const meta = fileMeta(tip, file);
  if (!meta) return el("p", { class: "notice alarm" }, say("case.file_forged"));
  const said = el("span", { role: "status" });
  const shown = el("div", { class: "picture" });
  const name = `tep-${number}.${ENDINGS[meta.type] ?? "bin"}`;

  async function act(show) {
    said.textContent = say("case.file_opening");
    try {
      const chunks = await bytesOf(tip, file, meta);
      if (show) shown.replaceChildren(await picture(chunks, meta.type));
      else download(chunks, name);
      said.textContent = "";
    } catch (error) {
      said.textContent = error instanceof Sealing.Forged ? say("case.file_forged") : error.message;
    }
  }

  const isPicture = PICTURES.includes(meta.type);
  return el("div", { class: "file" },
    el("p", { class: "row" },
      el("b", {}, name), el("span", { class: "soft" }, size(meta.size)),
      meta.original && el("span", { class: "tag warn" }, say("case.file_original")),
      isPicture && el("button", { type: "button", class: "small", onclick: () => act(true) }, say("case.file_show")),
      el("button", { type: "button", class: "small", onclick: () => act(false) }, say("case.file_save")),
      said),
    shown);
}
