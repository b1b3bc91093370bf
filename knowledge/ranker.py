"""From a question's features to the article that answers: first the topic, then the article within it."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from knowledge.linear import Features, Floats, Rows, Vocabulary, fit

MOST = 30_000  # phrasings that are learnt from at most, each twice
# how far a phrasing may pull; chosen on questions held back, like the next
TOPICS, ARTICLES = 0.8, 1.0
# what a score of one is worth, as the exponent of a likelihood
SHARP_TOPIC, SHARP_ARTICLE = 4.0, 4.0
SLIGHT = 1e-3  # a weight that says nothing
COMMON = 48  # articles that share a feature, from which on its weights are kept in full
EMPTY = 1e-30  # so that a topic without articles has a logarithm

KINDS = {  # of what is kept
    "topics": np.float16,
    "topic_of": np.int16,
    "starts": np.int32,
    "places": np.int16,
    "weights": np.float16,
}
_Own = tuple[Rows, Floats, int]  # a phrasing, and its article
_Cells = tuple[Rows, Rows, Floats]  # the feature, the article, and the weight of each


class _Shared(NamedTuple):
    """Weights of articles, one feature's behind the other's: where each begins, how many, of which articles."""

    starts: Rows
    counts: Rows
    places: npt.NDArray[np.generic]
    weights: Floats


class Likely(NamedTuple):
    """Logarithms of probabilities: of each topic, with "none of ours" last; of each article within its topic."""

    topics: Floats
    articles: Floats


class Ranker:
    """What was learnt of phrasings: the weights of the topics, and sparse ones of the articles of each topic."""

    def __init__(self, names: Sequence[str], parts: Mapping[str, npt.NDArray[np.generic]]) -> None:
        """`names`: the features. `parts`: what `parts` gave."""
        self._vocabulary = Vocabulary(names)
        self._parts = {name: parts[name].astype(kind) for name, kind in KINDS.items()}
        self._topics: Floats = self._parts["topics"].astype(np.float32)
        self._topic_of: Rows = self._parts["topic_of"].astype(np.intp)
        self._count = self._topics.shape[1]
        starts: Rows = self._parts["starts"].astype(np.intp)
        places, weights = self._parts["places"], self._parts["weights"].astype(np.float32)
        cells = _Shared(starts[:-1], np.diff(starts), places, weights)
        self._full, self._place, self._rare = _in_full(cells, len(self._topic_of))

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
        parts = {
            "topics": topics,
            "topic_of": np.array(topic_of),
            "starts": starts,
            "places": places[order],
            "weights": weights[order],
        }
        return cls(vocabulary.names, parts)

    @property
    def names(self) -> Sequence[str]:
        """The features."""
        return self._vocabulary.names

    def parts(self) -> dict[str, npt.NDArray[np.generic]]:
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
        weights = self._topics.take(rows, axis=0)
        topics = _logs(values @ weights, SHARP_TOPIC)
        scores = values @ self._full.take(self._place.take(rows), axis=0)
        counts = self._rare.counts.take(rows)
        cells = (self._rare.starts.take(rows) - counts.cumsum() + counts).repeat(counts)
        cells += np.arange(len(cells))
        parts = self._rare.weights.take(cells) * values.repeat(counts)
        scores += np.bincount(self._rare.places.take(cells), parts, minlength=len(scores))
        scores *= np.float32(SHARP_ARTICLE)
        whole = np.bincount(self._topic_of, np.exp(scores), minlength=self._count)
        return Likely(topics, scores - np.log(whole + EMPTY).take(self._topic_of))


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


def _in_full(cells: "_Shared", width: int) -> tuple[Floats, Rows, "_Shared"]:
    """The features that many articles share, in full; the place of each feature among them; the cells of the others.

    Such features are a seventh of all and nearly all that a question has, and a product of matrices is seven
    times as quick as going from cell to cell. Place 0 is empty: the others stand there, as these have no cells.
    """
    common = cells.counts >= COMMON
    full = np.zeros((1 + int(common.sum()), width), dtype=np.float32)
    place = np.where(common, common.cumsum(), 0)
    for row in np.flatnonzero(common).tolist():
        span = slice(cells.starts[row], cells.starts[row] + cells.counts[row])
        full[place[row], cells.places[span]] = cells.weights[span]
    rare = ~common.repeat(cells.counts)
    counts = np.where(common, 0, cells.counts)
    starts = counts.cumsum() - counts
    return full, place, _Shared(starts, counts, cells.places[rare], cells.weights[rare])


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
