"""Leads each typed syllable to a word that the articles know: as it stands, by a typing error, or by its sound."""

import re
import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

from rapidfuzz import process
from rapidfuzz.distance import OSA

from knowledge.vietnamese import fold

WORDS = Path(__file__).parent / "words" / "search.toml"
SLIPPED = 0.75  # weight of a word reached by a typing error or by its sound
CACHED = 20_000  # typed words remembered, of all people together
LEAST = 4  # letters of a word that may hold a typing error

# sounds that the regions don't tell apart, or that dictation mixes up
INITIALS = (("tr", "ch"), ("gi", "d"), ("r", "d"), ("v", "d"), ("s", "x"), ("l", "n"), ("ngh", "ng"), ("gh", "g"),
            ("k", "c"), ("qu", "w"))  # fmt: skip
FINALS = (("ng", "n"), ("nh", "n"), ("c", "t"), ("ch", "t"), ("y", "i"))
PLAIN = re.compile(r"[a-z]+")


class Lexicon:
    """The words of a corpus: folded, with their marks, and by their sound."""

    def __init__(self, marked: Iterable[str]) -> None:
        self.marked = frozenset(marked)
        self.folded = frozenset(fold(word) for word in self.marked)
        self._by_sound: dict[str, str] = {}
        for word in sorted(self.folded):
            self._by_sound.setdefault(sound(word), word)
        self._long = sorted(word for word in self.folded if len(word) >= LEAST and word.isalpha())
        self._cache: dict[str, tuple[str, float] | None] = {}

    def known(self, typed: str) -> tuple[str, float] | None:
        """The form to look up ("pháo", or "phao" where no marks were typed) and its weight; None: unknown."""
        if typed not in self._cache:
            if not typed.isalpha():  # a number is found at once, and may be somebody's
                return self._known(typed)
            if len(self._cache) > CACHED:
                self._cache.clear()
            self._cache[typed] = self._known(typed)
        return self._cache[typed]

    def _known(self, typed: str) -> tuple[str, float] | None:
        plain = fold(typed)
        if typed != plain and typed in self.marked:
            return typed, 1.0
        if plain in self.folded:
            return plain, 1.0 if typed == plain else SLIPPED
        if not PLAIN.fullmatch(plain):
            return None
        if (heard := self._by_sound.get(sound(plain))) is not None:
            return heard, SLIPPED
        if len(plain) < LEAST:
            return None
        near = process.extractOne(plain, self._long, scorer=OSA.distance, score_cutoff=1)
        return (near[0], SLIPPED) if near else None


def sound(word: str) -> str:
    """A key that words share which sound alike in some region: "lổ" and "nổ", "chộm" and "trộm"."""
    for initial, same in INITIALS:
        if word.startswith(initial) and len(word) > len(initial):
            word = same + word[len(initial) :]
            break
    for final, same in FINALS:
        if word.endswith(final) and len(word) > len(final):
            word = word[: -len(final)] + same
            break
    return word


@cache
def polite() -> frozenset[str]:
    """Folded words that say nothing about what is asked."""
    raw: Mapping[str, list[str]] = tomllib.loads(WORDS.read_text("utf-8"))
    return frozenset(raw["polite"])
