"""A question about duties taken apart: words with their marks, phrases, what each means."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import pairwise
from typing import NamedTuple
from unicodedata import normalize

from knowledge.vietnamese import clean, fold


class Kind(StrEnum):
    """What a word does in a question: the lists of words.toml."""

    DIRECTIVE = "directive"
    APPARATUS = "apparatus"
    WHICH = "which"
    DUTY = "duty"
    ORDER = "order"
    WHAT = "what"
    CITIZEN = "citizen"
    PERSON = "person"
    FILLER = "filler"
    NEUTRAL = "neutral"
    WHETHER = "whether"


SIGNS = frozenset({Kind.DIRECTIVE, Kind.APPARATUS, Kind.WHICH})  # of the directive's world
WORD = re.compile(r"\w+")

Token = tuple[str, str]  # as typed, and folded


@dataclass(slots=True)
class Phrase:
    """A phrase of the lexicon, with all it can mean; `clauses`: clause id → weight."""

    words: tuple[Token, ...]
    kinds: set[Kind] = field(default_factory=set)
    agencies: list[str] = field(default_factory=list)
    clauses: dict[str, float] = field(default_factory=dict)

    def fits(self, tokens: Sequence[Token], at: int) -> bool:
        """Whether it is the words at a place: folded alike, and the marks allow it."""
        words = self.words
        if at + len(words) > len(tokens):
            return False
        alone = len(words) == 1
        for place, word in enumerate(words, at):
            typed = tokens[place]
            if typed != word and not _alike(typed, word, strict=alone):
                return False
        return True


class Span(NamedTuple):
    start: int
    end: int
    phrase: Phrase


Start = tuple[list[Phrase], dict[str, list[Phrase]]]
NOTHING: Start = ([], {})


class Lexicon:
    """Every phrase that means something, by its folded words."""

    def __init__(self, phrases: Iterable[Phrase]) -> None:
        # by the first folded word: the phrases that are nothing but it, and the longer ones by their second
        self._starts: dict[str, Start] = {}
        for phrase in sorted(phrases, key=_precedence, reverse=True):
            if plain := [plain for _, plain in phrase.words]:
                alone, longer = self._starts.setdefault(plain[0], ([], {}))
                (longer.setdefault(plain[1], []) if plain[1:] else alone).append(phrase)
        for _, longer in self._starts.values():
            for found in longer.values():
                found.sort(key=lambda phrase: -len(phrase.words))

    def spans(self, tokens: Sequence[Token]) -> tuple[Span, ...]:
        """The phrases of a question, the longest at each place, from left to right."""
        spans = []
        at = 0
        while at < len(tokens):
            span = next(self._at(tokens, at), None) if tokens[at][1] in self._starts else None
            if span:
                spans.append(span)
            at = span.end if span else at + 1
        return tuple(spans)

    def inside(self, tokens: Sequence[Token], whole: Phrase) -> Iterator[Phrase]:
        """The phrases with a content that stand within a longer one."""
        for at in range(len(tokens)):
            for span in self._at(tokens, at):
                if span.phrase is not whole and span.phrase.clauses:
                    yield span.phrase

    def _at(self, tokens: Sequence[Token], at: int) -> Iterator[Span]:
        """The phrases that start at a word, the longest first."""
        alone, longer = self._starts.get(tokens[at][1], NOTHING)
        followed = longer.get(tokens[at + 1][1]) if longer and at + 1 < len(tokens) else None
        for phrase in (*followed, *alone) if followed else alone:
            if phrase.fits(tokens, at):
                yield Span(at, at + len(phrase.words), phrase)


def concerned(spans: Iterable[Span]) -> bool:
    """Whether anything of the directive's world or its content is named, by somebody who is no citizen."""
    phrases = [span.phrase for span in spans]
    return any(
        phrase.agencies or phrase.clauses or not phrase.kinds.isdisjoint(SIGNS)
        for phrase in phrases
    ) and not any(Kind.CITIZEN in phrase.kinds for phrase in phrases)


