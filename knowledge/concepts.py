"""Words and phrases that mean the same to a person who asks: "bỏ tù", "bóc lịch" and "đi tù" are one concept."""

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from knowledge.vietnamese import clean, fold

WORDS = Path(__file__).parent / "words" / "concepts.toml"

Phrase = tuple[tuple[str, ...], str]  # its words with their marks, and its concept


def concepts(forms: Sequence[str]) -> dict[str, set[int]]:
    """The concepts that words speak of, and the places of those words; marks that were typed must agree."""
    table, plain = _table(), fold(" ".join(forms)).split(" ")
    found: dict[str, set[int]] = {}
    for start, first in enumerate(plain):
        for end in range(start + 1, min(start + _longest().get(first, 0), len(plain)) + 1):
            for words, concept in table.get(" ".join(plain[start:end]), ()):
                if all(map(_agree, forms[start:end], words)):
                    found.setdefault(concept, set()).update(range(start, end))
    return found


def concept_words() -> frozenset[str]:
    """The words that concepts are told by."""
    return frozenset(word for rows in _table().values() for words, _ in rows for word in words)


def _agree(typed: str, word: str) -> bool:
    """Whether typed marks, if any, are the word's."""
    return typed == word or typed == fold(word)


@cache
def _table() -> Mapping[str, tuple[Phrase, ...]]:
    """Phrases by their folded words."""
    raw: Mapping[str, list[str]] = tomllib.loads(WORDS.read_text("utf-8"))
    table: dict[str, tuple[Phrase, ...]] = {}
    for concept, phrases in raw.items():
        for phrase in map(clean, phrases):
            table[fold(phrase)] = (*table.get(fold(phrase), ()), (tuple(phrase.split()), concept))
    return table


@cache
def _longest() -> Mapping[str, int]:
    """The syllables of the longest phrase that begins with a word."""
    longest: dict[str, int] = {}
    for phrase in _table():
        first, *rest = phrase.split(" ")
        longest[first] = max(longest.get(first, 0), len(rest) + 1)
    return longest
