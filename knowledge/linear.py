"""A linear model of many classes, each against the rest, over the named features of a text."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import numpy.typing as npt

ROUNDS = 5  # times that each example is looked at; more change nothing that was held back
STEPS = 10  # towards the best bias

Floats = npt.NDArray[np.float32]
Rows = npt.NDArray[np.intp]
Features = Mapping[str, float]


class Vocabulary:
    """The features that have weights: each its row, and one row more for what every text has, the bias."""

    def __init__(self, names: Iterable[str]) -> None:
        self.rows = {name: row for row, name in enumerate(names)}

    @property
    def names(self) -> Sequence[str]:
        """The features in the order of their rows."""
        return list(self.rows)

    @classmethod
    def of(cls, examples: Iterable[Features], *, least: int = 2) -> "Vocabulary":
        """The features that occur in `least` examples: what is rare says little of texts to come."""
        seen = Counter(name for example in examples for name in example)
        return cls(name for name, count in seen.items() if count >= least)

    def __len__(self) -> int:
        return len(self.rows) + 1

    def read(self, text: Features) -> tuple[Rows, Floats]:
        """The rows of a text's features, the bias last, and how much of each there is."""
        row_of = self.rows.get
        known = {row: value for name, value in text.items() if (row := row_of(name)) is not None}
        known[len(self.rows)] = 1.0
        return (
            np.fromiter(known, np.intp, len(known)),
            np.fromiter(known.values(), np.float32, len(known)),
        )


def fit(
    examples: Sequence[tuple[Rows, Floats]],
    owners: Sequence[Sequence[int]],
    *,
    rows: int,
    classes: int,
    trust: float,
) -> Floats:
    """The weights (rows × classes); the score of a class is above 0 for its own examples, below for others'.

    `owners`: the classes of each example, none for one that only speaks against all. `trust`: how far a single
    example may pull. A support vector machine with the squared hinge loss, by dual coordinate descent, all classes
    in one step: C.-J. Hsieh et al., A Dual Coordinate Descent Method for Large-scale Linear SVM, ICML 2008.
    """
    weights = np.zeros((rows, classes), dtype=np.float32)
    pulls = np.zeros((len(examples), classes), dtype=np.float32)
    signs = np.full((len(examples), classes), -1.0, dtype=np.float32)
    for at, own in enumerate(owners):
        signs[at, list(own)] = 1.0
    slack = np.float32(1 / (2 * trust))
    steps = [np.float32(1 / (float(values @ values) + slack)) for _, values in examples]
    chance = np.random.default_rng(0)  # the same examples teach the same, everywhere
    for _ in range(ROUNDS):
        for at in chance.permutation(len(examples)).tolist():
            here, values = examples[at]
            own, sign, pull = weights.take(here, axis=0), signs[at], pulls[at]
            wanted = np.maximum(
                pull - (sign * (values @ own) - 1 + slack * pull) * steps[at], np.float32(0)
            )
            weights[here] = own + values[:, None] * ((wanted - pull) * sign)
            pulls[at] = wanted
    scores = np.stack([values @ weights.take(here, axis=0) for here, values in examples])
    weights[-1] += _settled(scores, signs, slack)
    return weights


def _settled(scores: Floats, signs: Floats, slack: np.float32) -> Floats:
    """How far each class's bias is from its best, by Newton's method.

    It belongs to every example, so the last few that were looked at draw it to and fro, and all scores with it.
    """
    shift = np.zeros(scores.shape[1], dtype=np.float32)
    for _ in range(STEPS):
        missing = np.maximum(1 - signs * (scores + shift), np.float32(0))
        shift += (missing * signs).sum(axis=0) / ((missing > 0).sum(axis=0) + slack)
    return shift
