"""Reads a message for triage: the phrases of knowledge/words, and a person's text as words to look them up in."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from rapidfuzz.distance import OSA
from rapidfuzz.process import extractOne

from knowledge.triage.phrases import Phrases, Said, indexed, vocabulary
from knowledge.vietnamese import clean, fold

FOLDER = Path(__file__).parents[1] / "words"
LENGTH = 4_000  # characters looked at: twice what a question may have
REPAIRS = 6  # words of one text that are mended: each costs a look at the whole vocabulary
NAMES = ("triage_emergency", "triage_accusation", "triage_manner", "triage_privacy")

_WORD = re.compile(r"[^\W_]+")
_SYLLABLE = re.compile(  # one of Vietnamese, without its marks
    r"(?:ngh|ng|nh|ch|gh|gi|kh|ph|qu|th|tr|[bcdghklmnpqrstvx])?[aeiouy]{1,3}(?:ng|nh|ch|[cmnpt])?"
)
_TELEX = re.compile(r"[sfrxjw]$|w|(?<=a)a|(?<=e)e|(?<=o)o|(?<=d)d")


@lru_cache(maxsize=2)  # a message is looked at by several; none but the last stays in memory
def read(text: str) -> Said:
    """What was said, clean, in words; a word that can be no word is mended if one slip explains it."""
    words = _WORD.findall(clean(text[:LENGTH]))
    odd = [word for word in dict.fromkeys(words) if _odd(word)]
    if not odd:
        return Said.of(words)
    mended = {word: _mended(word) for word in odd[:REPAIRS]}
    return Said.of([mended.get(word, word) for word in words])


@lru_cache(maxsize=8192)  # words alone, of all people together: none of them tells of a message
def _odd(word: str) -> bool:
    """Whether it can be no syllable of ours, nor a number."""
    return not word[0].isdigit() and not _SYLLABLE.fullmatch(fold(word))


@cache
def table(name: str) -> Mapping[str, Any]:
    """A file of phrases: knowledge/words/<name>.toml."""
    return tomllib.loads((FOLDER / f"{name}.toml").read_text("utf-8"))


def lines(name: str, kind: str = "txt") -> list[str]:
    """The lines of a file of knowledge/words."""
    return (FOLDER / f"{name}.{kind}").read_text("utf-8").splitlines()


@cache
def phrases(name: str, *keys: str, strict: bool = False) -> Phrases:
    """The phrases of the tables `keys` of a file, labelled by their keys; `strict` as in `Phrases`."""
    data = table(name)
    return indexed({key: data[key]["phrases"] for key in keys}, data["class"], strict=strict)


@lru_cache(maxsize=8192)  # as above
def _mended(word: str) -> str:
    known = _known()
    plain = fold(word)
    if plain in known or len(plain) < 3:
        return word
    if (typed := _TELEX.sub("", plain)) in known:
        return typed
    if len(plain) <= 3:
        return word
    found = extractOne(plain, _in_order(), scorer=OSA.distance, score_cutoff=1)
    return found[0] if found else word


@cache
def _known() -> frozenset[str]:
    """All words of all phrases, without marks."""
    return frozenset().union(
        *(vocabulary(_lists(data), data["class"]) for data in map(table, NAMES))
    )


@cache
def _in_order() -> tuple[str, ...]:
    """The same in one order: of two that are equally near, every process takes the same."""
    return tuple(sorted(_known()))


def _lists(data: Any) -> Iterator[str]:
    """The phrases anywhere in a file."""
    if isinstance(data, str):
        yield data
    elif isinstance(data, Mapping | list):
        for part in data.values() if isinstance(data, Mapping) else data:
            yield from _lists(part)
