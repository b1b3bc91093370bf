"""One pipeline for what people type: the same letters for the same words, short forms spelt out, marks folded."""

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

WORDS = Path(__file__).parent / "words" / "typing.toml"
LONGEST = 4000  # characters looked at

MARKS = {0x0300, 0x0301, 0x0302, 0x0303, 0x0306, 0x0309, 0x031B, 0x0323}
PAIRS = re.compile(r"(?<!q)(o[àáảãạ]|o[èéẻẽẹ]|u[ỳýỷỹỵ])(?![a-zà-ỹ])")
AGAIN = re.compile(r"([^\W\d])\1{2,}")
AGAIN_AT_END = re.compile(r"([aeioyăâêôơàáảãạìíỉĩịòóỏõọùúủũụèéẻẽẹờớởỡợừứửữựềếểễệồốổỗộ])\1+\b")
TOKEN = re.compile(r"[^\W_]+(?:[.,/]\d+)*|[^\w\s]", re.UNICODE)
SYLLABLE = re.compile(r"[^\W_]+", re.UNICODE)
MONEY = re.compile(r"\b(\d+(?:[.,]\d+)?)\s?(k|tr|củ|trieu)\b")
MONEY_WORDS = {"k": "nghìn", "tr": "triệu", "củ": "triệu", "trieu": "triệu"}


@dataclass(frozen=True, slots=True)
class Near:
    """A short form whose meaning depends on its neighbours; empty: any."""

    form: str
    means: str
    next: frozenset[str] = frozenset()
    before: frozenset[str] = frozenset()


def clean(text: str) -> str:
    """Lower case, NFC, one space, one way to place a tone, short forms spelt out. Idempotent."""
    return _clean(text[:LONGEST])


@lru_cache(maxsize=4)  # a message is looked at by several; no more than the last few stay in memory
def _clean(text: str) -> str:
    text = unicodedata.normalize("NFC", text.encode("utf-8", "ignore").decode("utf-8"))
    if not text.isprintable():
        text = "".join(c for c in text if c.isprintable() or c.isspace())
    text = re.sub(r"\bCA\b", "công an", text).lower()
    text = unicodedata.normalize("NFC", text)
    text = PAIRS.sub(lambda m: _old_place(m[0]), text)
    text = AGAIN_AT_END.sub(r"\1", AGAIN.sub(r"\1", text))
    text = MONEY.sub(lambda m: f"{m[1]} {MONEY_WORDS[m[2]]}", text)
    return _spelt_out(text)


@lru_cache(maxsize=65536)
def fold(text: str) -> str:
    """Without marks: "Pháo nổ" → "phao no", "đ" → "d". Idempotent."""
    if text.isascii():
        return text.lower()
    apart = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    return unicodedata.normalize("NFC", "".join(c for c in apart if ord(c) not in MARKS))


def syllables(text: str) -> list[str]:
    """The syllables and numbers of a text, without punctuation."""
    return SYLLABLE.findall(text)


def _old_place(pair: str) -> str:
    """The tone on the first vowel: "oà" → "òa"."""
    first, second = pair[0], unicodedata.normalize("NFD", pair[1])
    return unicodedata.normalize("NFC", first + second[1:] + second[0])


def _spelt_out(text: str) -> str:
    always, near = _words()
    tokens = TOKEN.findall(text)
    out = []
    for place, token in enumerate(tokens):
        before = tokens[place - 1] if place else ""
        after = tokens[place + 1] if place + 1 < len(tokens) else ""
        out.append(always.get(token) or _by_neighbours(near.get(token, ()), before, after) or token)
    return " ".join(out)


def _by_neighbours(meanings: tuple[Near, ...], before: str, after: str) -> str | None:
    for near in meanings:
        if (not near.next or after in near.next) and (not near.before or before in near.before):
            return near.means
    return None


@cache
def _words() -> tuple[Mapping[str, str], Mapping[str, tuple[Near, ...]]]:
    raw = tomllib.loads(WORDS.read_text("utf-8"))
    near: dict[str, tuple[Near, ...]] = {}
    for entry in raw["near"]:
        one = Near(
            entry["form"],
            entry["means"],
            frozenset(entry.get("next", ())),
            frozenset(entry.get("before", ())),
        )
        near[one.form] = (*near.get(one.form, ()), one)
    return raw["always"], near
