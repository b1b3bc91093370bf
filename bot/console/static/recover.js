// A new password by the printed recovery code: the code opens the key here, and the new password wraps it again.
import { post } from "./api.js";
import { fromBase64, fromLetters, toBase64 } from "./bytes.js";
import { derive, deriveFromCard, freshSalt, unwrap, wrap } from "./keys.js";
import { readyOrSaySo } from "./too-old.js";
import { byId, say } from "./words.js";

const SHORTEST = 10;
const form = byId("recover");
const said = byId("said");

async function mend(card) {
  const printed = deriveFromCard(card);
  const asked = { login: byId("name").value.trim(), proof: toBase64(printed.proof), code: byId("code").value.trim() };
  const { ticket, wrap: wrapped } = await post("/api/khoi-phuc", asked);
  const secret = unwrap(fromBase64(wrapped), printed.kek);
  const salt = freshSalt();
  const { proof, kek } = derive(byId("password").value, salt);
  const made = { salt: toBase64(salt), proof: toBase64(proof), wrap: toBase64(wrap(secret, kek)) };
  await post("/api/khoi-phuc/xong", { code: ticket, ...made });
}

async function submit(event) {
  event.preventDefault();
  const card = fromLetters(byId("card").value, 32);
  if (!card) return void (said.textContent = say("bad_card"));
  if (byId("password").value.length < SHORTEST) return void (said.textContent = say("too_short"));
  if (byId("password").value !== byId("again").value) return void (said.textContent = say("differ"));
  try {
    await mend(card);
    form.hidden = true;
    byId("done").hidden = false;
  } catch (error) {
    said.textContent = error.message;
  }
}

if (await readyOrSaySo()) form.addEventListener("submit", submit);
