// The list of tips: what is urgent first, then what is due; searched in what this page has opened.
import { clocksOf, daysBetween } from "./clocks.js";
import { day, el, fill } from "./dom.js";
import { wordsOf } from "./likeness.js";
import { vault } from "./vault.js";
import { byId, knows, say } from "./words.js";

const WARNED = 14; // days before a tip is shredded
const NONE_LEFT = 1; // days from which a clock is shown in red

const FILTERS = {
  all: () => true,
  unread: (tip) => tip.unread,
  mine: (tip) => tip.holder === vault.me.id,
  free: (tip) => !tip.holder,
  due: (tip) => tip.clocks.some((clock) => clock.left <= NONE_LEFT),
};

function matching(tip, search) {
  const haystack = wordsOf([tip.title, tip.text, tip.card.register, ...tip.card.labels].join(" ")).join(" ");
  return wordsOf(search).every((word) => haystack.includes(word));
}

const first = (one, other) =>
  other.urgent - one.urgent || other.unread - one.unread || nearest(one) - nearest(other) || other.day.localeCompare(one.day);
const nearest = (tip) => Math.min(99, ...tip.clocks.map((clock) => clock.left));

export function clockTag(clock) {
  const kind = clock.left < 0 ? "alarm" : clock.left <= NONE_LEFT ? "warn" : "";
  const left = clock.left < 0 ? say("inbox.late", { days: -clock.left }) : say("inbox.left", { days: clock.left });
  return el("span", { class: `tag ${kind}`, title: say(`inbox.clock_${clock.name}`) }, `${say(`inbox.short_${clock.name}`)}: ${left}`);
}

export function matterOf(tip) {
  const matter = tip.card.matter || tip.flags.kind;
  return matter && knows(`matter.${matter}`) ? say(`matter.${matter}`) : "";
}

function tags(desk, tip) {
  const matter = matterOf(tip);
  return [
    tip.urgent && el("span", { class: "tag alarm" }, say("inbox.urgent")),
    tip.flags.household && el("span", { class: "tag alarm" }, say("inbox.household")),
    tip.unread && el("span", { class: "tag good" }, say("inbox.unread")),
    tip.escalated && el("span", { class: "tag warn" }, say("inbox.escalated")),
    el("span", { class: "tag" }, say(`state.${tip.state}`)),
    matter && el("span", { class: "tag" }, matter),
    tip.holder && el("span", { class: "tag" }, tip.holder === vault.me.id ? say("inbox.me") : tip.holder_name),
    desk.alike.get(tip.id)?.length > 0 && el("span", { class: "tag warn" }, say("inbox.alike", { count: desk.alike.get(tip.id).length })),
    ...tip.clocks.map(clockTag),
    soonGone(desk, tip) && el("span", { class: "tag warn" }, say("inbox.soon_gone", { day: day(tip.expires) })),
    ...tip.card.labels.map((label) => el("span", { class: "tag" }, label)),
  ];
}

// a closed tip that will be shredded within two weeks, unless two officers keep it
function soonGone(desk, tip) {
  return tip.expires && !tip.held && daysBetween(desk.today, tip.expires) <= WARNED;
}

function row(desk, tip) {
  const title = tip.locked ? say("inbox.locked_tip") : tip.title || say("inbox.no_words");
  const place = desk.ring.areas[tip.flags.where] ?? "";
  return el("li", {},
    el("a", { class: "tip", href: `#${tip.id}`, "aria-current": desk.open?.id === tip.id ? "true" : false },
      el("b", {}, title),
      el("span", { class: "soft small" }, [day(tip.day), age(desk, tip), place].filter(Boolean).join(" · ")),
      el("span", { class: "row" }, tags(desk, tip))));
}

const age = (desk, tip) => {
  const days = daysBetween(tip.day, desk.today);
  return days === 0 ? say("inbox.today") : say("inbox.ago", { days });
};

function tools(desk) {
  const search = el("input", {
    type: "search", id: "search", placeholder: say("inbox.search"), "aria-label": say("inbox.search"), value: desk.search,
    oninput: (event) => {
      desk.search = event.target.value;
      showRows(desk);
    },
  });
  const filter = el("select", {
    "aria-label": say("inbox.filter"),
    onchange: (event) => {
      desk.filter = event.target.value;
      showRows(desk);
    },
  }, Object.keys(FILTERS).map((name) => el("option", { value: name, selected: desk.filter === name }, say(`inbox.filter_${name}`))));
  const other = el("button", {
    type: "button", class: "small",
    onclick: () => {
      desk.closed = !desk.closed;
      location.hash = "";
      desk.refresh();
    },
  }, say(desk.closed ? "inbox.show_open" : "inbox.show_closed"));
  return el("div", { class: "tools" }, search, el("div", { class: "row" }, filter, other));
}

function showRows(desk) {
  const tips = desk.tips.map((tip) => ({ ...tip, clocks: tip.locked ? [] : clocksOf(tip, desk.today, desk.ring.days) }));
  const shown = tips.filter((tip) => FILTERS[desk.filter](tip) && matching(tip, desk.search)).sort(first);
  const empty = desk.tips.length ? say("inbox.none_found") : say(desk.closed ? "inbox.none_closed" : "inbox.none");
  fill(byId("rows"), shown.length ? el("ul", {}, shown.map((tip) => row(desk, tip))) : el("p", { class: "empty" }, empty));
  byId("count").textContent = say("inbox.count", { count: shown.length });
}

export function showList(desk) {
  const list = byId("list");
  if (!byId("rows") || list.dataset.closed !== String(desk.closed)) {
    list.dataset.closed = String(desk.closed);
    fill(list,
      el("h1", {}, say(desk.closed ? "inbox.title_closed" : "inbox.title")),
      tools(desk), el("p", { class: "soft small", id: "count", role: "status" }), el("div", { id: "rows" }));
  }
  showRows(desk);
}

