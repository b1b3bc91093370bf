// Writing on a case: an answer to its sender, a note for colleagues. Both are sealed before they leave this page.
import { post } from "./api.js";
import { sealed, sealedReply } from "./casefile.js";
import { el } from "./dom.js";
import { quoted } from "./likeness.js";
import { say, tableOf } from "./words.js";

const LONGEST = 5000;

// a form with one field; `send(text)` seals and posts it, `check(text)` gives a warning to confirm, or ""
function form({ id, label, button, extra = [], check = () => "", send }) {
  const field = el("textarea", { id, maxlength: LONGEST, required: true });
  const warned = el("p", { class: "notice alarm", role: "alert", hidden: true });
  const said = el("p", { class: "status", role: "alert" });
  let confirmed = "";

  async function submit(event) {
    event.preventDefault();
    const text = field.value.trim();
    if (!text) return field.focus();
    const warning = check(text);
    if (warning && confirmed !== text) {
      confirmed = text; // pressed again, it goes
      warned.hidden = false;
      warned.textContent = warning;
      return;
    }
    try {
      await send(text);
    } catch (error) {
      said.textContent = error.message;
    }
  }

  return el("form", { onsubmit: submit, class: "no-print" },
    extra.map((make) => make(field)),
    el("label", { for: id }, label), field, warned, said,
    el("button", { class: "primary" }, button));
}

function canned(field) {
  const select = el("select", {
    "aria-label": say("case.canned"),
    onchange: (event) => {
      if (event.target.value) field.value = say(`canned.${event.target.value}`);
      event.target.selectedIndex = 0;
      field.focus();
    },
  }, el("option", { value: "" }, say("case.canned")),
  tableOf("canned").map(([name, text]) => el("option", { value: name }, text.slice(0, 60))));
  return select;
}

export function replyForm(desk, tip) {
  if (!tip.reply_keys.length) return null;
  return el("section", { class: "card no-print" },
    el("h2", {}, say("case.reply")),
    el("p", { class: "soft" }, say("case.reply_how")),
    form({
      id: "reply", label: say("case.reply_label"), button: say("case.reply_send"), extra: [canned],
      check(text) {
        const run = quoted(text, tip.text);
        return run && say("case.quotes", { run });
      },
      async send(text) {
        await post(`/api/tin/${tip.id}/ghi`, sealedReply(tip, text, desk.today));
        await desk.show();
      },
    }));
}

export function noteForm(desk, tip) {
  return form({
    id: "note", label: say("case.note_label"), button: say("case.note_save"),
    async send(text) {
      await post(`/api/tin/${tip.id}/ghi`, sealed(tip, "note", { text }, desk.today));
      await desk.show();
    },
  });
}
