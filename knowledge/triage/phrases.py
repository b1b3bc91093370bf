"""Finds phrases with gaps and alternatives in what a person typed: with its marks, without, or with half of them.

A phrase is words with single spaces between them. `(a|b c)` is one of these, `{name}` one of a class of
the same file; followed by `?` either may be absent. `*` is up to three words of any kind, `_` is one,
`#` one that begins with a figure; after `!` none of them may come next; `^` is the start, `$` the end.
A word of a phrase meets a word of the text that has the same marks or none, or a common slip: marks that
were typed are never overridden ("chạy" is not "cháy"), marks that were not typed are not missed.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from operator import attrgetter, ne

from knowledge.vietnamese import fold

Classes = Mapping[str, Sequence[str]]
Spelling = Callable[[str], str]  # a word of a phrase as a pattern

_SPECIAL = {
    "^": r"\A",
    "$": r"(?=(?: (?:[aạ]|nhe|nhé|nha|ad|oi|ơi))* \Z)",  # politeness at the end does not count
    "*": r"(?: [^ ~]+){0,3}?",
}
_REST = r"(?: [^ ~]+){0,3}"
_WILD = {"#": "[0-9][^ ]*", "_": "[^ ~]+"}
_PART = re.compile(r"(!?)(?:\(([^()]*)\)|\{(\w+)\})(\??)|([^\s(){}!]+)")
_ALWAYS = frozenset({""})  # kept under no word: it may be anywhere
_PLACE = attrgetter("place")
_SWAP = {0x0309: 0x0303, 0x0303: 0x0309}  # hỏi and ngã sound alike to half the country


@dataclass(frozen=True, slots=True)
class Said:
    """A text ready to be searched: a space before each word and one at the end; "~" where words were taken out."""

    line: str
    plain: str
    words: frozenset[str]
    marked: bool  # most words that were typed have marks: then a word without any is meant so

    @classmethod
    def of(cls, words: Iterable[str]) -> "Said":
        line = f" {' '.join(words)} "
        plain = fold(line)
        bare = plain.split()
        marks = sum(map(ne, line.split(), bare))
        return cls(line, plain, frozenset(bare), 2 * marks >= len(bare))


class Phrase:
    """One phrase of a label: without marks to be quick, with them to be right; made ready when first met."""

    __slots__ = ("_parts", "_patterns", "label", "needs", "place")

    def __init__(
        self, label: str, place: int, parts: Sequence["_Part"], needs: Sequence[frozenset[str]]
    ) -> None:
        """`needs`: sets of words without marks; beside the word it is kept under it needs one of each."""
        self.label = label
        self.place = place  # among the phrases that it is looked for with
        self.needs = tuple(needs)
        self._parts = parts
        self._patterns: dict[Spelling, re.Pattern[str]] = {}

    def found(self, said: Said, spelling: Spelling) -> bool:
        """Whether it is there, spelt so."""
        return self.pattern(spelling).search(said.line) is not None

    def pattern(self, spelling: Spelling) -> re.Pattern[str]:
        """What it looks for, its words spelt so."""
        pattern = self._patterns.get(spelling)
        if pattern is None:
            pattern = re.compile("".join(part.pattern(spelling) for part in self._parts))
            self._patterns[spelling] = pattern
        return pattern


@dataclass(frozen=True, slots=True)
class Phrases:
    """Labelled phrases that are looked for together, each kept under the words of which it needs one.

    `strict`: in a text that is typed with marks, a word without any meets only a word without any
    ("dao trước" is not "dạo trước"). For what makes a message harmless; danger is heard in any spelling.
    """

    by_word: Mapping[str, tuple[Phrase, ...]]
    strict: bool = False
    words: frozenset[str] = frozenset()  # the keys of `by_word`

    def found(self, said: Said) -> frozenset[str]:
        """The labels of which a phrase is there."""
        spelling = self._spelling(said)
        found: set[str] = set()
        for phrase in self._candidates(said):
            if phrase.label not in found and phrase.found(said, spelling):
                found.add(phrase.label)
        return frozenset(found)

    def met(self, said: Said) -> bool:
        """Whether any phrase is there: what is taken out of a text later can only make them fewer."""
        spelling = self._spelling(said)
        return any(phrase.found(said, spelling) for phrase in self._candidates(said))

    def places(self, said: Said) -> list[tuple[str, int, int]]:
        """Where the phrases are: label, start and end in `said.line`."""
        spelling = self._spelling(said)
        return [
            (phrase.label, match.start(), match.end())
            for phrase in self._candidates(said)
            if phrase.found(said, spelling)
            for match in phrase.pattern(spelling).finditer(said.line)
        ]

    def without(self, said: Said) -> Said:
        """The text with the phrases taken out."""
        spelling = self._spelling(said)
        line = said.line
        for phrase in sorted(self._candidates(said), key=_PLACE):  # each process does the same
            if phrase.found(said, spelling):
                line = phrase.pattern(spelling).sub(" ~", line)
        return said if line == said.line else Said.of(line.split())

    def _spelling(self, said: Said) -> Spelling:
        return _strict if self.strict and said.marked else _loose

    def _candidates(self, said: Said) -> Iterable[Phrase]:
        """The phrases whose needs are all met: most fail here, ten times cheaper than by a pattern."""
        by_word, words = self.by_word, said.words
        found = list(by_word.get("", ()))
        for word in self.words & words:
            for phrase in by_word[word]:
                for need in phrase.needs:
                    if words.isdisjoint(need):
                        break
                else:
                    found.append(phrase)
        return dict.fromkeys(found) if len(found) > 1 else found


@dataclass(frozen=True, slots=True)
class _Part:
    """A step of a phrase: one of `options`, or a pattern that stands for itself."""

    options: tuple[str, ...] = ()
    optional: bool = False
    never: bool = False
    raw: str = ""

    def pattern(self, spelling: Spelling) -> str:
        if self.raw:
            return self.raw
        # Longer ones first, so that "cháu bé" is not taken for "cháu" when phrases are cut out.
        longest = sorted(self.options, key=len, reverse=True)
        choice = "|".join(" ".join(map(spelling, option.split())) for option in longest)
        if self.never:
            return f"(?! (?:{choice}) )"
        return f"(?: (?:{choice})(?= )){'?' if self.optional else ''}"

    def words(self) -> Iterator[str]:
        """All words of its options, without marks."""
        return (fold(word) for option in self.options for word in option.split())

    def needs(self, common: Counter[str]) -> frozenset[str]:
        """Of each option the word that is met least often: one of them must be there; empty where any may be."""
        if self.optional or self.never:
            return frozenset()
        rarest = {
            min(map(fold, words), key=common.__getitem__) if (words := _tame(option)) else ""
            for option in self.options
        }
        return frozenset() if "" in rarest else frozenset(rarest)


def indexed(
    labelled: Mapping[str, Iterable[str]], classes: Classes, *, strict: bool = False
) -> Phrases:
    """Phrases by label, ready to be looked for; KeyError for an unknown class, ValueError for an open bracket."""
    parsed = [
        (label, _parsed(phrase, classes))
        for label, phrases in labelled.items()
        for phrase in phrases
    ]
    common = Counter(word for _, parts in parsed for part in parts for word in part.words())
    by_word: dict[str, list[Phrase]] = {}
    for place, (label, parts) in enumerate(parsed):
        needs = [need for part in parts if (need := part.needs(common))]
        needs.sort(key=lambda words: sum(common[word] for word in words))
        phrase = Phrase(label, place, parts, needs[1:])
        for word in needs[0] if needs else _ALWAYS:  # what is met least often is looked for first
            by_word.setdefault(word, []).append(phrase)
    return Phrases(
        {word: tuple(found) for word, found in by_word.items()}, strict, frozenset(by_word)
    )


def vocabulary(phrases: Iterable[str], classes: Classes) -> frozenset[str]:
    """All words of the phrases, without marks."""
    parts = (part for phrase in phrases for part in _parsed(phrase, classes))
    words = (word for part in parts for option in part.options for word in option.split())
    return frozenset(fold(word) for word in words if word not in _WILD)


def _parsed(phrase: str, classes: Classes) -> tuple[_Part, ...]:
    spaced = re.sub(r"([\^$])", r" \1 ", phrase)
    if _PART.sub("", spaced).strip():
        raise ValueError(phrase)
    parts = tuple(_part(match, classes) for match in _PART.finditer(spaced))
    # At its end a gap can only be meant to be taken out with the phrase: then as much as there is.
    return (*parts[:-1], _Part(raw=_REST)) if parts[-1].raw == _SPECIAL["*"] else parts


def _part(match: re.Match[str], classes: Classes) -> _Part:
    never, options, name, maybe, word = match.groups()
    if word:
        return _Part(raw=_SPECIAL[word]) if word in _SPECIAL else _Part((word,))
    among = classes[name] if name else options.split("|")
    return _Part(tuple(among), bool(maybe), bool(never))


def _tame(option: str) -> list[str]:
    """The words of an option that stand for themselves."""
    return [word for word in option.split() if word not in _WILD]


@cache
def _loose(word: str) -> str:
    """A word as it is typed with marks or without: "cướp" gives (cướp|cuop|cuớp).

    Not with some of its marks: "tôi" would be half of "tội", "đôi" half of "đói".
    """
    return _WILD.get(word) or _any_of(_slips(word) | {fold(word)})


@cache
def _strict(word: str) -> str:
    """A word as it is typed with marks."""
    return _WILD.get(word) or _any_of(_slips(word))


def _slips(word: str) -> set[str]:
    """A word with its marks, hỏi for ngã, one horn of ươ, d for đ."""
    bare = unicodedata.normalize("NFD", word)
    spelt = {bare, bare.translate(_SWAP), bare.replace("u\u031bo\u031b", "uo\u031b")}
    return spelt | {one.replace("đ", "d") for one in spelt if one != "đ"}


def _any_of(spelt: Iterable[str]) -> str:
    ways = sorted({re.escape(unicodedata.normalize("NFC", one)) for one in spelt})
    return f"(?:{'|'.join(ways)})" if len(ways) > 1 else ways[0]
