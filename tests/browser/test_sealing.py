"""The browser's half of the sealing: the same vectors, and each language opens what the other sealed."""

from base64 import b64decode

from bot import sealing
from bot.sealing import Keys
from tests.browser.conftest import Site
from tests.vectors import vectors

SCRIPTS = ("vendor/libsodium/libsodium-sumo.js", "vendor/libsodium/libsodium-wrappers.js")
CHECK = """async (v) => {
  const S = Sealing, hex = S.fromHex;
  await S.ready();
  const e = v.envelope, r = v.receipt, k = v.key, f = v.file;
  const tip = {pub: hex(e.pub), private: hex(e.private)};
  const derived = S.derive(r.digits, hex(r.salt));
  const unit = {pub: hex(k.unit_pub), private: hex(k.unit_private)};
  const file = {key: hex(f.key), id: f.id};
  const bytes = Uint8Array.from(atob(f.sealed), (c) => c.charCodeAt(0));
  const blob = new Blob([new Uint8Array(200000).fill(7)]);
  const parts = [];
  for await (const part of S.sealFile(blob, file)) parts.push(part);
  const forged = [];
  for (const spoil of [{kind: "follow"}, {seq: 9}, {tip: "0"}]) {
    try { S.unseal(tip, hex(e.sealed), {...e, ...spoil}); } catch (x) { forged.push(x instanceof S.Forged); }
  }
  try { S.unsealFile(S.joined(parts.slice(0, -1)), 200000, file); } catch (x) { forged.push(x instanceof S.Forged); }
  return {
    body: S.unseal(tip, hex(e.sealed), e).body,
    finder: S.toHex(derived.finder), reply: S.toHex(derived.reply.pub), code: S.shownCode(r.digits),
    digits: S.digitsOf(r.code), last: S.lastGroup(r.digits), wrong: S.digitsOf(r.code.replace("5", "6")),
    answer: S.unseal(derived.reply, hex(r.sealed_reply), r.reply).body.text,
    tipPrivate: S.toHex(S.unsealKey(unit, hex(k.sealed_tip_private))),
    content: S.toHex(S.joined(S.unsealFile(bytes, f.size, file))),
    again: S.joined(S.unsealFile(S.joined(parts), 200000, file)).every((b) => b === 7),
    forged,
    sealed: S.toHex(S.seal(tip.pub, {
      tip: e.tip, kind: "part", seq: 4, day: "2027-02-06", body: {text: "từ trình duyệt 🐓"},
    })),
    file: btoa(Array.from(S.joined(parts), (b) => String.fromCharCode(b)).join("")),
    fresh: S.freshDigits(),
  };
}"""


async def test_both_languages_seal_and_open_alike(site: Site) -> None:
    v = vectors()
    async with site.page(bypass_csp=True) as page:
        for script in (*SCRIPTS, "sealing.js"):
            await page.add_script_tag(url=f"/static/{script}")
        seen = await page.evaluate(CHECK, v)

    e, r, f = v["envelope"], v["receipt"], v["file"]
    assert seen["body"] == e["body"]
    assert (seen["finder"], seen["reply"], seen["code"]) == (r["finder"], r["reply_pub"], r["code"])
    assert (seen["digits"], seen["last"], seen["wrong"]) == (
        r["digits"],
        r["code"].split()[-1],
        None,
    )
    assert seen["answer"] == r["reply"]["text"]
    assert seen["tipPrivate"] == e["private"]
    assert seen["content"] == f["content"]
    assert seen["again"]
    assert seen["forged"] == [True] * 4
    assert len(seen["fresh"]) == 20
    keys = Keys(bytes.fromhex(e["pub"]), bytes.fromhex(e["private"]))
    place = {"tip": e["tip"], "kind": "part", "seq": 4}
    inside = sealing.unseal(keys, bytes.fromhex(seen["sealed"]), **place)
    assert inside["body"] == {"text": "từ trình duyệt 🐓"}
    whole = b64decode(seen["file"])
    pieces = sealing.sealed_pieces(whole)
    opened = sealing.unseal_file(pieces, 200_000, key=bytes.fromhex(f["key"]), id=f["id"])
    assert b"".join(opened) == b"\7" * 200_000
