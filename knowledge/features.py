"""What a ranker sees of a question: words, pairs, letters of words, concepts behind them, and what was stated."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import pairwise

from knowledge.lexicon import polite
from knowledge.vietnamese import fold

# weights of the kinds, chosen on phrasings held back (docs/knowledge.md)
WORD, MARKED, PAIR, MARKED_PAIR, TRIGRAM, POLITE = 1.0, 0.5, 0.8, 0.4, 0.35, 0.25
CONCEPT, STATED = 1.0, 1.0

Known = Sequence[tuple[str, float]]  # words, each with how far it is to be trusted


def features(known: Known, concepts: Iterable[str], stated: Iterable[str]) -> dict[str, float]:
    """The features of a question: name → weight, of length one."""
    found = dict.fromkeys((f"@{name}" for name in stated), STATED)
    for concept in concepts:
        found[f"#{concept}"] = CONCEPT
    for form, trust in known:
        for name, weight in _of_word(form):
            found[name] = max(found.get(name, 0.0), weight * trust)
    for (first, a), (second, b) in pairwise(known):
        for name, weight in _of_pair(first, second):
            found[name] = max(found.get(name, 0.0), weight * min(a, b))
    length = sum([weight * weight for weight in found.values()]) ** 0.5 or 1.0
    return {name: weight / length for name, weight in found.items()}


@lru_cache(maxsize=8192)
def _of_word(form: str) -> tuple[tuple[str, float], ...]:
    """A word folded, with its marks, and by its letters, three at a time."""
    word = fold(form)
    weight = POLITE if word in polite() else WORD
    framed = f"^{word}$"
    letters = [f"~{framed[i : i + 3]}" for i in range(len(framed) - 2)] if len(word) > 2 else []
    marked = [(f"={form}", weight * MARKED)] if form != word else []
    return ((word, weight), *marked, *((each, weight * TRIGRAM) for each in letters))


@lru_cache(maxsize=32768)
def _of_pair(first: str, second: str) -> tuple[tuple[str, float], ...]:
    plain, other = fold(first), fold(second)
    pair = (f"{plain} {other}", PAIR)
    if first != plain and second != other:
        return pair, (f"={first} {second}", MARKED_PAIR)
    return (pair,)
