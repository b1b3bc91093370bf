// The card that officers keep on a case: register number, legal class, kind of matter, labels, notice given. Sealed.
import { post } from "./api.js";
import { sealed } from "./casefile.js";
import { el } from "./dom.js";
import { say, tableOf } from "./words.js";

const choice = (id, table, value) =>
  el("select", { id }, el("option", { value: "" }, say("case.unset")),
    tableOf(table).map(([name, text]) => el("option", { value: name, selected: name === value }, text)));

export function cardForm(desk, tip) {
  const { card } = tip;
  const said = el("p", { class: "status", role: "alert" });
  const register = el("input", { id: "register", maxlength: 40, value: card.register });
  const kind = choice("class", "class", card.class);
  const matter = choice("matter", "matter", card.matter || tip.flags.kind || "");
  const labels = el("input", { id: "labels", maxlength: 200, value: card.labels.join(", ") });
  const noticed = el("input", { id: "noticed", type: "date", max: desk.today, value: card.noticed });
  const extended = el("input", { id: "extended", type: "checkbox", checked: card.extended });

  async function submit(event) {
    event.preventDefault();
    const filled = {
      register: register.value.trim(), class: kind.value, matter: matter.value, noticed: noticed.value, extended: extended.checked,
      labels: labels.value.split(",").map((label) => label.trim()).filter(Boolean).slice(0, 10),
    };
    try {
      await post(`/api/tin/${tip.id}/ghi`, sealed(tip, "card", filled, desk.today));
      await desk.refresh();
    } catch (error) {
      said.textContent = error.message;
    }
  }

  return el("form", { onsubmit: submit },
    el("h2", {}, say("case.card")),
    el("div", { class: "grid" },
      el("div", {}, el("label", { for: "register" }, say("case.register")), register),
      el("div", {}, el("label", { for: "class" }, say("case.class")), kind),
      el("div", {}, el("label", { for: "matter" }, say("case.matter")), matter),
      el("div", {}, el("label", { for: "noticed" }, say("case.noticed")), noticed),
      el("div", {}, el("label", { for: "labels" }, say("case.labels")), labels)),
    el("label", { class: "tick" }, extended, say("case.extended")),
    said,
    el("button", {}, say("case.card_save")));
}
