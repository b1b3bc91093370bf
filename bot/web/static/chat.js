// The chat page: sends what is typed, shows what is answered, and keeps what was shown in this tab only.
"use strict";

const log = document.getElementById("log");
const form = document.getElementById("composer");
const input = document.getElementById("text");
const count = document.getElementById("count");
const status = document.getElementById("status");
const forget = document.getElementById("forget");
const words = document.getElementById("words").dataset;
const LIMIT = Number(words.limit);
const KEPT = 50; // bubbles kept in this tab
const LATE = 12000; // milliseconds after which nothing late is expected any more

let seen = 0; // the last reply shown
let shown = []; // what is kept: {mine, text} | {reply}
let stream = null;
let waiting = 0; // timer while an answer may come late

// elements

function element(name, className, ...children) {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.append(...children);
  return made;
}

function runs(line) {
  return line.map((run) => {
    const text = run.bold ? element("b", "", run.text) : document.createTextNode(run.text);
    if (!run.tel) return text;
    const link = element("a", "", text);
    link.href = "tel:" + run.tel;
    return link;
  });
}

function block(part) {
  if (part.kind === "ul") return element("ul", "", ...part.lines.map((line) => element("li", "", ...runs(line))));
  const paragraph = element("p");
  part.lines.forEach((line, place) => {
    if (place) paragraph.append(document.createElement("br"));
    paragraph.append(...runs(line));
  });
  return paragraph;
}

function button(data) {
  if (data.url) {
    const link = element("a", "button", data.label);
    link.href = data.url;
    return link;
  }
  const made = element("button", /^[ud]:/.test(data.press) ? "thumb" : "", data.label);
  made.type = "button";
  made.addEventListener("click", () => send({ press: data.press }, data.label));
  return made;
}

function bubble(reply) {
  const made = element("article", reply.urgent ? "bubble urgent" : "bubble", ...reply.blocks.map(block));
  if (reply.buttons.length) made.append(element("div", "buttons", ...reply.buttons.map(button)));
  return made;
}

function mine(text) {
  const said = element("article", "bubble mine", element("span", "hidden", words.you + ": "), text);
  return said;
}

// showing

function add(made) {
  log.append(made);
  made.scrollIntoView({ block: made.offsetHeight > innerHeight * 0.6 ? "start" : "nearest" });
}

function show(reply) {
  if (reply.seq <= seen) return;
  seen = reply.seq;
  thinking(false);
  add(bubble(reply));
  keep({ reply });
}

function keep(entry) {
  shown = [...shown, entry].slice(-KEPT);
  try {
    sessionStorage.setItem("chat", JSON.stringify({ seen, shown }));
  } catch { /* a full or forbidden store: the chat goes on without it */ }
}

function recall() {
  try {
    const kept = JSON.parse(sessionStorage.getItem("chat") || "{}");
    seen = kept.seen || 0;
    shown = kept.shown || [];
  } catch { shown = []; }
  for (const entry of shown) log.append(entry.reply ? bubble(entry.reply) : mine(entry.mine));
  forget.hidden = shown.length === 0;
  if (shown.length) log.lastElementChild.scrollIntoView({ block: "end" });
}

function thinking(on) {
  clearTimeout(waiting);
  status.textContent = on ? words.thinking : "";
  status.classList.toggle("dots", on);
  if (on) waiting = setTimeout(() => thinking(false), LATE);
}

// sending

function newId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function send(said, label) {
  const made = mine(label);
  add(made);
  forget.hidden = false;
  keep({ mine: label });
  await deliver({ id: newId(), ...said }, made);
}

async function deliver(body, made) {
  made.classList.remove("failed");
  thinking(true);
  listen();
  let problem = words.failed;
  try {
    const response = await fetch("/api/chat", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ ...body, seen }),
    });
    const answer = await response.json();
    if (response.ok) {
      answer.replies.forEach(show);
      return;
    }
    problem = answer.error || problem;
  } catch {
    problem = navigator.onLine ? problem : words.offline;
  }
  thinking(false);
  status.textContent = problem;
  made.classList.add("failed");
  const again = element("button", "button retry", words.retry);
  again.type = "button";
  again.addEventListener("click", () => { again.remove(); deliver(body, made); input.focus(); });
  add(again);
}

// what comes late

function listen() {
  if (stream && stream.readyState !== EventSource.CLOSED) return;
  stream = new EventSource("/api/chat/events?after=" + seen);
  stream.addEventListener("message", (event) => show(JSON.parse(event.data)));
}

// the form

function grow() {
  input.style.height = "auto";
  input.style.height = input.scrollHeight + 2 + "px";
  const left = LIMIT - input.value.length;
  count.hidden = left > 200;
  count.textContent = String(left);
}

function submit() {
  const text = input.value.trim();
  if (!text) return;
  input.value = "";
  grow();
  send({ text }, text);
  input.focus();
}

form.addEventListener("submit", (event) => { event.preventDefault(); submit(); });
input.addEventListener("input", grow);
input.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); submit(); }
});
for (const chip of document.querySelectorAll(".chips button")) {
  chip.addEventListener("click", (event) => { event.preventDefault(); send({ text: chip.value }, chip.value); input.focus(); });
}

// a file that is dropped or pasted goes nowhere from here: only the tip page seals files

function handOver(event, files) {
  if (!files.length) return;
  event.preventDefault();
  const way = button({ label: words.tip, url: "/bao-tin" });
  add(element("article", "bubble", element("p", "", words.files), element("div", "buttons", way)));
}
addEventListener("dragover", (event) => { if (event.dataTransfer.types.includes("Files")) event.preventDefault(); });
addEventListener("drop", (event) => handOver(event, event.dataTransfer.files));
input.addEventListener("paste", (event) => handOver(event, event.clipboardData.files));

forget.addEventListener("click", async () => {
  if (!confirm(words.sure)) return;
  try {
    const response = await fetch("/api/chat/forget", { method: "POST" });
    if (!response.ok) throw new Error();
  } catch { status.textContent = words.failed; return; }
  sessionStorage.removeItem("chat");
  location.reload();
});
addEventListener("offline", () => { status.textContent = words.offline; });
addEventListener("online", () => { status.textContent = ""; listen(); });

recall();
grow();
if (shown.length) listen();
if ("serviceWorker" in navigator && isSecureContext) navigator.serviceWorker.register("/sw.js").catch(() => {});

// a poster's code carries the commune: "/?xa=ben-sao"
const place = new URLSearchParams(location.search).get("xa") || "";
if (/^[a-z0-9-]{1,48}$/.test(place)) {
  history.replaceState(null, "", location.pathname);
  send({ press: "s:subscribe@in." + place }, words.subscribe);
}
