"""What speaks for an article as the answer to a question, and what for none: measured, and weighed."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from knowledge.article import Article
from knowledge.vietnamese import fold, syllables

# calibrated on phrasings held back (docs/knowledge.md): what each is worth, as the exponent of a likelihood
LIKE, SUBJECT, STRANGE, SLOT, BROAD = 1.9, 1.5, -3.8, 0.74, -0.73
ELSE, FOREIGN = 0.2, 0.93
LONG = -1.5  # who tells a long story seldom asks what is not ours
USUAL = 8  # the words of a usual question


class Telling(NamedTuple):
    """A word that a question is about, folded; its share of what is told, and the concepts that it tells of."""

    word: str
    share: float
    concepts: Sequence[str]


class Evidence(NamedTuple):
    """For one article: how likely it is within its topic and how likely its topic is (logarithms), and the share of
    the question that it never speaks of."""

    place: int
    like: float
    subject: float
    strange: float


@dataclass(frozen=True, slots=True)
class Judged:
    """A question's candidates, how likely it is asked elsewhere (a logarithm), and its words' number."""

    candidates: tuple[Evidence, ...] = ()
    foreign: float = 0.0
    length: int = USUAL


@dataclass(frozen=True, slots=True)
class Portrait:
    """An article as questions see it: its folded words, and the concepts that it is asked with."""

    words: tuple[str, ...]
    concepts: tuple[str, ...]


class Gallery:
    """All portraits side by side: for each word and concept the articles that know it, as bits of one number."""

    def __init__(self, portraits: Sequence[Portrait]) -> None:
        self._words = _knowing([portrait.words for portrait in portraits])
        self._concepts = _knowing([portrait.concepts for portrait in portraits])

    def strange(self, told: Iterable[Telling], places: Iterable[int]) -> list[float]:
        """The share of what a question tells that each of some articles never speaks of."""
        knowing, meant = self._words.get, self._concepts.get
        shares: list[tuple[float, int]] = []
        for word, share, own in told:
            known = knowing(word, 0)
            for concept in own:
                known |= meant(concept, 0)
            shares.append((share, known))
        return [
            sum([share for share, known in shares if not known >> place & 1], 0.0)
            for place in places
        ]


def _knowing(known: Iterable[Iterable[str]]) -> dict[str, int]:
    """What each of some places knows → the places, as bits."""
    found: dict[str, int] = {}
    for place, names in enumerate(known):
        for name in names:
            found[name] = found.get(name, 0) | 1 << place
    return found


def portrait(article: Article, asked: Sequence[Iterable[str]]) -> Portrait:
    """The portrait of an article from its own texts and the concepts of its phrasings."""
    texts = [article.title, article.label, *article.ask, *article.utterances]
    for version in article.versions:
        texts += [version.short, version.text]
    words = tuple(sorted(set(syllables(fold(" ".join(texts))))))
    return Portrait(words, tuple(sorted({concept for concepts in asked for concept in concepts})))


def weight(one: Evidence, fit: float, broad: bool) -> float:
    """The weight of an article; `fit` as `slots_fit` gives it, `broad` where a stated slot asks for one of its rows."""
    likeness = LIKE * one.like + SUBJECT * one.subject
    return math.exp(likeness + STRANGE * one.strange + SLOT * fit + BROAD * broad)


def elsewhere(judged: Judged) -> float:
    """The weight of "not ours to answer"."""
    longer = max(judged.length, USUAL / 2) / USUAL
    return math.exp(ELSE + FOREIGN * judged.foreign + LONG * math.log(longer))
