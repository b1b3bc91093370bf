"""A linear model from a question's features to the article that answers, trained on the `ask` lines at load."""

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from knowledge.features import SIZE

SMOOTH = 0.6  # how much the weights are held back; chosen on phrasings held back
MOST = 6000  # phrasings trained on at most

Floats = npt.NDArray[np.float32]


class Ranker:
    """Weights (features × classes); the score of a class is near 1 for its own phrasings, near 0 for others'."""

    def __init__(
        self,
        phrasings: Sequence[Mapping[int, float]],
        owners: Sequence[Sequence[int]],
        classes: int,
    ) -> None:
        """`owners`: the classes of each phrasing; an article's are itself and its topic."""
        step = max(1, -(-len(phrasings) // MOST))
        self.weights = _ridge(phrasings[::step], owners[::step], classes)

    def scores(self, question: Mapping[int, float]) -> Floats:
        """The score of each class."""
        places = np.fromiter(question.keys(), dtype=np.intp, count=len(question))
        values = np.fromiter(question.values(), dtype=np.float32, count=len(question))
        scores: Floats = values @ self.weights[places]
        return scores


def _ridge(
    phrasings: Sequence[Mapping[int, float]], owners: Sequence[Sequence[int]], classes: int
) -> Floats:
    """Ridge regression in its dual form: the phrasings are fewer than the features."""
    x = np.zeros((len(phrasings), SIZE), dtype=np.float32)
    for row, phrasing in enumerate(phrasings):
        x[row, list(phrasing)] = list(phrasing.values())
    y = np.zeros((len(phrasings), classes), dtype=np.float32)
    for row, own in enumerate(owners):
        y[row, list(own)] = 1.0
    gram = x @ x.T
    gram[np.diag_indices_from(gram)] += SMOOTH
    weights: Floats = x.T @ np.linalg.solve(gram, y)
    return weights
