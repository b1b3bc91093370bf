// Goes to another page of the desk without leaving this document, so that the keys stay in its memory.
// Only to pages that run no script of their own, and to the inbox; any other is gone to in the ordinary way.
import { useToken } from "./api.js";
import { vault } from "./vault.js";

const INBOX = "/tin-bao";

function fetched(path) {
  return new Promise((done, failed) => {
    const request = new XMLHttpRequest();
    request.open("GET", path);
    request.responseType = "document";
    request.onload = () => (request.status === 200 ? done(request) : failed());
    request.onerror = failed;
    request.send();
  });
}

const scripted = (page) => page.querySelector("script[src]") !== null;

export async function goTo(path, { remember = true } = {}) {
  const answer = await fetched(path).catch(() => null);
  const page = answer?.response;
  const here = page && new URL(answer.responseURL).pathname;
  if (!page || (here !== INBOX && scripted(page))) return location.assign(path);
  document.title = page.title;
  document.body.replaceWith(document.adoptNode(page.body));
  useToken(page.querySelector('meta[name="csrf"]').content);
  shown = here;
  if (remember) history.pushState(null, "", here);
  document.getElementById("main").focus();
  if (here === INBOX) (await import("./inbox.js")).start();
}

function follow(event) {
  const link = event.target.closest?.("a[href]");
  const plain = event.button === 0 && !(event.ctrlKey || event.metaKey || event.shiftKey);
  if (!link || !plain || !vault.pair || link.origin !== location.origin || link.target) return;
  if (link.hash && link.pathname === location.pathname) return;
  event.preventDefault();
  goTo(link.pathname + link.search);
}

// going back and forth; a step within the page (another #) is the page's own affair
function back() {
  if (location.pathname !== shown) goTo(location.pathname + location.search, { remember: false });
}

let following = false;
let shown = location.pathname;

export function stayHere() {
  if (following) return;
  following = true;
  document.addEventListener("click", follow);
  addEventListener("popstate", back);
}
