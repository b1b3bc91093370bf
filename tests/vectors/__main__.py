"""Writes the vectors anew: only when the format changes, which old tips will not survive unnoticed."""

import json
from base64 import b64encode

from bot import sealing
from handlers import receipt
from tests.vectors import FILE

DIGITS = "12345678901234567890"
SALT = bytes(range(16))
PEPPER = bytes(range(32))
PLACE = {"tip": "0123456789abcdef0123456789abcdef", "kind": "part", "seq": 3}
BODY = {"text": "Nhà cuối xóm bán pháo nổ tự chế, đêm nào cũng có xe chở đi.", "files": 1}
FILE_ID = "fedcba9876543210fedcba9876543210"
CONTENT = bytes(range(256)) * 3  # padded to one chunk; more of them are tried live, both ways

tip, unit = sealing.fresh_keys(), sealing.fresh_keys()
derived = sealing.derive(DIGITS, SALT)
key = sealing.fresh_file_key()
answer = sealing.seal(
    derived.reply.pub,
    tip=PLACE["tip"],
    kind="reply",
    seq=1,
    day="2027-02-05",
    body={"text": "Đã nhận."},
)
FILE.write_text(
    json.dumps(
        {
            "receipt": {
                "digits": DIGITS,
                "code": receipt.shown(DIGITS),
                "salt": SALT.hex(),
                "pepper": PEPPER.hex(),
                "finder": derived.finder.hex(),
                "lookup": sealing.lookup(derived.finder, PEPPER),
                "reply_pub": derived.reply.pub.hex(),
                "reply_private": derived.reply.private.hex(),
                "sealed_reply": answer.hex(),
                "reply": {"tip": PLACE["tip"], "kind": "reply", "seq": 1, "text": "Đã nhận."},
            },
            "envelope": {
                **PLACE,
                "day": "2027-02-05",
                "body": BODY,
                "pub": tip.pub.hex(),
                "private": tip.private.hex(),
                "sealed": sealing.seal(tip.pub, day="2027-02-05", body=BODY, **PLACE).hex(),
            },
            "key": {
                "unit_pub": unit.pub.hex(),
                "unit_private": unit.private.hex(),
                "sealed_tip_private": sealing.seal_key(tip.private, unit.pub).hex(),
            },
            "file": {
                "id": FILE_ID,
                "key": key.hex(),
                "size": len(CONTENT),
                "content": CONTENT.hex(),
                "sealed": b64encode(
                    b"".join(sealing.seal_file([CONTENT], len(CONTENT), key=key, id=FILE_ID))
                ).decode(),
            },
        },
        ensure_ascii=False,
        indent=1,
    )
    + "\n",
    "utf-8",
)
