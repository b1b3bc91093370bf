// What this officer has to do for the unit's keys: colleagues who wait, too few holders, no escrow; and the change of shift.
import { post } from "./api.js";
import { fromBase64 } from "./bytes.js";
import { el, fill } from "./dom.js";
import { fingerprint } from "./keys.js";
import { keepInEscrow, outsideEscrow, share, waiting } from "./ring.js";
import { vault } from "./vault.js";
import { byId, say } from "./words.js";

const button = (text, act) => el("button", { type: "button", class: "small", onclick: act }, text);

function colleague(desk, member) {
  const give = async (event) => {
    event.target.disabled = true;
    await share(desk.ring, member);
    await desk.reload();
  };
  return el("div", { class: "notice" },
    el("p", {}, say("inbox.colleague", { name: member.name })),
    el("p", {}, say("inbox.fingerprint"), " ", el("code", {}, fingerprint(fromBase64(member.pub)))),
    button(say("inbox.share"), give));
}

function own(desk) {
  const lacking = desk.ring.epochs.filter((epoch) => !epoch.keys).length;
  return lacking > 0 && el("div", { class: "notice" },
    el("p", {}, say("inbox.lacking", { count: lacking })),
    el("p", {}, say("inbox.own_fingerprint"), " ", el("code", {}, fingerprint(vault.pair.pub))));
}

function shift(desk) {
  const colleagues = desk.ring.members.filter((member) => member.id !== vault.me.id);
  const mine = desk.tips.filter((tip) => tip.holder === vault.me.id && tip.state !== "closed");
  if (!colleagues.length || !mine.length) return null;
  const to = el("select", { "aria-label": say("inbox.shift_to") }, colleagues.map((m) => el("option", { value: m.id }, m.name)));
  const hand = async () => {
    await post("/api/ban-giao", { officer: to.value });
    await desk.refresh();
  };
  return el("details", { class: "shift" },
    el("summary", {}, say("inbox.shift", { count: mine.length })),
    el("div", { class: "row" }, to, button(say("inbox.shift_do"), hand)));
}

export function showTodo(desk) {
  const { ring } = desk;
  const holders = ring.members.filter((member) => member.held > 0).length;
  fill(byId("todo"),
    own(desk),
    waiting(ring).map((member) => colleague(desk, member)),
    holders < ring.fewest && el("p", { class: "notice" }, say("inbox.lonely", { count: holders })),
    !ring.escrow && el("p", { class: "notice" }, say("inbox.no_escrow")),
    outsideEscrow(ring) && el("div", { class: "notice" },
      el("p", {}, say("inbox.escrow"), " ", el("code", {}, fingerprint(fromBase64(ring.escrow)))),
      button(say("inbox.escrow_do"), async () => {
        await keepInEscrow(ring);
        await desk.reload();
      })),
    shift(desk));
}
