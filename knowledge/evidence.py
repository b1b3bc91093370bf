"""What speaks for an article as the answer to a question, and what for none: measured, and weighed."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import NamedTuple

from knowledge.article import Article
from knowledge.vietnamese import fold, syllables

CORE = 0.7  # the share of an article's phrasings from which on a concept belongs to it

# calibrated on phrasings held back (docs/knowledge.md): what each is worth, as the exponent of a likelihood
LIKE, SUBJECT, STRANGE, MISSING, SLOT, BROAD = 1.45, 1.0, -2.65, -0.55, 0.8, -1.4
ELSE, FOREIGN = 0.07, 0.85


class Telling(NamedTuple):
    """A word that a question is about, folded; its share of what is told, and the concepts that it tells of."""

    word: str
    share: float
    concepts: Set[str]


class Evidence(NamedTuple):
    """For one article: how likely it is within its topic and how likely its topic is (logarithms), the share of the
    question that it never speaks of, and how surely it is asked with something that the question lacks."""

    place: int
    like: float
    subject: float
    strange: float
    missing: float


@dataclass(frozen=True, slots=True)
class Judged:
    """A question's candidates, and how likely it is asked elsewhere (a logarithm)."""

    candidates: tuple[Evidence, ...] = ()
    foreign: float = 0.0


@dataclass(frozen=True, slots=True)
class Portrait:
    """An article as questions see it: its folded words, its concepts, and how surely it is asked with some of them."""

    words: frozenset[str]
    concepts: frozenset[str]
    core: Mapping[str, float]

    def strange(self, told: Iterable[Telling]) -> float:
        """The share of what a question tells that the article never speaks of."""
        words, knows_none = self.words, self.concepts.isdisjoint
        return sum(
            [share for word, share, own in told if word not in words and knows_none(own)], 0.0
        )

    def missing(self, said: Set[str]) -> float:
        """How surely it is asked with a concept that a question lacks: 0, or CORE to 1."""
        return max([share for name, share in self.core.items() if name not in said], default=0.0)


def portrait(article: Article, asked: Sequence[Iterable[str]]) -> Portrait:
    """The portrait of an article from its own texts and the concepts of its phrasings."""
    texts = [article.title, article.label, *article.ask]
    for version in article.versions:
        texts += [version.short, version.text]
    words = frozenset(word for word in syllables(fold(" ".join(texts))))
    counts = Counter(concept for concepts in asked for concept in concepts)
    shares = {name: count / len(asked) for name, count in counts.items()}
    return Portrait(words, frozenset(counts), {n: s for n, s in shares.items() if s >= CORE})


def weight(one: Evidence, fit: float, broad: bool) -> float:
    """The weight of an article; `fit` as `slots_fit` gives it, `broad` where a stated slot asks for one of its rows."""
    likeness = LIKE * one.like + SUBJECT * one.subject
    against = STRANGE * one.strange + MISSING * one.missing
    return math.exp(likeness + against + SLOT * fit + BROAD * broad)


def elsewhere(judged: Judged) -> float:
    """The weight of "not ours to answer"."""
    return math.exp(ELSE + FOREIGN * judged.foreign)
