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

MARKS = "\u0300\u0301\u0302\u0303\u0306\u0309\u031b\u0323"
PAIRS = re.compile(r"(?<!q)(o[àáảãạ]|o[èéẻẽẹ]|u[ỳýỷỹỵ])(?![a-zà-ỹ])")
AGAIN = re.compile(r"([^\W\d])\1{2,}|([^\w\s])\2+")
AGAIN_AT_END = re.compile(
    r"([aeioyăâêôơàáảãạìíỉĩịòóỏõọùúủũụèéẻẽẹờớởỡợừứửữựềếểễệồốổỗộ])\1+(?![^\W_])"
)
POLICE = re.compile(r"\bCA\b")
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
    if not text.isprintable():
        text = text.encode("utf-8", "ignore").decode("utf-8")
        text = "".join(c for c in text if c.isprintable() or c.isspace())
    text = POLICE.sub("công an", unicodedata.normalize("NFC", text)).lower()
    text = PAIRS.sub(lambda m: _old_place(m[0]), unicodedata.normalize("NFC", text))
    text = AGAIN_AT_END.sub(r"\1", AGAIN.sub(r"\1\2", text))
    text = MONEY.sub(lambda m: f"{m[1]} {MONEY_WORDS[m[2]]}", text)
    return _spelt_out(text)


def fold(text: str) -> str:
    """Without marks: "Pháo nổ" → "phao no", "đ" → "d". Idempotent."""
    text = text.lower()
    if text.isascii():
        return text
    plain = text.translate(_plain())
    return plain if plain.isascii() else unicodedata.normalize("NFC", _unmarked(plain))


def syllables(text: str) -> list[str]:
    """The syllables and numbers of a text, without punctuation."""
    return SYLLABLE.findall(text)


@cache
def _plain() -> Mapping[int, str]:
    """Each small letter of Vietnamese without its marks."""
    letters = (chr(code) for code in (*range(0xC0, 0x1B1), *range(0x1EA0, 0x1EFA)))
    plain = {ord(letter): _unmarked(letter) for letter in letters}
    return {code: letter for code, letter in plain.items() if len(letter) == 1} | {ord("đ"): "d"}


def _unmarked(text: str) -> str:
    """The letters of a text, apart from Vietnamese marks."""
    return "".join(c for c in unicodedata.normalize("NFD", text) if c not in MARKS)


def _old_place(pair: str) -> str:
    """The tone on the first vowel: "oà" → "òa"."""
    first, second = pair[0], unicodedata.normalize("NFD", pair[1])
    return unicodedata.normalize("NFC", first + second[1:] + second[0])


def _spelt_out(text: str) -> str:
    """First the forms that always mean the same, then, among those words, the forms that hang on a neighbour."""
    always, near = _words()
    words = " ".join([always.get(token, token) for token in TOKEN.findall(text)]).split()
    if near.keys().isdisjoint(words):
        return " ".join(words)
    for place, word in enumerate(words):
        if meanings := near.get(word):
            before = words[place - 1].split()[-1] if place else ""
            after = words[place + 1] if place + 1 < len(words) else ""
            words[place] = _by_neighbours(meanings, before, after) or word
    return " ".join(words)


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
