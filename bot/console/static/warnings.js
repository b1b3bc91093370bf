// The pages of warnings: what the form would be, live progress, copying. Without script every page still works.
"use strict";

const csrf = document.querySelector("meta[name=csrf]").content;

function element(tag, options = {}, ...children) {
  const made = document.createElement(tag);
  Object.assign(made, options);
  made.append(...children);
  return made;
}

// ── writing: previews, findings, audience, as somebody types ──

function showMessages(place, previews, names) {
  place.replaceChildren(...previews.map((preview) => element("figure", { className: "phone" },
    element("figcaption", { textContent: names[preview.channel] || preview.channel }),
    ...preview.messages.map((message) => element("div", { className: "bubble" },
      ...message.lines.map((line) => element("p", {}, ...(line.length ? line.map(run) : ["\u00a0"]))),
      ...(message.buttons.length ? [element("p", { className: "keys" },
        ...message.buttons.map((label) => element("span", { textContent: label })))] : []))))));
}

function run(part) {
  if (part.bold) return element("b", { textContent: part.text });
  return part.link ? element("u", { textContent: part.text }) : document.createTextNode(part.text);
}

function showFindings(form, findings) {
  for (const list of form.querySelectorAll("[data-findings]")) {
    const own = findings.filter((finding) => finding.place === list.dataset.findings);
    const items = own.map((finding) => element("li", { textContent: finding.text, className: finding.stops ? "stops" : "" }));
    const before = [...list.children].map((item) => item.textContent).join("\n");
    if (before !== own.map((finding) => finding.text).join("\n")) list.replaceChildren(...items);
    const field = form.elements[list.dataset.findings];
    if (field instanceof HTMLElement) field.setAttribute("aria-invalid", own.some((finding) => finding.stops));
  }
}

function showReach(form, look) {
  form.querySelector("[data-audience]").textContent = look.audience;
  const body = form.querySelector("[data-forecast]");
  if (!look.forecast.length) return;
  body.replaceChildren(...look.forecast.map((row) => element("tr", {},
    element("th", { scope: "row", textContent: row.channel }),
    ...[row.free, row.silent, row.paid, row.shut, row.spared, row.minutes].map((value) =>
      element("td", { className: "number", textContent: value })))));
}

function writing(form) {
  const previews = form.querySelector("[data-previews]");
  const names = Object.fromEntries([...form.querySelectorAll("input[name=channel]")].map((box) =>
    [box.value, (box.closest("label") || box).textContent.trim()]));
  const trouble = form.querySelector("[data-trouble]");
  const make = form.querySelector("[data-make-sms]");
  let timer, asked = 0, made = "";

  async function look() {
    const number = ++asked;
    try {
      const answer = await fetch(form.dataset.look, { method: "POST", body: new FormData(form), headers: { "X-CSRF": csrf } });
      if (!answer.ok) throw new Error(answer.status);
      const found = await answer.json();
      if (number !== asked) return;
      trouble.hidden = true;
      made = found.sms.made;
      form.querySelector("[data-letters]").textContent = found.letters;
      form.querySelector("[data-sms-length]").textContent = found.sms.length;
      showMessages(previews, found.previews, names);
      showFindings(form, found.findings);
      showReach(form, found);
    } catch {
      if (number === asked) trouble.hidden = false;
    }
  }

  make.hidden = false;
  make.addEventListener("click", async () => {
    await look();
    form.elements.sms.value = made;
    await look();
  });
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(look, 350);
  });
  form.elements.at.addEventListener("input", () => { form.querySelector("input[name=when][value=at]").checked = true; });

  const kind = form.elements.kind;
  function fit() {
    for (const label of form.querySelectorAll("[data-for]")) label.hidden = !label.dataset.for.split(" ").includes(kind.value);
  }
  if (kind) {
    kind.addEventListener("change", () => { form.querySelector("input[name=when][value=moment]").checked = true; fit(); });
    fit();
  }

  const find = document.getElementById("find");
  if (find) {
    find.parentElement.hidden = false;
    find.addEventListener("input", (event) => {
      event.stopPropagation(); // it asks nothing of the server
      const wanted = plain(find.value);
      for (const label of form.querySelectorAll(".tree label")) label.hidden = !plain(label.textContent).includes(wanted);
    });
    find.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
  }
  keeping(form, look);

  let saved = false;
  const first = new URLSearchParams(new FormData(form)).toString();
  form.addEventListener("submit", () => { saved = true; });
  window.addEventListener("beforeunload", (event) => {
    if (!saved && new URLSearchParams(new FormData(form)).toString() !== first) event.preventDefault();
  });
}

