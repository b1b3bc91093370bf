"""What a ranker sees of a question: words, pairs, letters of words, concepts behind them, and what was stated."""

from collections.abc import Iterable, Sequence
from itertools import combinations, pairwise
from math import hypot

from knowledge.lexicon import polite
from knowledge.vietnamese import fold

# weights of the kinds, chosen on phrasings held back (docs/knowledge.md)
WORD, MARKED, PAIR, MARKED_PAIR, TRIGRAM, POLITE = 1.0, 0.5, 0.8, 0.4, 0.35, 0.25
CONCEPT, BOTH, STATED = 1.0, 0.8, 1.0

Known = Sequence[tuple[str, float]]  # words, each with how far it is to be trusted
Named = tuple[tuple[str, float], ...]  # names of features, each with its weight


def features(known: Known, concepts: Iterable[str], stated: Iterable[str]) -> dict[str, float]:
    """The features of a question: name → weight, of length one."""
    found = dict.fromkeys([f"@{name}" for name in stated], STATED)
    found |= dict(of_concepts(concepts))
    weight_of = found.get
    for named in (
        *[of_word(form, trust) for form, trust in known],
        *[_of_pair(one, other, min(a, b)) for (one, a), (other, b) in pairwise(known)],
    ):
        for name, weight in named:
            if weight > weight_of(name, 0.0):
                found[name] = weight
    length = hypot(*found.values()) or 1.0
    return {name: weight / length for name, weight in found.items()}


def of_concepts(concepts: Iterable[str]) -> list[tuple[str, float]]:
    """Each concept, and each two that are met together: "fireworks" with "prison" is another matter than alone."""
    names = sorted(concepts)
    met = [(f"#{one}&{other}", BOTH) for one, other in combinations(names, 2)]
    return [(f"#{name}", CONCEPT) for name in names] + met


def of_word(form: str, trust: float) -> Named:
    """A word folded, with its marks, and by its letters, three at a time."""
    word = fold(form)
    weight = trust * (POLITE if word in polite() else WORD)
    framed = f"^{word}$"
    letters = [f"~{framed[i : i + 3]}" for i in range(len(framed) - 2)] if len(word) > 2 else []
    marked = [(f"={form}", weight * MARKED)] if form != word else []
    return ((word, weight), *marked, *((each, weight * TRIGRAM) for each in letters))


def _of_pair(first: str, second: str, trust: float) -> Named:
    plain, other = fold(first), fold(second)
    pair = (f"{plain} {other}", trust * PAIR)
    if first != plain and second != other:
        return pair, (f"={first} {second}", trust * MARKED_PAIR)
    return (pair,)
