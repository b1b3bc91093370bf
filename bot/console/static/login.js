// The login page: derives the proof from the password, which never leaves this page.
import { get } from "./api.js";
import { enter } from "./enter.js";
import { readyOrSaySo } from "./too-old.js";
import { goTo, stayHere } from "./travel.js";
import { vault } from "./vault.js";
import { byId, say } from "./words.js";

const form = byId("login");
const said = byId("said");

function destination() {
  const wanted = new URLSearchParams(location.search).get("den") ?? "/";
  return /^\/(?![/\\])[\w/-]*$/.test(wanted) ? wanted : "/";
}

async function submit(event) {
  event.preventDefault();
  const button = form.querySelector("button");
  button.disabled = true;
  said.textContent = say("deriving");
  await new Promise(requestAnimationFrame); // let the words be seen: the next step holds the page
  await new Promise((done) => setTimeout(done));
  try {
    const { me, pair } = await enter(byId("name").value.trim(), byId("password").value, byId("code").value.trim());
    if (pair) vault.open(me, pair);
    stayHere();
    await goTo(destination());
  } catch (error) {
    said.textContent = error.message || say("no_line");
    byId("code").value = "";
    byId("code").focus();
  } finally {
    button.disabled = false;
  }
}

async function fillDemo(event) {
  const { demo, password } = event.target.dataset;
  const { code } = await get("/api/ma-thu");
  byId("name").value = demo;
  byId("password").value = password;
  byId("code").value = code;
  form.querySelector("button").focus();
}

if (await readyOrSaySo()) {
  form.addEventListener("submit", submit);
  for (const button of document.querySelectorAll("[data-demo]")) button.addEventListener("click", fillDemo);
  byId("name").focus();
}
