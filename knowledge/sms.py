"""A text as an SMS that any telephone shows: without marks, in one message of 160 letters."""

import re
import unicodedata
from collections.abc import Iterator

SMS = 160  # letters of one message in the GSM alphabet (3GPP TS 23.038)
TWICE = frozenset("^{}[]~|\\€")  # letters that take the room of two

SIGNS = str.maketrans(
    {"đ": "d", "Đ": "D", "–": "-", "—": "-", "…": "...", "“": '"', "”": '"', "‘": "'", "’": "'"}
)
SENTENCE = re.compile(r".+?(?:[.!?](?=\s|$)|$)", re.DOTALL)


def unmarked(text: str) -> str:
    """The text without marks, capitals kept: "Đã uống" → "Da uong"; what has no plain letter is left out."""
    letters = unicodedata.normalize("NFD", text.translate(SIGNS))
    return letters.encode("ascii", "ignore").decode()


def length(sms: str) -> int:
    """How many letters of a message it takes."""
    return len(sms) + sum(letter in TWICE for letter in sms)


def sms_of(text: str, most: int = SMS) -> str:
    """As many whole sentences as fit into one message; the first one cut behind a word, if even that is too long."""
    plain = re.sub(r"\s+", " ", unmarked(re.sub(r"\*\*|^- ", "", text, flags=re.MULTILINE))).strip()
    kept = ""
    for sentence in _sentences(plain):
        if length(longer := f"{kept} {sentence}".strip()) > most:
            break
        kept = longer
    return kept or _cut(plain, most)


def _sentences(plain: str) -> Iterator[str]:
    return (match[0].strip() for match in SENTENCE.finditer(plain) if match[0].strip())


def _cut(plain: str, most: int) -> str:
    while length(plain) > most:
        plain = plain.rpartition(" ")[0] or plain[:-1]
    return plain.rstrip(" ,;:-")
