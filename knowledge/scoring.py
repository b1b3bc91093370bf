"""Ranks a question as `ranker.likely(features(…))` does, with what is the same of each word looked up once."""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from operator import attrgetter

import numpy as np

from knowledge.features import MARKED_PAIR, PAIR, STATED, Known, of_concepts, of_word
from knowledge.ranker import Likely, Ranker
from knowledge.vietnamese import fold

Following = Mapping[str, int]  # the second word of a pair → the pair's row
NO_PAIRS: Following = {}
NO_MARKS: Following = {}  # … of a word that has none: it is in no pair of words with marks

_weight = attrgetter("weight")


@dataclass(frozen=True, slots=True)
class _Word:
    """A word with its marks and without, how far it is to be trusted, and its features that a ranker knows, or not."""

    form: str
    plain: str
    trust: float
    weight: float  # of the whole word: its other features have a share of it
    rows: Mapping[int, float]
    strange: Mapping[str, float]
    pairs: Following
    marked: Following


class Scoring:
    """What is likely by one ranker."""

    def __init__(self, ranker: Ranker) -> None:
        self._ranker = ranker
        self._words: dict[tuple[str, float], _Word] = {}  # of the words that the articles know
        self._bias = len(ranker.rows)
        self._pairs, self._marked = _pairs(ranker)

    def __call__(self, known: Known, concepts: Iterable[str], stated: Iterable[str]) -> Likely:
        """How likely each topic is, and each article within its topic."""
        word_of = self._words.get
        words = [word_of(each) or self._word(*each) for each in known]
        rows, strange = self._sorted(
            [(f"@{name}", STATED) for name in stated] + of_concepts(concepts)
        )
        for word in sorted(words, key=_weight):  # of two weights of a feature the larger one stays
            rows.update(word.rows)
            if word.strange:
                strange.update(word.strange)
        for one, other in pairwise(words):
            weight = PAIR * (one.trust if one.trust < other.trust else other.trust)
            if (row := one.pairs.get(other.plain)) is None:
                pair = f"{one.plain} {other.plain}"
                strange[pair] = max(weight, strange.get(pair, 0.0))
            elif weight > rows.get(row, 0.0):
                rows[row] = weight
            if one.marked is not NO_MARKS and other.marked is not NO_MARKS:
                weight *= MARKED_PAIR / PAIR
                if (row := one.marked.get(other.form)) is None:
                    pair = f"={one.form} {other.form}"
                    strange[pair] = max(weight, strange.get(pair, 0.0))
                elif weight > rows.get(row, 0.0):
                    rows[row] = weight
        values = np.fromiter(rows.values(), np.float32, len(rows))
        square = float(values @ values) + sum([weight * weight for weight in strange.values()])
        values *= np.float32(1 / (math.sqrt(square) or 1.0))
        return self._ranker.likely_of(
            np.array([*rows, self._bias], np.intp), np.append(values, np.float32(1))
        )

    def _word(self, form: str, trust: float) -> _Word:
        plain, named = fold(form), of_word(form, trust)
        rows, strange = self._sorted(named)
        pairs = self._pairs.get(plain, NO_PAIRS)
        marked = NO_MARKS if form == plain else self._marked.get(form, NO_PAIRS)
        word = _Word(form, plain, trust, named[0][1], rows, strange, pairs, marked)
        self._words[form, trust] = word
        return word

    def _sorted(
        self, named: Iterable[tuple[str, float]]
    ) -> tuple[dict[int, float], dict[str, float]]:
        """Features that the ranker knows, by their rows, and the others, which only make a question longer."""
        rows: dict[int, float] = {}
        strange: dict[str, float] = {}
        row_of = self._ranker.rows.get
        for name, weight in named:
            if (row := row_of(name)) is None:
                strange[name] = weight
            else:
                rows[row] = weight
        return rows, strange


def _pairs(ranker: Ranker) -> tuple[Mapping[str, Following], Mapping[str, Following]]:
    """The pairs that a ranker knows, without marks and with them: first word → second word → row."""
    plain: defaultdict[str, dict[str, int]] = defaultdict(dict)
    marked: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for name, row in ranker.rows.items():
        if " " in name:
            first, second = name.split(" ")
            if first[0] == "=":
                marked[first[1:]][second] = row
            else:
                plain[first][second] = row
    return dict(plain), dict(marked)
