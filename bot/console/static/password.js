// Another password around the same key: the old one opens it here, the new one wraps it again.
import { get, post, useToken } from "./api.js";
import { fromBase64, toBase64 } from "./bytes.js";
import { derive, freshSalt, unwrap, wrap } from "./keys.js";
import { readyOrSaySo } from "./too-old.js";
import { byId, say } from "./words.js";

const SHORTEST = 10;
const form = byId("change");
const said = byId("said");

async function change() {
  const me = await get("/api/toi");
  useToken(me.csrf);
  const old = derive(byId("old").value, fromBase64(me.salt));
  const secret = unwrap(fromBase64(me.wrap), old.kek);
  if (!secret) throw new Error(say("wrong"));
  const salt = freshSalt();
  const fresh = derive(byId("password").value, salt);
  const wrapped = toBase64(wrap(secret, fresh.kek));
  sodium.memzero(secret);
  await post("/api/mat-khau", {
    proof: toBase64(old.proof), code: byId("code").value.trim(), salt: toBase64(salt), new: toBase64(fresh.proof), wrap: wrapped,
  });
}

async function submit(event) {
  event.preventDefault();
  if (byId("password").value.length < SHORTEST) return void (said.textContent = say("too_short"));
  if (byId("password").value !== byId("again").value) return void (said.textContent = say("differ"));
  const button = form.querySelector("button");
  button.disabled = true;
  said.textContent = "";
  try {
    await change();
    form.reset();
    form.hidden = true;
    byId("done").hidden = false;
  } catch (error) {
    said.textContent = error.message;
  } finally {
    button.disabled = false;
  }
}

if (await readyOrSaySo()) form.addEventListener("submit", submit);
