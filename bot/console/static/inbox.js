// The inbox: unlocks, keeps what is opened in this page's memory, and shows the list or one case.
import { get } from "./api.js";
import { openCase } from "./casefile.js";
import { el, fill } from "./dom.js";
import { showCase } from "./detail.js";
import { unlock } from "./enter.js";
import { groups } from "./likeness.js";
import { showList } from "./list.js";
import { openRing } from "./ring.js";
import { showTodo } from "./todo.js";
import { readyOrSaySo } from "./too-old.js";
import { goTo, stayHere } from "./travel.js";
import { vault } from "./vault.js";
import { byId, learn, say } from "./words.js";

const CHANGED = 400; // ms: several changes at once are one look

export const desk = {
  ring: null, tips: [], today: "", alike: new Map(), closed: false, search: "", filter: "all", open: null,
  reload, refresh, show,
};

let stream;

export async function start() {
  learn();
  stayHere();
  byId("unlock").addEventListener("submit", submit);
  if (vault.pair) await begin();
  else byId("password").focus();
}

async function submit(event) {
  event.preventDefault();
  const said = byId("unlock-said");
  said.textContent = say("inbox.unlocking");
  await new Promise((done) => setTimeout(done, 30)); // let the words be seen: the next step holds the page
  try {
    const { me, pair } = await unlock(byId("password").value);
    if (!pair) return void (said.textContent = say("inbox.wrong_password"));
    vault.open(me, pair);
    await begin();
  } catch (error) {
    if (error.status === 401) location.assign("/dang-nhap?den=/tin-bao");
    said.textContent = error.message;
  }
}

async function begin() {
  byId("locked").hidden = true;
  byId("inbox").hidden = false;
  fill(byId("list"), el("p", { class: "soft", role: "status" }, say("inbox.opening")));
  await reload();
  listen();
  removeEventListener("hashchange", show);
  addEventListener("hashchange", show);
}

// ask for the keys and the list again, and open what came
async function reload() {
  desk.ring = await openRing();
  await refresh();
}

async function refresh() {
  const told = await get(`/api/tin${desk.closed ? "?dong=1" : ""}`);
  desk.today = told.today;
  desk.tips = told.tips.map((tip) => openCase(desk.ring, tip));
  desk.alike = groups(desk.tips.filter((tip) => !tip.locked));
  showTodo(desk);
  await show();
}

// the list, and the case that the address names
async function show() {
  if (!byId("list")) return; // gone to another page
  showList(desk);
  const wanted = /^#([0-9a-f]{32})$/.exec(location.hash)?.[1] ?? null;
  document.querySelector(".panes").classList.toggle("reading", wanted !== null);
  if (wanted === null) {
    desk.open = null;
    return fill(byId("detail"), el("p", { class: "empty" }, say("inbox.choose")));
  }
  await showCase(desk, wanted);
}

function listen() {
  stream?.close();
  stream = new EventSource("/api/tin/luong");
  let soon;
  stream.onmessage = () => {
    clearTimeout(soon);
    soon = setTimeout(arrived, CHANGED);
  };
}

// something has changed: the list is renewed, what somebody is writing stays
async function arrived() {
  if (!byId("list")) return stream.close();
  const before = new Set(desk.tips.map((tip) => tip.id));
  const told = await get(`/api/tin${desk.closed ? "?dong=1" : ""}`).catch(() => null);
  if (!told) return;
  desk.tips = told.tips.map((tip) => openCase(desk.ring, tip));
  desk.alike = groups(desk.tips.filter((tip) => !tip.locked));
  showList(desk);
  const fresh = desk.tips.filter((tip) => !before.has(tip.id)).length;
  if (fresh) announce(fresh);
}

function announce(count) {
  const news = byId("news");
  news.hidden = false;
  fill(news, el("p", {}, say("inbox.news", { count })));
  document.title = `(${count}) ${document.title.replace(/^\(\d+\) /, "")}`;
}

if (byId("unlock") && (await readyOrSaySo())) {
  if (!vault.pair) await start();
}

export { goTo };
