// Sets up an account: password, phone and recovery card. The server is told only what opens nothing.
import { post } from "./api.js";
import { toLetters } from "./bytes.js";
import { freshCard, newIdentity } from "./keys.js";
import { readyOrSaySo } from "./too-old.js";
import { byId, say } from "./words.js";

const SHORTEST = 10;
const form = byId("setup");
const said = byId("said");
const code = location.hash.slice(1);
let card;

async function open() {
  history.replaceState(null, "", location.pathname); // the code is of no use to who looks over a shoulder
  try {
    const invited = await post("/api/moi", { code });
    byId("whose").textContent = `${invited.name} (${invited.login})`;
    byId("secret").textContent = invited.secret.match(/.{1,4}/g).join(" ");
    byId("picture").src = URL.createObjectURL(new Blob([invited.picture], { type: "image/svg+xml" }));
    card = freshCard();
    byId("card").textContent = toLetters(card);
    said.textContent = "";
    form.hidden = false;
    byId("password").focus();
  } catch (error) {
    said.textContent = error.status === 404 ? say("gone") : error.message;
  }
}

function fault() {
  const typed = byId("last").value.trim().toUpperCase();
  if (byId("password").value.length < SHORTEST) return say("too_short");
  if (byId("password").value !== byId("again").value) return say("differ");
  if (byId("card").textContent.split(" ").at(-1) !== typed) return say("wrong_last");
  return "";
}

async function submit(event) {
  event.preventDefault();
  said.textContent = fault();
  if (said.textContent) return said.scrollIntoView();
  const button = form.querySelector("button.primary");
  button.disabled = true;
  try {
    const identity = newIdentity(byId("password").value, card);
    await post("/api/moi/xong", { code, totp: byId("totp").value.trim(), ...identity });
    form.hidden = true;
    byId("done").hidden = false;
    said.className = "status good";
    said.textContent = say("done");
  } catch (error) {
    said.textContent = error.message;
    said.scrollIntoView();
  } finally {
    button.disabled = false;
  }
}

if (await readyOrSaySo()) {
  form.addEventListener("submit", submit);
  byId("print").addEventListener("click", () => print());
  await open();
}
