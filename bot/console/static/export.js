// Takes one case out: on paper, as a record of law to fill in, or encrypted to another body's key. All of it made here.
import { post } from "./api.js";
import { fileMeta } from "./casefile.js";
import { el } from "./dom.js";
import { vendored } from "./vendored.js";
import { say } from "./words.js";

const AGE = "/static/shared/vendor/age/age-encryption/dist/index.js";
const RECIPIENT = /^age1[0-9a-z]{20,}$/;

export function save(bytes, name) {
  const link = el("a", { download: name });
  link.href = URL.createObjectURL(new Blob([bytes], { type: "application/octet-stream" }));
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

// the whole case as data; `files` with their bytes
export async function whole(tip) {
  const files = [];
  for (const file of tip.files) {
    const meta = fileMeta(tip, file);
    if (!meta) continue;
    const response = await fetch(`/api/tin/${tip.id}/tep/${file.id}`);
    if (!response.ok) throw new Error(say("case.file_gone"));
    const chunks = Sealing.unsealFile(new Uint8Array(await response.arrayBuffer()), meta.size, { key: sodium.from_hex(meta.key), id: file.id });
    files.push({ type: meta.type, sha256: meta.sha256, base64: sodium.to_base64(Sealing.joined(chunks), sodium.base64_variants.ORIGINAL) });
  }
  const messages = tip.told.map(({ kind, day, inside }) => ({ kind, day, text: inside.body.text ?? "" }));
  const notes = tip.notes.map(({ day, inside }) => ({ day, by: inside.body.by, text: inside.body.text }));
  const referrals = tip.reasons.map(({ day, inside }) => ({ day, by: inside.body.by, to: inside.body.to, text: inside.body.text }));
  return { id: tip.id, day: tip.day, state: tip.state, outcome: tip.outcome, flags: tip.flags, card: tip.card, messages, notes, referrals, files };
}

async function encrypted(desk, tip, recipient) {
  const { Encrypter } = await vendored(AGE);
  const encrypter = new Encrypter();
  encrypter.addRecipient(recipient);
  const sealed = await encrypter.encrypt(JSON.stringify(await whole(tip), null, 1));
  await post(`/api/tin/${tip.id}/xuat`, { how: "age" });
  save(sealed, `tin-${tip.id.slice(0, 8)}.age`);
}

async function record(desk, tip, kind) {
  const { recordOf } = await import("./records.js");
  const bytes = await recordOf(kind, desk, tip);
  await post(`/api/tin/${tip.id}/xuat`, { how: kind });
  save(bytes, `${say(`record.file_${kind}`)}-${tip.id.slice(0, 8)}.docx`);
}

export function exportMenu(desk, tip) {
  const said = el("span", { class: "status", role: "alert" });
  const key = el("input", { id: "age-key", placeholder: "age1…", autocomplete: "off", spellcheck: "false" });

  const act = (work) => async () => {
    said.textContent = say("case.export_working");
    try {
      await work();
      said.textContent = "";
    } catch (error) {
      said.textContent = error.message;
    }
  };

  const button = (text, work) => el("button", { type: "button", class: "small", onclick: act(work) }, text);
  const sealedOut = async () => {
    const recipient = key.value.trim();
    if (!RECIPIENT.test(recipient)) throw new Error(say("case.export_bad_key"));
    await encrypted(desk, tip, recipient);
  };
  return el("details", { class: "export" },
    el("summary", {}, say("case.export")),
    el("div", { class: "row" },
      button(say("case.print"), async () => {
        await post(`/api/tin/${tip.id}/xuat`, { how: "print" });
        print();
      }),
      button(say("record.receipt"), () => record(desk, tip, "receipt")),
      button(say("record.transfer"), () => record(desk, tip, "transfer"))),
    el("label", { for: "age-key" }, say("case.export_key")), key,
    el("p", { class: "soft small" }, say("case.export_how")),
    button(say("case.export_sealed"), sealedOut), said);
}