function plain(text) {
  return text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").replace(/đ/gi, "d").toLowerCase().trim();
}

// What is typed stays in this tab until it was saved: a session that ended, or a lost line, takes no word away.
function keeping(form, look) {
  const key = "warning " + location.pathname + location.search;
  const fields = [form.elements.text, form.elements.sms];
  const notice = form.querySelector("[data-kept]");
  const kept = JSON.parse(sessionStorage.getItem(key) || "null");
  if (kept && kept.some((words, place) => words !== fields[place].value)) {
    notice.hidden = false;
    notice.querySelector("button").addEventListener("click", () => {
      fields.forEach((field, place) => { field.value = kept[place]; });
      notice.hidden = true;
      look();
    });
  }
  form.addEventListener("input", () => sessionStorage.setItem(key, JSON.stringify(fields.map((field) => field.value))));
}

function forgetKept() {
  for (const key of Object.keys(sessionStorage)) if (key.startsWith("warning ")) sessionStorage.removeItem(key);
}

// ── progress: numbers, a bar of states, a line of how far it came ──

function following(section) {
  const line = section.querySelector("[data-line]");
  const said = section.querySelector("[data-said]");
  const points = [];
  let spoken = 0;
  const source = new EventSource(section.dataset.follow);
  source.onmessage = (event) => {
    const now = JSON.parse(event.data);
    for (const [state, count] of Object.entries(now.states)) {
      const cell = section.querySelector(`[data-state=${state}]`);
      cell.textContent = count;
      cell.closest("li").hidden = !count && !["sent", "queued"].includes(state);
    }
    section.querySelector("[data-percent]").textContent = now.percent;
    section.querySelector("[data-settled]").textContent = now.settled;
    section.querySelector("[data-total]").textContent = now.audience;
    section.querySelector("[data-seen]").textContent = now.seen;
    let x = 0;
    for (const [state, count] of Object.entries(now.states)) {
      const bar = section.querySelector(`[data-bar=${state}]`);
      const width = now.audience ? 1000 * count / now.audience : 0;
      bar.setAttribute("x", x);
      bar.setAttribute("width", width);
      x += width;
    }
    points.push(now.audience ? now.settled / now.audience : 0);
    const step = 600 / Math.max(points.length - 1, 1);
    line.setAttribute("points", points.map((share, place) => `${(place * step).toFixed(1)},${(80 - 78 * share).toFixed(1)}`).join(" "));
    if (Date.now() - spoken > 5000) {
      spoken = Date.now();
      said.textContent = said.dataset.words.replace("{percent}", now.percent).replace("{settled}", now.settled).replace("{audience}", now.audience);
    }
    if (now.stage !== section.dataset.stage) location.reload();
    if (["done", "cancelled"].includes(now.stage)) source.close();
  };
  window.addEventListener("pagehide", () => source.close());
}

// ── small things ──

function copying(button) {
  const label = button.textContent;
  button.hidden = false;
  button.addEventListener("click", async () => {
    const text = document.getElementById(button.dataset.copy);
    text.select();
    try { await navigator.clipboard.writeText(text.value); } catch { document.execCommand("copy"); }
    button.textContent = button.dataset.done;
    setTimeout(() => { button.textContent = label; }, 2500);
  });
}

const form = document.getElementById("write");
if (form) writing(form);
if (document.querySelector("[data-saved]")) forgetKept();
const progress = document.getElementById("progress");
if (progress && !["done", "cancelled"].includes(progress.dataset.stage)) following(progress);
document.querySelectorAll("[data-copy]").forEach(copying);
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
