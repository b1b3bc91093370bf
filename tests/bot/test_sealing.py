"""What is sealed opens for the right key, in the right place, whole; and in both languages alike."""

import json
from base64 import b64decode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import sealing
from bot.sealing import Forged, Keys
from handlers import receipt
from tests.vectors import vectors

PLACE = {"tip": "0" * 32, "kind": "part", "seq": 1}
V = vectors()


def sealed(keys: Keys, text: str = "lời của một người") -> bytes:
    return sealing.seal(keys.pub, day="2027-02-05", body={"text": text}, **PLACE)  # type: ignore[arg-type]


def test_an_envelope_of_the_vectors_opens() -> None:
    e = V["envelope"]
    keys = Keys(bytes.fromhex(e["pub"]), bytes.fromhex(e["private"]))

    inside = sealing.unseal(
        keys, bytes.fromhex(e["sealed"]), tip=e["tip"], kind=e["kind"], seq=e["seq"]
    )

    assert inside["body"] == e["body"]
    assert inside["day"] == e["day"]


def test_the_receipt_of_the_vectors_derives_alike() -> None:
    r = V["receipt"]

    derived = sealing.derive(r["digits"], bytes.fromhex(r["salt"]))

    assert derived.finder.hex() == r["finder"]
    assert derived.reply.pub.hex() == r["reply_pub"]
    assert derived.reply.private.hex() == r["reply_private"]
    assert sealing.lookup(derived.finder, bytes.fromhex(r["pepper"])) == r["lookup"]
    assert receipt.shown(r["digits"]) == r["code"]
    where = {name: r["reply"][name] for name in ("tip", "kind", "seq")}
    answer = sealing.unseal(derived.reply, bytes.fromhex(r["sealed_reply"]), **where)
    assert answer["body"]["text"] == r["reply"]["text"]


def test_the_tip_key_of_the_vectors_opens_for_the_unit() -> None:
    k, e = V["key"], V["envelope"]
    unit = Keys(bytes.fromhex(k["unit_pub"]), bytes.fromhex(k["unit_private"]))

    assert sealing.unseal_key(unit, bytes.fromhex(k["sealed_tip_private"])).hex() == e["private"]


def test_the_file_of_the_vectors_opens() -> None:
    f = V["file"]
    pieces = sealing.sealed_pieces(b64decode(f["sealed"]))

    opened = b"".join(
        sealing.unseal_file(pieces, f["size"], key=bytes.fromhex(f["key"]), id=f["id"])
    )

    assert opened.hex() == f["content"]


def test_every_byte_of_an_envelope_counts() -> None:
    keys = sealing.fresh_keys()
    whole = sealed(keys)

    for place in range(len(whole)):
        altered = bytearray(whole)
        altered[place] ^= 1
        with pytest.raises(Forged):
            sealing.unseal(keys, bytes(altered), **PLACE)  # type: ignore[arg-type]
    assert sealing.unseal(keys, whole, **PLACE)  # type: ignore[arg-type]


@pytest.mark.parametrize("moved", [{"tip": "1" * 32}, {"kind": "follow"}, {"seq": 2}])
def test_an_envelope_that_was_moved_is_refused(moved: dict[str, object]) -> None:
    keys = sealing.fresh_keys()

    with pytest.raises(Forged):
        sealing.unseal(keys, sealed(keys), **(PLACE | moved))  # type: ignore[arg-type]


def test_another_key_opens_nothing() -> None:
    with pytest.raises(Forged):
        sealing.unseal(sealing.fresh_keys(), sealed(sealing.fresh_keys()), **PLACE)  # type: ignore[arg-type]


@given(st.integers(1, 5000))
@settings(max_examples=60, deadline=None)
def test_a_text_tells_its_length_only_to_within_a_kibibyte(length: int) -> None:
    size = len(sealed(sealing.fresh_keys(), "ế" * length))
    inside = len(json.dumps({"text": "ế" * length}, ensure_ascii=False).encode())

    assert (size - 1 - 48) % 1024 == 0
    assert size - inside < 1024 + 300


@pytest.mark.parametrize("size", [0, 1, 65535, 65536, 65537, 200_000])
def test_a_file_comes_back_whole_from_a_size_that_tells_little(size: int) -> None:
    content = bytes(range(256)) * (size // 256 + 1)
    content = content[:size]
    key = sealing.fresh_file_key()

    whole = b"".join(sealing.seal_file([content], size, key=key, id="f"))

    assert len(whole) == sealing.sealed_size(size)
    assert sealing.padded_size(size) in sealing.STEPS
    pieces = sealing.sealed_pieces(whole)
    assert b"".join(sealing.unseal_file(pieces, size, key=key, id="f")) == content


@pytest.mark.parametrize(
    "spoil",
    [
        lambda pieces: pieces[:-1],  # cut short: no final tag
        lambda pieces: [pieces[0], pieces[2], pieces[1], *pieces[3:]],  # swapped
        lambda pieces: [*pieces[:2], pieces[1], *pieces[2:]],  # doubled
        lambda pieces: [*pieces, pieces[-1]],  # something behind the end
        lambda pieces: [pieces[0][:-1] + b"x", *pieces[1:]],  # another header
        lambda pieces: pieces[:1],
        lambda pieces: [],
    ],
)
def test_a_file_that_was_tampered_with_is_refused(spoil) -> None:  # type: ignore[no-untyped-def]
    key = sealing.fresh_file_key()
    pieces = list(sealing.seal_file([b"a" * 200_000], 200_000, key=key, id="f"))

    with pytest.raises(Forged):
        list(sealing.unseal_file(spoil(pieces), 200_000, key=key, id="f"))
    with pytest.raises(Forged):
        list(sealing.unseal_file(pieces, 200_000, key=key, id="another"))


def test_a_file_larger_than_announced_is_refused() -> None:
    with pytest.raises(ValueError, match="more bytes"):
        list(sealing.seal_file([b"a" * 65537], 65536, key=sealing.fresh_file_key(), id="f"))


@given(st.integers(0, 10**20 - 1), st.integers(0, 21), st.integers(1, 9))
def test_a_mistyped_digit_of_a_code_is_noticed(number: int, place: int, shift: int) -> None:
    code = receipt.shown(f"{number:020d}").replace(" ", "")

    wrong = code[:place] + str((int(code[place]) + shift) % 10) + code[place + 1 :]

    assert receipt.digits_of(code) == f"{number:020d}"
    assert receipt.digits_of(wrong) is None


def test_a_code_may_be_typed_in_any_grouping() -> None:
    digits = sealing.fresh_digits()
    shown = receipt.shown(digits)

    for typed in (shown, shown.replace(" ", ""), shown.replace(" ", "-"), f" {shown}. "):
        assert receipt.digits_of(typed) == digits
    assert receipt.last_group(digits) == shown.split()[-1]
