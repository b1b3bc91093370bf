"""Tells a question in English from one in Vietnamese: everything else is taken for Vietnamese."""

import re
from functools import cache
from pathlib import Path

WORD = re.compile(r"(?:[^\W\d_]|')+")
WORDS = (
    Path(__file__).parent / "words" / "english.txt"
)  # none is a Vietnamese syllable without its marks
LEAST = 2  # such words in a question, or more than a third of it


def english(text: str) -> bool:
    """Whether a text is English: words that only English has, and more of them where others have marks ("pháo hoa")."""
    words = WORD.findall(text.lower())
    known = _known()
    met = sum(word in known for word in words)
    if not all(word.isascii() for word in words):
        return met >= LEAST and met * 2 > len(words)
    return bool(words) and (met >= LEAST or met * 2 > len(words)) and met * 3 >= len(words)


@cache
def _known() -> frozenset[str]:
    return frozenset(WORDS.read_text("utf-8").split())
