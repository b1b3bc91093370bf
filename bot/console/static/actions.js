// What can be done with a case in one press, or two: take it, move it on, refer it, close it, keep it, take it out.
import { post } from "./api.js";
import { resealed, sealed } from "./casefile.js";
import { el } from "./dom.js";
import { vault } from "./vault.js";
import { byId, say, tableOf } from "./words.js";
import { exportMenu } from "./export.js";

const LONGEST = 1000; // letters of a reason
const UNDO = 60_000; // ms: somebody who answers the telephone meanwhile still finds the way back

const button = (text, act, kind = "small") => el("button", { type: "button", class: kind, onclick: act }, text);

export function actions(desk, tip) {
  const said = el("p", { class: "status", role: "alert", id: "acted" });

  const act = (path, body) => async (event) => {
    if (event?.target?.tagName === "BUTTON") event.target.disabled = true;
    try {
      await post(`/api/tin/${tip.id}/${path}`, body());
      await desk.refresh();
    } catch (error) {
      said.textContent = error.message;
      if (event?.target) event.target.disabled = false;
    }
  };

  const mine = tip.holder === vault.me.id;
  const open = tip.state !== "closed";
  return el("section", { class: "card no-print", "aria-label": say("case.actions") },
    el("div", { class: "row" },
      open && !mine && button(say("case.take"), act("nhan", () => ({ officer: vault.me.id })), "primary"),
      open && mine && button(say("case.leave"), act("nhan", () => ({ officer: "" }))),
      open && tip.state !== "verifying" && button(say("case.verify"), act("trang-thai", () => ({ state: "verifying" }))),
      open && button(say("case.spam"), () => spam(desk, tip, said), "small danger"),
      !open && button(say("case.reopen"), act("trang-thai", () => ({ state: "reading" }))),
      button(say(tip.held ? "case.unhold" : "case.hold"), () => keep(desk, tip, said)),
      exportMenu(desk, tip)),
    tip.holder && !mine && el("p", { class: "soft" }, say("case.held_by", { name: tip.holder_name })),
    said,
    open && refer(desk, tip, act),
    open && close(desk, tip, act));
}

async function spam(desk, tip, said) {
  await post(`/api/tin/${tip.id}/trang-thai`, { state: "closed", outcome: "spam" });
  const news = byId("news");
  news.hidden = false;
  const undo = async () => {
    await post(`/api/tin/${tip.id}/trang-thai`, { state: "reading" });
    news.hidden = true;
    location.hash = `#${tip.id}`;
    await desk.refresh();
  };
  news.replaceChildren(el("div", { class: "row" }, say("case.spammed"), button(say("case.undo"), undo)));
  setTimeout(() => (news.hidden = true), UNDO);
  location.hash = "";
  await desk.refresh();
}

async function keep(desk, tip, said) {
  const { done } = await post(`/api/tin/${tip.id}/giu`, { wanted: !tip.held });
  if (done) return desk.refresh();
  said.textContent = say("case.hold_waits");
}

function refer(desk, tip, act) {
  const units = desk.ring.units.filter((unit) => unit.id !== desk.ring.unit);
  if (!units.length) return null;
  const to = el("select", { id: "refer" }, units.map((unit) => el("option", { value: unit.id }, unit.name)));
  const reason = el("textarea", { id: "reason", maxlength: LONGEST, required: true });
  const send = act("chuyen", () => {
    const unit = units.find((each) => each.id === to.value);
    const message = sealed(tip, "referral", { text: reason.value.trim(), to: unit.name }, desk.today);
    return { unit: unit.id, epoch: unit.epoch, sealed: resealed(tip, unit.pub), message };
  });
  const submit = (event) => (reason.value.trim() ? send(event) : reason.focus());
  return el("details", {},
    el("summary", {}, say("case.refer")),
    el("p", { class: "soft" }, say("case.refer_how")),
    (tip.flags.police || tip.flags.avoid_commune) && el("p", { class: "notice alarm" }, say("case.refer_police")),
    el("label", { for: "refer" }, say("case.refer_to")), to,
    el("label", { for: "reason" }, say("case.refer_reason")), reason,
    button(say("case.refer_do"), submit));
}

function close(desk, tip, act) {
  const outcome = el("select", { id: "outcome" }, tableOf("outcome").map(([name, text]) => el("option", { value: name }, text)));
  const done = act("trang-thai", () => ({
    state: "closed", outcome: outcome.value, matter: tip.card.matter || tip.flags.kind || "",
  }));
  return el("details", {},
    el("summary", {}, say("case.close")),
    el("p", { class: "soft" }, say("case.close_how")),
    el("label", { for: "outcome" }, say("case.outcome")), outcome,
    button(say("case.close_do"), done));
}
