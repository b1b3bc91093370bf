"""What is suspicious about a message that is pasted or forwarded: red flags by name; no verdict, nothing kept."""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from knowledge.vietnamese import clean, fold

WORDS = Path(__file__).parent / "words" / "scam.toml"
NO_PHRASES = ("links", "asked", "told")  # tables of the file that are no flags
LINKS = ("lookalike", "shortener", "link")
LEAST_WORDS = 5  # of a pasted message beside the question about it
LONG = 15  # words: so long a text is a message, or has one in it
ENOUGH = 3  # flags of a message that nobody asked about

URL = re.compile(
    r"(https?://|www\.)?([\w.-]+@)?((?:[a-z0-9-]{1,63}\.)+[a-z]{2,24})\b", re.IGNORECASE
)
THIS = re.compile(
    r"(?:\w+ ){1,2}(?:nay|tren|duoi|do|kia|sau|vua roi)\b"
    r"|(?:kiem|xem|check|doc|is|look)\b.*\b(?:this|it|nay|sau|duoi)\b"
)
IP_LINK = re.compile(r"https?://\d{1,3}(?:\.\d{1,3}){3}")
HINT = re.compile(  # without one of these, in small letters, nobody asks about a message
    r"lừa|scam|fraud|thật|giả|tin được|tin duoc|đáng tin|dang tin|an to[àa]n|kiểm"
    r"|\b(?:lua|that|gia|kiem|xem|check|đọc|doc|is (?:this|it)|look at)\b"
)
QUOTED = re.compile(r"(?:[\n\"“«]|:(?!//))\s*(\S.*)", re.DOTALL)
LOOKS_LIKE = str.maketrans("0135", "oles")  # digits that stand for letters in a false name


@dataclass(frozen=True, slots=True)
class Asked:
    """A question about a message: the message, "" where it was not pasted; and the words around it."""

    message: str
    around: str


def red_flags(message: str) -> tuple[str, ...]:
    """The names of the flags that a message shows (tables of words/scam.toml, and of its links), the surest first."""
    text = f" {clean(message)} "
    plain = fold(text)
    phrases, said = (_plain_phrases(), plain) if message.isascii() else (_phrases(), text)
    found = {name for name, known in phrases.items() if any(phrase in said for phrase in known)}
    links = {_link(*link) for link in _links(message)}
    if IP_LINK.search(message):
        links.add("lookalike")
    return tuple(name for name in (*LINKS, *_phrases()) if name in links or name in found)


def asked_about(text: str) -> Asked | None:
    """The message that a question is about ("tin này có phải lừa không: …"); None where it is no such question."""
    if not HINT.search(text.lower()):
        return None
    plain = fold(clean(text))
    found = next((m for pattern in _questions() if (m := pattern.search(plain))), None)
    if found is None:
        return None
    rest = f"{plain[: found.start()]} {plain[found.end() :]}".split()
    links = _linked(text)
    quoted = QUOTED.search(text)
    if quoted and (links or len(quoted[1].split()) >= LEAST_WORDS):
        return Asked(quoted[1], text[: quoted.start()])
    if links or len(rest) >= LONG:
        return Asked(text, "")
    if THIS.match(found[0]) and _nothing().issuperset(word for word in rest if word.isalnum()):
        return Asked("", text)
    return None


def looks_pasted(text: str, *, awaited: bool = False) -> bool:
    """Whether a text reads like somebody else's message, not like a question or a story of its sender.

    `awaited`: such a message was asked for, or this one was forwarded; one flag is enough then.
    """
    words, linked = len(text.split()), _linked(text)
    if awaited and linked:
        return True
    if not awaited and not linked and words < LONG:  # most questions: nothing else is looked at
        return False
    if words < LEAST_WORDS or text.rstrip().endswith("?") or _tells(text):
        return False
    if awaited and words >= LONG:
        return True
    return len(red_flags(text)) >= (1 if awaited else 2 if linked else ENOUGH)


def _tells(text: str) -> bool:
    """Whether somebody tells what happened to them, or asks what to do."""
    said = f" {clean(text)} "
    plain = fold(said)
    return any(phrase in said or bare in plain for phrase, bare in _told())


def _linked(text: str) -> bool:
    return any(True for _ in _links(text)) or bool(IP_LINK.search(text))


def _links(message: str) -> Iterator[tuple[str, bool]]:
    """The hosts that a message leads to, and whether something stands before them that hides them."""
    for scheme, user, host in URL.findall(message) if "." in message else ():
        host = host.lower()
        if scheme or host.rpartition(".")[2] in _table()["links"]["endings"]:
            if user and not scheme:  # somebody's e-mail address
                continue
            yield host.removeprefix("www."), bool(user)


def _link(host: str, hidden: bool) -> str:
    """What kind of link a host is."""
    links = _table()["links"]
    if host in links["short"]:
        return "shortener"
    if hidden or "xn--" in host or _false_name(host, links):
        return "lookalike"
    return "link"


def _false_name(host: str, links: Mapping[str, Sequence[str]]) -> bool:
    """Whether a host carries the name of an agency or a firm without being its own address."""
    if any(host == state or host.endswith(f".{state}") for state in links["state"]):
        return False
    letters = host.translate(LOOKS_LIKE).replace("-", "")
    if any(name in letters for name in links["agencies"]):
        return True
    labels = host.split(".")
    own = labels[-3] if labels[-2:-1] == ["com"] and len(labels) > 2 else labels[-2]
    for brand in links["brands"]:
        if brand in letters:
            return own != brand or labels[-1] in links["odd"]
    return False


@cache
def _table() -> Mapping[str, Any]:
    return tomllib.loads(WORDS.read_text("utf-8"))


@cache
def _phrases() -> Mapping[str, tuple[str, ...]]:
    """The phrases of each flag, as `clean` writes them, with a space at both ends."""
    return {
        name: tuple(f" {clean(phrase)} " for phrase in table["phrases"])
        for name, table in _table().items()
        if name not in NO_PHRASES
    }


@cache
def _plain_phrases() -> Mapping[str, tuple[str, ...]]:
    """The same for a message without marks: only what is clear without them."""
    return {
        name: (
            *(fold(phrase) for phrase in phrases if phrase.isascii() or " " in phrase.strip()),
            *(f" {phrase} " for phrase in _table()[name].get("bare", ())),
        )
        for name, phrases in _phrases().items()
    }


@cache
def _questions() -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(rf"\b{pattern}\b") for pattern in _table()["asked"]["about"])


@cache
def _nothing() -> frozenset[str]:
    return frozenset(word for phrase in _table()["asked"]["nothing"] for word in phrase.split())


@cache
def _told() -> tuple[tuple[str, str], ...]:
    """The phrases of stories and questions, as `clean` writes them and without marks."""
    phrases = [f" {clean(phrase)} " for phrase in _table()["told"]["phrases"]]
    return tuple((phrase, fold(phrase)) for phrase in phrases)
