"""What a linear model learns hangs on its examples, not on their order."""

import numpy as np

from knowledge.linear import Floats, Rows, Vocabulary, fit

FEATURES = 60


def examples(count: int = 600) -> tuple[list[tuple[Rows, Floats]], list[tuple[int, ...]]]:
    """Texts of a few features each, and the few of them that belong to the only class."""
    chance = np.random.default_rng(7)
    vocabulary = Vocabulary(map(str, range(FEATURES)))
    texts, owners = [], []
    for _ in range(count):
        own = chance.random() < 0.05
        rows = chance.choice(FEATURES // 3 if own else FEATURES, size=5, replace=False)
        texts.append(vocabulary.read({str(row): 5**-0.5 for row in rows}))
        owners.append((0,) if own else ())
    return texts, owners


def learnt(texts: list[tuple[Rows, Floats]], owners: list[tuple[int, ...]]) -> Floats:
    return fit(texts, owners, rows=FEATURES + 1, classes=1, trust=1.0)


def test_the_bias_is_where_it_leaves_the_least_loss() -> None:
    texts, owners = examples()

    weights = learnt(texts, owners)

    signs = np.array([1.0 if own else -1.0 for own in owners])
    scores = np.array([float(values @ weights[rows, 0]) for rows, values in texts])
    missing = np.maximum(1 - signs * scores, 0)
    assert abs(float(missing @ signs)) < 0.01 * float(missing.sum())


def test_the_order_of_examples_moves_no_score_by_much() -> None:
    texts, owners = examples()

    there, back = learnt(texts, owners), learnt(texts[::-1], owners[::-1])

    assert abs(float(there[-1, 0] - back[-1, 0])) < 0.05
    assert float(np.abs(there - back).max()) < 0.2
