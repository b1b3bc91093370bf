"""A linear model from a question's features to the article that answers, trained on the `ask` lines."""

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

SMOOTH = 0.6  # how much the weights are held back; chosen on phrasings held back
MOST = 12_000  # phrasings that are trained on at most: the time goes with their cube
BLOCK = 256  # rows and columns worked on at a time
COMMON = 40  # phrasings that share a feature, from which on it is multiplied densely

Floats = npt.NDArray[np.float32]
Phrasing = Mapping[str, float]


class Ranker:
    """Weights (features × classes); the score of a class is near 1 for its own phrasings, near 0 for others'."""

    def __init__(self, names: Sequence[str], weights: Floats) -> None:
        """`names`: the features, in the order of the rows of `weights`."""
        self.names = names
        self.weights = weights
        self._rows = {name: row for row, name in enumerate(names)}

    @classmethod
    def trained(
        cls, phrasings: Sequence[Phrasing], owners: Sequence[Sequence[int]], classes: int
    ) -> "Ranker":
        """`owners`: the classes of each phrasing; an article's are itself and its topic."""
        seen = Counter(name for phrasing in phrasings for name in phrasing)
        names = sorted((name for name, count in seen.items() if count > 1), key=seen.__getitem__)
        return cls(names, _weights(phrasings, owners, classes, names))

    def scores(self, question: Phrasing) -> Floats:
        """The score of each class."""
        row_of = self._rows.get
        known = [
            (row, value) for name, value in question.items() if (row := row_of(name)) is not None
        ]
        values = np.array([value for _, value in known], dtype=np.float32)
        scores: Floats = values @ self.weights.take([row for row, _ in known], axis=0)
        return scores


def _weights(
    phrasings: Sequence[Phrasing],
    owners: Sequence[Sequence[int]],
    classes: int,
    names: Sequence[str],
) -> Floats:
    """Ridge regression in its dual form: the phrasings are fewer than the features."""
    columns = _columns(phrasings, {name: row for row, name in enumerate(names)})
    gram = _gram(columns, len(phrasings))
    for row, phrasing in enumerate(phrasings):
        gram[row, row] = SMOOTH + sum(value * value for value in phrasing.values())
    y = np.zeros((len(phrasings), classes), dtype=np.float32)
    for row, own in enumerate(owners):
        y[row, list(own)] = 1.0
    _solve(gram, y)
    return np.array([values @ y[rows] for rows, values in columns], dtype=np.float32)


def _columns(
    phrasings: Sequence[Phrasing], rows: Mapping[str, int]
) -> list[tuple[npt.NDArray[np.intp], Floats]]:
    """For each feature: the phrasings that have it, and how much."""
    at: list[list[int]] = [[] for _ in rows]
    much: list[list[float]] = [[] for _ in rows]
    for place, phrasing in enumerate(phrasings):
        for name, value in phrasing.items():
            if (row := rows.get(name)) is not None:
                at[row].append(place)
                much[row].append(value)
    return [
        (np.array(a, dtype=np.intp), np.array(m, dtype=np.float32))
        for a, m in zip(at, much, strict=True)
    ]


def _gram(columns: Sequence[tuple[npt.NDArray[np.intp], Floats]], size: int) -> Floats:
    """How alike each two phrasings are: rare features one by one, common ones in dense blocks."""
    gram = np.zeros((size, size), dtype=np.float32)
    rare = [column for column in columns if len(column[0]) < COMMON]
    for places, values in rare:
        gram[places[:, None], places] += np.outer(values, values)
    for start in range(len(rare), len(columns), BLOCK):
        dense = np.zeros((size, BLOCK), dtype=np.float32)
        for at, (places, values) in enumerate(columns[start : start + BLOCK]):
            dense[places, at] = values
        gram += dense @ dense.T
    return gram


def _solve(a: Floats, y: Floats) -> None:
    """Solve a·x = y in place, y becoming x: Cholesky by blocks, without the copies that LAPACK is given."""
    blocks = [slice(at, min(at + BLOCK, len(a))) for at in range(0, len(a), BLOCK)]
    inverses = []
    for block in blocks:
        below = slice(block.stop, None)
        inverse = np.linalg.inv(np.linalg.cholesky(a[block, block]))
        inverses.append(inverse)
        a[below, block] = a[below, block] @ inverse.T
        for other in blocks:
            if other.start >= block.stop:
                a[other.start :, other] -= a[other.start :, block] @ a[other, block].T
    for block, inverse in zip(blocks, inverses, strict=True):
        y[block] = inverse @ y[block]
        y[block.stop :] -= a[block.stop :, block] @ y[block]
    for block, inverse in zip(reversed(blocks), reversed(inverses), strict=True):
        y[block] = inverse.T @ (y[block] - a[block.stop :, block].T @ y[block.stop :])
