// The way in, for the login page and for the page of the tips: proof to the server, keys stay here.
import { get, post, useToken } from "./api.js";
import { fromBase64, toBase64 } from "./bytes.js";
import { derive, openIdentity } from "./keys.js";

// {me, pair}: who it is, and the officer's own keys (null for an account without)
export async function enter(login, password, code) {
  const { salt } = await post("/api/dang-nhap/muoi", { login });
  const { proof, kek } = derive(password, fromBase64(salt));
  const me = await post("/api/dang-nhap", { login, proof: toBase64(proof), code });
  useToken(me.csrf);
  return { me, pair: openIdentity(me, kek) };
}

// the keys of who is logged in already; {me, pair: null} where the password is another
export async function unlock(password) {
  const me = await get("/api/toi");
  useToken(me.csrf);
  return { me, pair: openIdentity(me, derive(password, fromBase64(me.salt)).kek) };
}
