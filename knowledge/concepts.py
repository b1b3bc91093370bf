"""Words and phrases that mean the same to a person who asks: "bỏ tù", "bóc lịch" and "đi tù" are one concept."""

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from knowledge.vietnamese import clean, fold

WORDS = Path(__file__).parent / "words" / "concepts.toml"


class Phrase(NamedTuple):
    """Its words, without their marks and with them, and what it speaks of."""

    bare: list[str]
    words: list[str]
    concept: str


def concepts(forms: Sequence[str]) -> dict[str, set[int]]:
    """The concepts that words speak of, and the places of those words; marks that were typed must agree."""
    starts, plain = _starts(), fold(" ".join(forms)).split(" ")
    found: dict[str, set[int]] = {}
    for start, (first, second) in enumerate(pairwise([*plain, ""])):
        for bare, words, concept in (*starts.get(first, ()), *starts.get(f"{first} {second}", ())):
            end = start + len(bare)
            if plain[start:end] == bare and _agree(forms[start:end], bare, words):
                found.setdefault(concept, set()).update(range(start, end))
    return found


def concept_words() -> frozenset[str]:
    """The words that concepts are told by."""
    return frozenset(word for phrases in _starts().values() for p in phrases for word in p.words)


def _agree(typed: Sequence[str], bare: Sequence[str], words: Sequence[str]) -> bool:
    """Whether the marks of each word, if it was typed with any, are the phrase's."""
    return all(one in (word, plain) for one, plain, word in zip(typed, bare, words, strict=True))


@cache
def _starts() -> Mapping[str, tuple[Phrase, ...]]:
    """The phrases by their first two words, folded."""
    raw: Mapping[str, list[str]] = tomllib.loads(WORDS.read_text("utf-8"))
    starts: dict[str, list[Phrase]] = {}
    for concept, phrases in raw.items():
        for phrase in map(clean, phrases):
            bare = fold(phrase).split(" ")
            found = starts.setdefault(" ".join(bare[:2]), [])
            found.append(Phrase(bare, phrase.split(" "), concept))
    return {start: tuple(found) for start, found in starts.items()}
