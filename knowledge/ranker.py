"""From a question's features to the article that answers: first the topic, then the article within it."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from knowledge.linear import Features, Floats, Rows, Vocabulary, fit

MOST = 45_000  # phrasings that are learnt from at most, each twice
# how far a phrasing may pull; chosen on questions held back, like the next
TOPICS, ARTICLES = 0.8, 1.0
# what a score of one is worth, as the exponent of a likelihood
SHARP_TOPIC, SHARP_ARTICLE = 4.0, 4.0
SLIGHT = 1e-3  # a weight that says nothing
COMMON = 48  # articles that share a feature, from which on its weights are kept in full
STEPS = 32_767  # of which a weight is at most
EMPTY = 1e-30  # so that a topic without articles has a logarithm

Parts = Mapping[str, npt.NDArray[Any]]
KINDS = {  # of the parts: what a feature says of topics; of articles in full, as steps of its own size, or as cells
    "topics": np.float16,
    "topic_of": np.int16,
    "place": np.int32,
    "steps": np.int16,
    "sizes": np.float32,
    "starts": np.int32,
    "places": np.int16,
    "weights": np.float16,
}
_Own = tuple[Rows, Floats, int]  # a phrasing, and its article
_Cells = tuple[Rows, Rows, Floats]  # the feature, the article, and the weight of each


class Likely(NamedTuple):
    """Logarithms of probabilities: of each topic, with "none of ours" last; of each article within its topic."""

    topics: Floats
    articles: Floats


class Ranker:
    """What was learnt of phrasings: the weights of the topics, and sparse ones of the articles of each topic."""

    def __init__(self, names: Sequence[str], parts: Parts) -> None:
        """`names`: the features. `parts`: what `parts` gave."""
        self._vocabulary = Vocabulary(names)
        self._parts = {name: parts[name].astype(kind, copy=False) for name, kind in KINDS.items()}
        self._topic_of: Rows = self._parts["topic_of"].astype(np.intp)
        self._counts: Rows = np.diff(self._parts["starts"])

    @classmethod
    def trained(
        cls,
        phrasings: Sequence[Features],
        owners: Sequence[int | None],
        topic_of: Sequence[int],
        *,
        vocabulary: Vocabulary,
    ) -> "Ranker":
        """`owners`: the article of each phrasing, None for what is not ours. `topic_of`: the topic of each article."""
        read = [vocabulary.read(phrasing) for phrasing in phrasings]
        count = max(topic_of, default=-1) + 1
        subjects = [count if owner is None else topic_of[owner] for owner in owners]
        topics = fit(
            read,
            [(subject,) for subject in subjects],
            rows=len(vocabulary),
            classes=count + 1,
            trust=TOPICS,
        )
        own: list[list[_Own]] = [[] for _ in range(count)]
        for one, owner in zip(read, owners, strict=True):
            if owner is not None:
                own[topic_of[owner]].append((*one, owner))
        rows, places, weights = _joined([_within(phrasings) for phrasings in own])
        order = rows.argsort(kind="stable")
        starts = np.searchsorted(rows[order], np.arange(len(vocabulary) + 1))
        of_articles = _split(starts, places[order], weights[order], len(topic_of))
        parts = {"topics": topics, "topic_of": np.array(topic_of), **of_articles}
        return cls(vocabulary.names, parts)

    @property
    def names(self) -> Sequence[str]:
        """The features."""
        return self._vocabulary.names

    def parts(self) -> Parts:
        """Everything but the names, as arrays to be kept."""
        return self._parts

    @property
    def rows(self) -> Mapping[str, int]:
        """The row of each feature; behind them all stands the bias, which every question has."""
        return self._vocabulary.rows

    def likely(self, question: Features) -> Likely:
        """How likely each topic is, and each article within its topic."""
        return self.likely_of(*self._vocabulary.read(question))

    def likely_of(self, rows: Rows, values: Floats) -> Likely:
        """The same of features by their rows, the bias among them."""
        parts = self._parts
        topics = values @ parts["topics"].take(rows, axis=0).astype(np.float32)
        place = parts["place"].take(rows)
        sized = values * parts["sizes"].take(place)
        scores = sized @ parts["steps"].take(place, axis=0).astype(np.float32)
        counts = self._counts.take(rows)
        cells = (parts["starts"].take(rows) - counts.cumsum() + counts).repeat(counts)
        cells += np.arange(len(cells))
        weights = parts["weights"].take(cells) * values.repeat(counts)
        scores += np.bincount(parts["places"].take(cells), weights, minlength=len(scores))
        scores *= np.float32(SHARP_ARTICLE)
        whole = np.bincount(self._topic_of, np.exp(scores), minlength=len(topics))
        articles = scores - np.log(whole + EMPTY).take(self._topic_of)
        return Likely(_logs(topics, SHARP_TOPIC), articles)


def _joined(parts: Sequence[_Cells]) -> _Cells:
    nothing = np.empty(0, dtype=np.intp)
    columns = zip((nothing, nothing, nothing.astype(np.float32)), *parts, strict=True)
    rows, places, weights = (np.concatenate(column) for column in columns)
    return rows, places, weights


def _logs(scores: Floats, sharp: float) -> Floats:
    """Scores as logarithms of probabilities that add up to one."""
    logs: Floats = (scores - scores.max()) * np.float32(sharp)
    logs -= np.log(np.exp(logs).sum())
    return logs


def _split(starts: Rows, places: Rows, weights: Floats, width: int) -> Parts:
    """The weights of features that many articles share, in full, and the cells of the others.

    The former are a quarter of all features and nearly all that a question has, and a product of matrices is
    seven times as quick as going from cell to cell. Place 0 is empty: there stand those that are left as cells.
    """
    counts = np.diff(starts)
    common = counts >= COMMON
    steps = np.zeros((1 + int(common.sum()), width), dtype=np.int16)
    sizes = np.ones(len(steps), dtype=np.float32)
    for place, row in enumerate(np.flatnonzero(common).tolist(), 1):
        cells = slice(starts[row], starts[row + 1])
        sizes[place] = np.abs(weights[cells]).max() / STEPS
        steps[place, places[cells]] = np.rint(weights[cells] / sizes[place])
    left = ~common.repeat(counts)
    return {
        "place": np.where(common, common.cumsum(), 0),
        "steps": steps,
        "sizes": sizes,
        "starts": np.concatenate([[0], np.where(common, 0, counts).cumsum()]),
        "places": places[left],
        "weights": weights[left],
    }


def _within(phrasings: Sequence[_Own]) -> _Cells:
    """The weights that tell the articles of one topic from each other."""
    articles = sorted({owner for _, _, owner in phrasings})
    place_of = {article: place for place, article in enumerate(articles)}
    features = np.unique(np.concatenate([rows for rows, _, _ in phrasings]))
    weights = fit(
        [(np.searchsorted(features, rows), values) for rows, values, _ in phrasings],
        [(place_of[owner],) for _, _, owner in phrasings],
        rows=len(features),
        classes=len(articles),
        trust=ARTICLES,
    )
    at, place = np.nonzero(np.abs(weights) > SLIGHT)
    return features[at], np.array(articles, dtype=np.intp)[place], weights[at, place]
