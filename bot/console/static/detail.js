// One case: what was told, what colleagues noted, and all that can be done with it.
import { get } from "./api.js";
import { actions } from "./actions.js";
import { cardForm } from "./card.js";
import { openCase } from "./casefile.js";
import { day, el, fill } from "./dom.js";
import { fileView } from "./files.js";
import { clocksOf } from "./clocks.js";
import { clockTag, matterOf } from "./list.js";
import { byId, say } from "./words.js";
import { noteForm, replyForm } from "./writing.js";

export async function showCase(desk, id) {
  const detail = byId("detail");
  const still = () => location.hash === `#${id}`; // somebody who is quick has gone on to another
  try {
    const told = await get(`/api/tin/${id}`);
    if (!still()) return;
    desk.open = openCase(desk.ring, told);
  } catch (error) {
    if (still()) fill(detail, back(), el("p", { class: "notice alarm" }, error.message));
    return;
  }
  const listed = desk.tips.find((tip) => tip.id === id);
  if (listed) Object.assign(listed, { unread: false, state: desk.open.state });
  draw(desk);
  detail.focus();
}

export function draw(desk) {
  const tip = desk.open;
  const parts = tip.locked ? [el("p", { class: "notice alarm" }, say("inbox.locked_how"))] : whole(desk, tip);
  fill(byId("detail"), back(), ...parts);
}

const back = () => el("p", { class: "back no-print" }, el("a", { class: "button", href: "#" }, say("case.back")));

function whole(desk, tip) {
  return [
    head(desk, tip),
    banners(tip),
    reasons(tip),
    el("h2", {}, say("case.told")),
    circumstances(tip),
    tip.told.length ? el("ol", { class: "told" }, tip.told.map(message)) : el("p", { class: "soft" }, say("inbox.no_words")),
    tip.files.length > 0 && el("section", {}, el("h2", {}, say("case.files")), tip.files.map((file, at) => fileView(tip, file, at + 1))),
    alike(desk, tip),
    actions(desk, tip),
    replyForm(desk, tip),
    el("section", { class: "card no-print" }, cardForm(desk, tip)),
    notes(desk, tip),
    tip.referrals.length > 0 && el("ul", { class: "soft" }, tip.referrals.map((r) => el("li", {}, say("case.referred", { ...r, day: day(r.day) })))),
  ].filter(Boolean);
}

function head(desk, tip) {
  const clocks = clocksOf(tip, desk.today, desk.ring.days);
  const matter = matterOf(tip);
  const facts = [
    say("case.received", { day: day(tip.day) }),
    matter,
    desk.ring.areas[tip.flags.where],
    tip.card.register && say("case.register_is", { number: tip.card.register }),
    say(`case.by_${tip.flags.sealed_by === "browser" ? "browser" : "server"}`),
    tip.reply_keys.length ? "" : say("case.no_receipt"),
  ];
  return el("header", {},
    el("h1", {}, tip.title || say("inbox.no_words")),
    el("p", { class: "soft" }, facts.filter(Boolean).join(" · ")),
    el("p", { class: "row" }, el("span", { class: "tag" }, say(`state.${tip.state}`)), clocks.map(clockTag)),
    clocks.length > 0 && el("p", { class: "soft small" }, say("inbox.clock_caveat")),
    tip.expires && el("p", { class: "notice" }, say(tip.held ? "case.held" : "case.expires", { day: day(tip.expires) })));
}

function circumstances(tip) {
  const { when, place } = tip.flags;
  const told = [when && [say("case.when"), when], place && [say("case.place"), place]].filter(Boolean);
  return told.length > 0 && el("dl", {}, told.map(([name, words]) => [el("dt", {}, name), el("dd", { class: "words" }, words)]));
}

function banners(tip) {
  return el("div", {},
    tip.urgent && el("p", { class: "notice alarm", role: "alert" }, say("case.urgent")),
    tip.flags.household && el("div", { class: "notice alarm", role: "alert" },
      el("p", {}, el("b", {}, say("case.household"))), el("p", {}, say("case.household_how"))),
    tip.flags.known_by === "few" && el("p", { class: "notice alarm" }, say("case.known_few")),
    tip.flags.police && el("p", { class: "notice alarm" }, say("case.police")),
    tip.flags.avoid_commune && el("p", { class: "notice alarm" }, say("case.avoid_commune")),
    tip.forged > 0 && el("p", { class: "notice alarm" }, say("case.forged", { count: tip.forged })));
}

// what the unit that worked on it before wrote to the one that does now
function reasons(tip) {
  return tip.reasons.length > 0 && el("section", { class: "notice", id: "reasons" }, tip.reasons.map(({ day: when, inside }) => [
    el("p", { class: "soft small" }, say("case.reason_of", { name: inside.body.by ?? "", to: inside.body.to ?? "", day: day(when) })),
    el("p", { class: "words" }, inside.body.text ?? ""),
  ]));
}

function message({ kind, day: when, inside }) {
  const who = kind === "reply" ? say("case.reply_of", { name: inside.body.by ?? "" }) : say(`case.kind_${kind}`);
  return el("li", { class: kind },
    el("p", { class: "soft small" }, `${who} · ${day(when)}`),
    el("p", { class: "words" }, inside.body.text ?? ""));
}

function alike(desk, tip) {
  const ids = desk.alike.get(tip.id) ?? [];
  const others = desk.tips.filter((other) => ids.includes(other.id));
  return others.length > 0 && el("section", { class: "notice" },
    el("p", {}, say("case.alike")),
    el("ul", {}, others.map((other) => el("li", {}, el("a", { href: `#${other.id}` }, other.title || say("inbox.no_words"), ` (${day(other.day)})`)))));
}

function notes(desk, tip) {
  return el("section", { class: "card no-print" },
    el("h2", {}, say("case.notes")),
    el("p", { class: "notice alarm" }, say("case.no_secrets")),
    el("ol", { class: "told" }, tip.notes.map((note) => el("li", {},
      el("p", { class: "soft small" }, `${note.inside.body.by ?? ""} · ${day(note.day)}`),
      el("p", { class: "words" }, note.inside.body.text ?? "")))),
    noteForm(desk, tip));
}
