// Records of law as .docx, filled in this page. Their fields come from the law as known (TTLT 01/2017, TT 28/2020);
// the layout of TT 119/2021 could not be checked, and each record says so on its first line.
import { day } from "./dom.js";
import { matterOf } from "./list.js";
import { vendored } from "./vendored.js";
import { vault } from "./vault.js";
import { knows, say } from "./words.js";

const DOCX = "/static/shared/vendor/docx/docx.js";
const FONT = "Times New Roman";
const BLANK = "……………………………………";

const told = (tip) => tip.told.filter((m) => m.kind !== "reply").map((m) => m.inside.body.text ?? "").filter(Boolean);

// [label, value] rows; an empty value is a dotted line to be written on
function rows(kind, desk, tip) {
  const legal = tip.card.class && knows(`class.${tip.card.class}`) ? say(`class.${tip.card.class}`) : "";
  const common = [
    [say("record.number"), tip.card.register],
    [say("record.unit"), desk.ring.name],
    [say("record.officer"), vault.me.name],
    [say("record.day"), day(tip.day)],
    [say("record.channel"), say("record.channel_is")],
    [say("record.reporter"), say("record.reporter_is")],
    [say("record.class"), legal],
    [say("record.matter"), matterOf(tip)],
  ];
  const referral = tip.reasons.at(-1)?.inside.body ?? {};
  const own = {
    receipt: [
      [say("record.content"), told(tip).join("\n")],
      [say("record.files"), String(tip.files.length)],
      [say("record.notice"), tip.card.noticed ? day(tip.card.noticed) : ""],
    ],
    transfer: [
      [say("record.to"), referral.to ?? ""],
      [say("record.reason"), referral.text ?? ""],
      [say("record.content"), told(tip).join("\n")],
      [say("record.files"), String(tip.files.length)],
    ],
  };
  return [...common, ...own[kind]];
}

export async function recordOf(kind, desk, tip) {
  const { Document, Packer, Paragraph, TextRun, AlignmentType } = await vendored(DOCX);
  const run = (text, options = {}) => new TextRun({ text, font: FONT, size: 28, ...options });
  const centred = (text, options) => new Paragraph({ alignment: AlignmentType.CENTER, children: [run(text, options)] });
  const lines = (text) => text.split("\n").flatMap((line, at) => [run(line, at ? { break: 1 } : {})]);
  const field = ([label, value]) =>
    new Paragraph({ spacing: { after: 120 }, children: [run(`${label}: `, { bold: true }), ...lines(value || BLANK)] });
  const signed = [say("record.signed_reporter"), say("record.signed_officer")].map((text) =>
    new Paragraph({ spacing: { before: 480 }, alignment: AlignmentType.RIGHT, children: [run(text, { bold: true })] }));
  const document = new Document({
    title: say(`record.title_${kind}`),
    sections: [{
      children: [
        new Paragraph({ spacing: { after: 240 }, children: [run(say("record.unchecked"), { italics: true, size: 22 })] }),
        centred(say("record.state"), { bold: true }),
        centred(say("record.motto"), { bold: true }),
        new Paragraph({ children: [] }),
        centred(say(`record.title_${kind}`), { bold: true, size: 32 }),
        new Paragraph({ children: [] }),
        ...rows(kind, desk, tip).map(field),
        ...(kind === "receipt" ? signed : signed.slice(1)),
      ],
    }],
  });
  return new Uint8Array(await (await Packer.toBlob(document)).arrayBuffer());
}
