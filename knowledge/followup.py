"""Understands "còn ô tô thì sao?" by what was asked a moment ago."""

import re
import tomllib
from collections.abc import Container, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path

from knowledge.article import Article
from knowledge.concepts import concepts
from knowledge.slots import Slots, unslotted
from knowledge.vietnamese import clean, fold, syllables

WORDS = Path(__file__).parent / "words" / "followup.toml"
MOST = 9  # syllables of a follow-up; a longer message says what it is about
SHORT = 6  # syllables of one that may name anything: "còn pháo hoa thì sao"
OPENS = re.compile(r"^(?:(?:a|da|u|um|oh|o) )*(?:con|the|vay|neu|roi|gia su)\b")
ENDS = re.compile(r"\bthi sao(?: a| vay| ha| nhi)*$")
THAT = re.compile(r"\b(?:trong|cai|thu|vu|viec|chuyen|luc|cho|may thu|nhu) (?:do|day|vay|the)\b")
STARTS = re.compile(r"^(?:(?:thế|vậy|rồi) )?còn .* sao$")


def is_followup(text: str) -> bool:
    """Whether a message leans on the one before it: short, and no words in it that name a subject of their own."""
    words = syllables(clean(text))
    if not words or len(words) > MOST:
        return False
    marked = " ".join(words)
    if len(words) <= SHORT and STARTS.match(marked):
        return True
    asks, narrows = _allowed()
    plain = fold(marked)
    if OPENS.match(plain) or plain.endswith("thi sao"):
        return _leans(syllables(unslotted(text)), narrows)
    return _leans(words, asks)


def points_back(text: str) -> bool:
    """Whether a message speaks of "that", or opens or ends as what goes on from something does."""
    plain = fold(" ".join(syllables(clean(text))))
    return bool(OPENS.match(plain) or ENDS.search(plain) or THAT.search(plain))


def _leans(words: list[str], allowed: frozenset[str]) -> bool:
    """Whether each word is empty, a number, or of an allowed concept."""
    covered: set[int] = set()
    for name, places in concepts(words).items():
        if name in allowed:
            covered |= places
    empty = _lean()
    return all(
        place in covered or fold(word) in empty or word.isdigit()
        for place, word in enumerate(words)
    )


@cache
def _lean() -> frozenset[str]:
    return frozenset(tomllib.loads(WORDS.read_text("utf-8"))["lean"])


@cache
def _allowed() -> tuple[frozenset[str], frozenset[str]]:
    """The concepts that a follow-up may ask by itself, and those that it may also put in the last one's place."""
    raw: Mapping[str, list[str]] = tomllib.loads(WORDS.read_text("utf-8"))
    return frozenset(raw["asks"]), frozenset(raw["asks"] + raw["narrows"])


def merge(
    text: str, slots: Slots, before: Article, remembered: Mapping[str, str | int]
) -> tuple[str, Slots]:
    """The question as it was meant: the last subject's words, this one's, and what is still stated."""
    kept = replace(
        slots,
        vehicle=slots.vehicle or _word(remembered.get("vehicle")),
        level=slots.level or _word(remembered.get("level")),
    )
    return f"{_subject(before, text, slots)} {text}", kept


def _subject(before: Article, text: str, slots: Slots) -> str:
    """The last article's name, without what this message puts in its place."""
    title = clean(before.title)
    if slots.vehicle:
        title = re.sub(r"xe máy|ô tô|xe đạp|máy kéo|xe chuyên dùng", " ", title)
    if not _said(syllables(clean(text))):
        return title
    words, empty = syllables(title), _lean()
    gone = _said(words, concepts(syllables(clean(text))))
    return " ".join(w for at, w in enumerate(words) if at not in gone and fold(w) not in empty)


def _said(words: list[str], named: Container[str] | None = None) -> set[int]:
    """The places of words that ask or narrow (only by the concepts `named`), rather than name a subject."""
    asks, narrows = _allowed()
    return {
        at
        for name, places in concepts(words).items()
        if name in asks or (name in narrows and (named is None or name in named))
        for at in places
    }


def _word(value: str | int | None) -> str | None:
    return value if isinstance(value, str) else None
