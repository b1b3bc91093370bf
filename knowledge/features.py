"""What a ranker sees of a question: words, pairs, letters of words, and the concepts behind them."""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, lru_cache
from itertools import pairwise
from pathlib import Path
from zlib import crc32

from knowledge.lexicon import polite
from knowledge.vietnamese import fold

CONCEPTS = Path(__file__).parent / "words" / "concepts.toml"
SIZE = 4096  # places that features share by their hash
LONGEST = 4  # syllables of a concept's phrase

# weights of the kinds, chosen on phrasings held back (docs/knowledge.md)
WORD, MARKED, PAIR, MARKED_PAIR, TRIGRAM, CONCEPT, POLITE = 1.0, 0.5, 0.8, 0.4, 0.35, 1.0, 0.25


def features(known: Sequence[tuple[str, float]]) -> dict[int, float]:
    """The features of a question's known words (form, trust): place → weight, of length one."""
    found: dict[int, float] = {}
    for name, weight in _named(known):
        found[place(name)] = max(found.get(place(name), 0.0), weight)
    length = sum(weight * weight for weight in found.values()) ** 0.5 or 1.0
    return {at: weight / length for at, weight in found.items()}


def phrasing(words: Sequence[str]) -> list[tuple[str, float]]:
    """A phrasing's own words, all of them trusted."""
    return [(word, 1.0) for word in words]


@lru_cache(maxsize=50_000)
def place(name: str) -> int:
    """Where a feature stands; the same in every process, which `hash` is not."""
    return crc32(name.encode()) % SIZE


def _named(known: Sequence[tuple[str, float]]) -> Iterator[tuple[str, float]]:
    plain = [fold(form) for form, _ in known]
    for (form, trust), word in zip(known, plain, strict=True):
        weight = trust * (POLITE if word in polite() else WORD)
        yield word, weight
        if form != word:
            yield f"={form}", weight * MARKED
        for trigram in trigrams(word):
            yield trigram, weight * TRIGRAM
    for (first, a), (second, b) in pairwise(known):
        yield f"{fold(first)} {fold(second)}", min(a, b) * PAIR
        if first != fold(first) and second != fold(second):
            yield f"={first} {second}", min(a, b) * MARKED_PAIR
    for concept in concepts(plain):
        yield f"#{concept}", CONCEPT


@lru_cache(maxsize=50_000)
def trigrams(word: str) -> tuple[str, ...]:
    """The letters of a word by threes, its ends marked."""
    framed = f"^{word}$"
    return tuple(f"~{framed[i : i + 3]}" for i in range(len(framed) - 2)) if len(word) > 2 else ()


def concepts(plain: Sequence[str]) -> set[str]:
    """The concepts that a text of folded syllables speaks of."""
    table = _concepts()
    found: set[str] = set()
    for start in range(len(plain)):
        for length in range(1, LONGEST + 1):
            found.update(table.get(" ".join(plain[start : start + length]), ()))
    return found


@cache
def _concepts() -> Mapping[str, tuple[str, ...]]:
    raw: Mapping[str, list[str]] = tomllib.loads(CONCEPTS.read_text("utf-8"))
    table: dict[str, tuple[str, ...]] = {}
    for concept, phrases in raw.items():
        for phrase in phrases:
            table[fold(phrase)] = (*table.get(fold(phrase), ()), concept)
    return table
