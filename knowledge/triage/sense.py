"""Hears danger, and somebody accused, in words that no phrase foresaw: a linear model of how people tell and talk.

It learns from lines of people (words/danger.txt, told.txt) beside what only sounds like them (talk.txt), what people
ask elsewhere, and the phrasings of articles. It knows words, pairs of words, and signs (words/signs.toml).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from hashlib import blake2b
from itertools import pairwise
from pathlib import Path

import numpy as np

from knowledge.concepts import Concepts
from knowledge.linear import Floats, Vocabulary, fit
from knowledge.triage.phrases import Said
from knowledge.triage.words import lines, read, table

KNOWLEDGE = Path(__file__).parents[1]
SHIPPED = KNOWLEDGE / "weights"  # made by `make install`
LEARNT_FROM = ("danger", "told", "talk", "elsewhere")
PAIR = 0.7  # of a word's weight; chosen on messages held back, like the next and the bounds in danger.py, offence.py
TRUST = 0.3


@dataclass(frozen=True, slots=True)
class Heard:
    """How surely danger is told as there, how surely an offence of somebody: about 0 to 1."""

    danger: float
    told: float


@lru_cache(maxsize=2)  # a message is looked at by several; none but the last stays in memory
def hear(said: Said) -> Heard:
    """What a message sounds like."""
    vocabulary, weights = _model()
    rows, values = vocabulary.read(_features(said))
    danger, told = ((1 + values @ weights.take(rows, axis=0)) / 2).tolist()
    return Heard(danger, told)


@lru_cache(maxsize=2)
def signs(said: Said) -> frozenset[str]:
    """The signs of a message: dangers by their names in words/signs.toml, and manners of telling."""
    return frozenset(_signs()(said.line.split(), said.plain.split()))


def train() -> tuple[Vocabulary, Floats]:
    """Learn from the lines of the shipped files; the classes: danger, told."""
    kinds = {"danger": (0,), "told": (1,)}
    taught = [(line, kinds.get(name, ())) for name in LEARNT_FROM for line in lines(name)]
    taught += [(line, ()) for line in _asked()]
    seen = [_features(read(line)) for line, _ in taught]
    vocabulary = Vocabulary.of(seen)
    weights = fit(
        [vocabulary.read(each) for each in seen],
        [kind for _, kind in taught],
        rows=len(vocabulary),
        classes=len(kinds),
        trust=TRUST,
    )
    return vocabulary, weights


def file() -> Path:
    """Where the weights are kept that this program learns from these lines."""
    taught = [*map(lines, LEARNT_FROM), lines("signs", "toml"), Path(__file__).read_text("utf-8")]
    return SHIPPED / f"sense-{blake2b(repr(taught).encode(), digest_size=16).hexdigest()}.npz"


def save() -> None:
    """Learn, and keep it in the package, where it is not kept yet."""
    SHIPPED.mkdir(exist_ok=True)
    if not file().exists():
        vocabulary, weights = train()
        np.savez(file(), names=np.array(vocabulary.names), weights=weights)


@cache
def _model() -> tuple[Vocabulary, Floats]:
    """As kept; else learnt now."""
    if not file().exists():
        return train()
    with np.load(file(), allow_pickle=False) as kept:
        return Vocabulary(kept["names"].tolist()), kept["weights"]


def _features(said: Said) -> dict[str, float]:
    words = said.plain.split()
    found = dict.fromkeys(words, 1.0)
    found |= {f"{first} {second}": PAIR for first, second in pairwise(words)}
    found |= {f"#{sign}": 1.0 for sign in signs(said)}
    length = sum([weight * weight for weight in found.values()]) ** 0.5 or 1.0
    return {name: weight / length for name, weight in found.items()}


@cache
def _signs() -> Concepts:
    data = table("signs")
    named = {name: danger["phrases"] for name, danger in data["danger"].items()}
    return Concepts(named | data["manner"])


def _asked() -> Iterator[str]:
    """Some phrasings of the shipped articles."""
    from knowledge.load import load_articles

    for article in load_articles(KNOWLEDGE / "articles").values():
        yield from article.ask[::3]
