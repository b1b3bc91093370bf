"""Keeps people out of what is kept: which unanswered question may be, and with what left out."""

import re
import unicodedata
from collections.abc import Mapping
from functools import cache

from knowledge.triage.danger import emergency
from knowledge.triage.offence import accusation
from knowledge.triage.words import LENGTH, phrases, read, table
from knowledge.vietnamese import fold

FILE = "triage_privacy"
HIDDEN = "[…]"

_SUM = re.compile(r"[1-9]\d{0,2}(?:[.,]\d{3}){1,3} ?(?:đồng|đ|vnđ|vnd)\b", re.IGNORECASE)
_LINK = re.compile(
    r"\b(?:https?://|www\.)\S+|\b[\w-]{1,63}(?:\.[\w-]{1,63}){0,4}\.(?:com|vn|net|org|info|xyz|me|top|io)\b\S*",
    re.IGNORECASE,
)
_MAIL = re.compile(r"\b[\w.+-]{1,64}@[\w.-]{1,255}|(?<!\w)@\w+")
_PLATE = re.compile(r"\b\d{2}[ -]?[A-ZĐ]{1,2}\d?[ .-]{0,3}\d{3}[ .]?\d{1,2}\b", re.IGNORECASE)
_DIGITS = re.compile(r"\+?\d(?:[ .()-]{0,2}\d){5,}")
_TOKEN = re.compile(r"\w[\w/]*|\W+")
_RUN = re.compile(r"\[…\](?: +\[…\])+")


def keepable(text: str) -> bool:
    """Whether an unanswered question may be kept: it asks of rules, and tells of no person, place or event.

    Only what is plainly so is kept; in doubt it is not.
    """
    if (
        len(text) > LENGTH
        or not text.isprintable()
        or mask(text) != unicodedata.normalize("NFC", text)
        or _capitals(text)
    ):
        return False
    said = phrases(FILE, "opener").without(read(text))
    found = phrases(FILE, "person", "place", "event", "shape", "rule").found(said)
    if found != {"shape", "rule"}:
        return False
    return not accusation(text) and not emergency(text)


def _capitals(text: str) -> bool:
    """Whether a word inside the text has a capital letter of its own: most likely a name."""
    return any(map(_is_name, _TOKEN.findall(text.strip())[1:]))


def mask(text: str) -> str:
    """The text with "[…]" for telephone, identity and account numbers, plates, names, addresses, mail and links."""
    text = unicodedata.normalize("NFC", text[:LENGTH])
    for pattern in (_MAIL, _LINK, _PLATE):
        text = pattern.sub(HIDDEN, text)
    text = _DIGITS.sub(_number, text)
    return _RUN.sub(HIDDEN, _without_names(text))


def _number(found: re.Match[str]) -> str:
    return found[0] if _SUM.match(found.string, found.start()) else HIDDEN


def _without_names(text: str) -> str:
    tokens = _TOKEN.findall(text)
    words = [token for token in tokens if token[0].isalnum() or token[0] == "_"]
    hidden = _hidden(words)
    place = iter(range(len(words)))
    return "".join(
        HIDDEN if (token[0].isalnum() or token[0] == "_") and hidden[next(place)] else token
        for token in tokens
    )


def _hidden(words: list[str]) -> list[bool]:
    """Which words name somebody or a place: by their capital, or by the word before them."""
    plain = [fold(word.lower()) for word in words]
    capital = [_is_name(word) for word in words]
    hidden: list[bool] = []
    for at, word in enumerate(words):
        before = plain[at - 1] if at else ""
        run = bool(hidden and hidden[-1] and capital[at])
        pair = capital[at] and (
            (at + 1 < len(words) and capital[at + 1]) or (at > 0 and capital[at - 1])
        )
        called = before in _sets()["titles"] and word[0].isupper()
        nicknamed = before in _sets()["nicknames"] and plain[at] not in _sets()["aside"]
        placed = before in _sets()["places"] and (capital[at] or word[0].isdigit())
        housed = " ".join(plain[max(0, at - 2) : at]) in ("so nha", "nha so")
        hidden.append(run or pair or called or nicknamed or placed or housed)
    return hidden


def _is_name(word: str) -> bool:
    return word[0].isupper() and word.lower() not in _sets()["common"]


@cache
def _sets() -> Mapping[str, frozenset[str]]:
    """The word lists of the file; all but the common words without marks."""
    lists = table(FILE)["words"]
    return {
        key: frozenset(words if key == "common" else map(fold, words))
        for key, words in lists.items()
    }
