"""How an official paper counts its parts: "1.", "IV.", "Điều 3.", "a)", "-", and what only looks so."""

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from knowledge.ingest.documents import DocumentError

WORDS = Path(__file__).parents[1] / "words" / "ingest.toml"


class Family(StrEnum):
    """The kinds of numbering."""

    ARTICLE = "article"
    ROMAN = "roman"
    NUMBER = "number"
    PAREN = "paren"
    DECIMAL = "decimal"
    LETTER = "letter"
    DASH = "dash"
    PLUS = "plus"
    BULLET = "bullet"


@dataclass(frozen=True, slots=True)
class Mark:
    """What stands in front of a line, and the text behind it. `number`: 0 where it counts nothing."""

    family: Family
    number: int
    rest: str


@cache
def words() -> dict[str, Any]:
    """The lists and patterns of ingest.toml."""
    return tomllib.loads(WORDS.read_text("utf-8"))


def mark_of(text: str) -> Mark | None:
    """What a line is numbered with, if anything."""
    for family, pattern in _patterns():
        if match := pattern.match(text):
            number = match.groupdict().get("n") or ""
            return Mark(family, _value(number), text[match.end() :].strip())
    return None


@cache
def _patterns() -> tuple[tuple[Family, re.Pattern[str]], ...]:
    roman = r"(?=[IVX])X{0,2}(?:IX|IV|V?I{0,3})"
    article = words()["article"]
    return (
        (
            Family.ARTICLE,
            re.compile(rf"(?i:{article})\s+(?P<n>\d{{1,3}}|{roman})\s*[.:)]\s*(?=\S)"),
        ),
        (Family.ROMAN, re.compile(rf"(?P<n>{roman})\s*(?:[./)]|\s-)\s+")),
        (Family.DECIMAL, re.compile(r"\d{1,2}\.(?P<n>\d{1,2})\.?\s+")),
        (Family.PAREN, re.compile(r"\(?(?P<n>\d{1,2})\)\s*")),
        (Family.NUMBER, re.compile(r"(?P<n>\d{1,2})(?:\s*\.\s*(?=[^\d\s])|\s*/\s+)")),
        (Family.LETTER, re.compile(r"[a-zđ]\s*(?:[).]|/\s)\s*(?=\S{2})", re.IGNORECASE)),
        (Family.DASH, re.compile(r"-+\s*(?=[^\s\d-])|-\s+(?=\d)")),
        (Family.PLUS, re.compile(r"\+\s*(?=[^\s\d])|\+\s+(?=\d)")),
        (Family.BULLET, re.compile(r"[•*◦·○□■]\s*|o\s(?=\S{2})")),
    )


def _value(numeral: str) -> int:
    """The number of "12" or "IV"; 0 of nothing."""
    if numeral.isdigit() or not numeral:
        return int(numeral or 0)
    worth = [{"I": 1, "V": 5, "X": 10}[letter] for letter in numeral]
    after = [*worth[1:], 0]
    return sum(-w if w < a else w for w, a in zip(worth, after, strict=True))


def section_family(marks: Sequence[Mark]) -> Family:
    """What the sections are numbered with; DocumentError where nothing is.

    Roman numbers over arabic ones that run through are mere headings.
    """
    by_family = {
        family: [mark.number for mark in marks if mark.family is family] for family in Family
    }
    if by_family[Family.ARTICLE]:
        return Family.ARTICLE
    numbers = by_family[Family.NUMBER]
    if len(by_family[Family.ROMAN]) > 1 and (numbers.count(1) > 1 or not numbers):
        return Family.ROMAN
    for family in (Family.NUMBER, Family.ROMAN, Family.PAREN):
        if by_family[family]:
            return family
    raise DocumentError("no_numbering")


def is_of(text: str, family: Family) -> bool:
    """Whether a line is numbered in this way."""
    mark = mark_of(text)
    return mark is not None and mark.family is family
