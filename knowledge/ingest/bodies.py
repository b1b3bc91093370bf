"""Finds agencies in official prose, and what a text has each of them do."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache

from knowledge.agencies import Agency
from knowledge.duty_words import Lexicon, Phrase, Span, Token, phrase_of, tokens_of
from knowledge.ingest.numbering import words

CUT = re.compile(r"(?<=[.;:!?…])\s+")
ADDRESS = 250  # letters in which those who are spoken to are named
NEAR = 3  # words that may stand between "phối hợp với" and the agency
SHORT_FORM = 3  # letters from which a short form is no syllable


class Bodies:
    """The agencies that prose can name: by their names and by short forms that can't be another word."""

    def __init__(self, agencies: Mapping[str, Agency]) -> None:
        known: dict[tuple[Token, ...], Phrase] = {}
        for stranger in words()["strangers"]:
            phrase_of(stranger, known)
        for agency in agencies.values():
            for name in (agency.name, *agency.aliases):
                if _is_sure(name):
                    phrase_of(name, known).agencies.append(agency.key)
        self._lexicon = Lexicon(known.values())

    def named(self, text: str) -> tuple[str, ...]:
        """The agencies of a text, in its order."""
        return tuple(dict.fromkeys(span.phrase.agencies[0] for _, span in self._spans(text)))

    def first_in(self, text: str) -> bool:
        """Whether a text begins with the name of an agency."""
        return any(span.start == 0 for _, span in self._spans(text[:ADDRESS]))

    def spoken_to(self, text: str, anywhere: bool = False) -> tuple[str, ...]:
        """The agencies that a text is addressed to; `anywhere`: they need not be its first words."""
        to = address(text)
        bare = _asking().sub("", to)
        if anywhere or self.first_in(bare):
            return self.named(to)
        return ()

    def roles(self, text: str) -> dict[str, list[str]]:
        """The agencies of a text by what it has them do: cooperate, be reported to, or only be named."""
        roles: dict[str, list[str]] = {"with": [], "reports_to": [], "names": []}
        for tokens, span in self._spans(text):
            roles[_role(tokens, span, self._lexicon)].append(span.phrase.agencies[0])
        return roles

    def _spans(self, text: str) -> Iterator[tuple[list[Token], Span]]:
        for sentence in sentences(text):
            tokens = tokens_of(sentence)
            for span in self._lexicon.spans(tokens):
                if span.phrase.agencies:
                    yield tokens, span


def _role(tokens: Sequence[Token], agency: Span, lexicon: Lexicon) -> str:
    """What the nearest "phối hợp với" or "báo cáo" before an agency makes of it."""
    before = [word for word, _ in tokens[: agency.start]]
    for span in lexicon.spans(tokens[: agency.start]):
        before[span.start : span.end] = ["·"] * (span.end - span.start)
    said = " ".join(before)
    best, role = -1, "names"
    for name, pattern in (("with", _together()), ("reports_to", _reports())):
        for match in pattern.finditer(said):
            between = [word for word in said[match.end() :].split() if word != "·"]
            if len(between) <= NEAR and match.end() > best:
                best, role = match.end(), name
    return role


def address(text: str) -> str:
    """The beginning of a text that says who is spoken to: to the colon, else to the first duty."""
    head = text[:ADDRESS]
    duty = _duty().search(head, 1)
    colon = head.find(":")
    ends = [end for end in (duty.start() if duty else -1, colon) if end > 0]
    return head[: min(ends)] if ends else head


def sentences(text: str) -> Iterator[str]:
    """The parts of a text between full stops, semicolons and colons, none longer than `clean` looks at."""
    for part in CUT.split(text):
        for at in range(0, len(part), 2000):
            yield part[at : at + 2000]


def _is_sure(name: str) -> bool:
    """Whether a name in running prose can mean nothing else: "CA" is a shift too, "xã" is in "xã hội"."""
    return len(name.split()) > 1 or (name.isupper() and len(name) >= SHORT_FORM)


@cache
def _duty() -> re.Pattern[str]:
    return re.compile(rf"\b(?:{words()['duty']})\b", re.IGNORECASE)


@cache
def _together() -> re.Pattern[str]:
    return re.compile(rf"\b(?:{words()['together']})(?=\s|$)")


@cache
def _reports() -> re.Pattern[str]:
    return re.compile(rf"\b(?:{words()['reports']})(?=\s|$)")


@cache
def _asking() -> re.Pattern[str]:
    return re.compile(rf"^(?:{words()['asking']})\s+", re.IGNORECASE)
