"""Words and phrases that mean the same to a person who asks: "bỏ tù", "bóc lịch" and "đi tù" are one concept."""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from operator import ne
from pathlib import Path
from typing import NamedTuple

from knowledge.vietnamese import clean, fold

WORDS = Path(__file__).parent / "words" / "concepts.toml"
MARKED = 3  # one word in so many has marks in a text that was typed with them


class Phrase(NamedTuple):
    """Its words, without their marks and with them, and what it speaks of."""

    bare: list[str]
    words: list[str]
    concept: str


Start = tuple[list[Phrase], dict[str, list[Phrase]]]  # of one word; of several, by the second


class Concepts:
    """What words speak of; marks that were typed must agree, and where most were, a bare word is meant so."""

    def __init__(self, phrases: Mapping[str, Iterable[str]]) -> None:
        self._starts: dict[str, Start] = {}  # by their first word, folded
        for concept, said in phrases.items():
            for phrase in map(clean, said):
                bare = fold(phrase).split(" ")
                alone, followed = self._starts.setdefault(bare[0], ([], {}))
                found = followed.setdefault(bare[1], []) if len(bare) > 1 else alone
                found.append(Phrase(bare, phrase.split(" "), concept))

    def __call__(self, forms: list[str], plain: list[str]) -> dict[str, set[int]]:
        """The concepts of words, and their places; `plain` are the same words folded."""
        start_of, last = self._starts.get, len(plain) - 1
        marked = sum(map(ne, forms, plain)) * MARKED >= len(plain)
        found: dict[str, set[int]] = {}
        for start, first in enumerate(plain):
            if (phrases := start_of(first)) is None:
                continue
            alone, followed = phrases
            for phrase in alone:
                if forms[start] == phrase.words[0] or (not marked and forms[start] == first):
                    found.setdefault(phrase.concept, set()).add(start)
            if followed and start < last:
                for bare, words, concept in followed.get(plain[start + 1], ()):
                    end = start + len(bare)
                    if plain[start:end] != bare:
                        continue
                    typed = forms[start:end]
                    if typed == words or (not marked and _agree(typed, bare, words)):
                        found.setdefault(concept, set()).update(range(start, end))
        return found

    def words(self) -> frozenset[str]:
        """The words that they are told by."""
        return frozenset(
            word
            for alone, followed in self._starts.values()
            for phrases in (alone, *followed.values())
            for phrase in phrases
            for word in phrase.words
        )


def concepts(forms: list[str], plain: list[str] | None = None) -> dict[str, set[int]]:
    """The concepts of questions that words speak of, and the places of those words; `plain`: the same, folded."""
    return _of_questions()(forms, plain or fold(" ".join(forms)).split(" "))


def concept_words() -> frozenset[str]:
    """The words that concepts are told by."""
    return _of_questions().words()


def _agree(typed: Sequence[str], bare: Sequence[str], words: Sequence[str]) -> bool:
    """Whether the marks of each word, if it was typed with any, are the phrase's."""
    return all(one in (word, plain) for one, plain, word in zip(typed, bare, words, strict=True))


@cache
def _of_questions() -> Concepts:
    return Concepts(tomllib.loads(WORDS.read_text("utf-8")))