class Asked:
    """A question taken apart: agencies, content, and what is left over."""

    def __init__(
        self, tokens: Sequence[Token], spans: Sequence[Span], issuers: Sequence[str]
    ) -> None:
        self.tokens = tokens
        self.spans = spans
        self.kinds = {kind for span in spans for kind in span.phrase.kinds}
        self.content = [span for span in spans if span.phrase.clauses]
        named = [span for span in spans if span.phrase.agencies]
        self.issued = [span for span in named if set(span.phrase.agencies) & set(issuers)]
        self.named = [span for span in named if span not in self.issued]
        self.agencies = tuple(dict.fromkeys(s.phrase.agencies[0] for s in self.named))
        covered = {at for span in spans for at in range(span.start, span.end)}
        years = {at for at, (_, plain) in enumerate(tokens) if plain.isdigit() and len(plain) == 4}
        self.left = [at for at in range(len(tokens)) if at not in covered | years]
        self._explained: set[int] = set()

    @property
    def concerns(self) -> bool:
        """Whether anything of the directive's world is named at all."""
        return bool(self.agencies or self.issued or self.kinds & SIGNS)

    @property
    def of_directive(self) -> bool:
        """The directive is named, or what its issuer orders is asked for."""
        wanted = {Kind.ORDER, Kind.DUTY, Kind.WHAT, Kind.APPARATUS}
        return Kind.DIRECTIVE in self.kinds or bool(self.issued and self.kinds & wanted)

    @property
    def has_duty(self) -> bool:
        """A duty of the agency is asked for, not what happens to a person who meets it."""
        if self.of_directive or self.kinds & {Kind.APPARATUS, Kind.DUTY}:
            return True
        return any(self._does_what(span) for span in self.named)

    @property
    def is_personal(self) -> bool:
        """Somebody's own matter, unless it is put in the apparatus's words."""
        own_words = self.of_directive or Kind.APPARATUS in self.kinds
        return Kind.PERSON in self.kinds and not own_words

    @property
    def whether(self) -> bool:
        """A question to be answered by yes or no: its last word is "không"."""
        return bool(self.spans) and Kind.WHETHER in self.spans[-1].phrase.kinds

    @property
    def left_pairs(self) -> list[tuple[str, str]]:
        """Syllables side by side that no phrase took."""
        return [
            (self.tokens[a][1], self.tokens[b][1]) for a, b in pairwise(self.left) if b == a + 1
        ]

    def explain(self, first: str, second: str) -> None:
        """Note that a clause has these two syllables."""
        self._explained.update(at for at in self.left if self.tokens[at][1] in (first, second))

    @property
    def strangeness(self) -> float:
        """0..1: the part of the content that the directive has no word for."""
        strange = len(self.left) - len(self._explained)
        known = len(self._explained) + sum(span.end - span.start for span in self.content)
        return strange / (strange + known) if strange else 0.0

    def _does_what(self, agency: Span) -> bool:
        """ "làm gì" behind the agency, with nothing but small words or "về …" between."""
        for span in self.spans:
            if Kind.WHAT in span.phrase.kinds and span.start >= agency.end:
                between = [s for s in self.spans if agency.end <= s.start and s.end <= span.start]
                if not between or Kind.FILLER in between[0].phrase.kinds:
                    return not any(agency.end <= at < span.start for at in self.left)
        return False


def _precedence(phrase: Phrase) -> tuple[bool, bool]:
    """Among phrases of the same folded words, those that mean something come first."""
    idle = phrase.kinds <= {Kind.FILLER, Kind.NEUTRAL}
    return bool(phrase.agencies or phrase.clauses), not idle


def phrase_of(text: str, known: dict[tuple[Token, ...], Phrase]) -> Phrase:
    """The phrase of these words, made where it is not known yet."""
    words = tuple(tokens_of(text))
    return known.setdefault(words, Phrase(words))


def tokens_of(text: str) -> list[Token]:
    """The words of a text, each as typed (lower case) and folded."""
    words = WORD.findall(clean(text).lower())
    plain = fold(" ".join(words)).split()
    return list(zip(words, plain if len(plain) == len(words) else words, strict=True))


def _alike(typed: Token, known: Token, *, strict: bool) -> bool:
    """Whether a typed word may be a known one: marks count where they are typed and may mislead.

    They mislead in a word that stands alone ("xa", "xã") or is short ("cả xã", "CA xã").
    """
    (word, plain), (known_word, known_plain) = typed, known
    if plain != known_plain:
        return False
    if word in (plain, known_word) or (not strict and len(plain) > 2):
        return True
    # "toà" and "tòa" are one word: the same letters and marks, the tone on the other vowel
    return sorted(normalize("NFD", word)) == sorted(normalize("NFD", known_word))
