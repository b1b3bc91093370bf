"""Tells danger that is there now from talk about danger: the first question put to every message."""

from collections.abc import Mapping, Set
from dataclasses import dataclass
from functools import cache

from knowledge.triage import offence
from knowledge.triage.phrases import Phrases, Said, indexed
from knowledge.triage.sense import danger as sounds
from knowledge.triage.sense import signs
from knowledge.triage.words import phrases, read, table

FILE = "triage_emergency"
TELLING = ("now", "strongnow", "told", "past", "if", "rule", "law")

# how much a message must sound like danger (`sounds`), chosen on messages held back (docs/knowledge.md)
FORESEEN = -0.02  # where a phrase foresaw it
HINTED = -0.3  # where a phrase hints at suicide
CRIED, SHORT = -0.15, 6  # where somebody cries for help, unless in a few words
HEARD, UNNAMED = 0.12, 0.2  # where none did: with a sign of which danger, without
MUTTERED = 0.35  # … without, in a few words
LEAST = 3  # words of a danger without a sign
RATHER = 0.1  # … unless it sounds so much more like an offence that is told


@dataclass(frozen=True, slots=True)
class Emergency:
    """`number` is whom to call: 111, 112, 113, 114 or 115; `kind` names the advice in texts.vi.toml."""

    number: str
    kind: str


def emergency(text: str) -> Emergency | None:
    """Whom to call where something is happening now or has just happened; None for talk about such things.

    A cry for help outweighs everything; a past day, an "if", a rumour outweigh "now"; "now" outweighs a
    question of law or rule; a question of rule outweighs what may be, one of law also what is told as
    happening; danger told without any of them is taken for what it says. A hint at suicide is never
    taken for talk. Of several dangers the first of the file is the answer.
    What no phrase foresaw is danger where it sounds like it by far, and what sounds nothing like it is not.
    """
    whole = read(text)
    found = labels(whole)
    sure = sounds(whole, found)
    return (_foreseen(whole, "!!" in text, sure) if found else None) or _heard(whole, sure)


def labels(whole: Said) -> frozenset[str]:
    """What the phrases find of danger and of the manner of telling it, for `sense`."""
    if not _dangers().met(whole) and not phrases(FILE, "call").met(whole):
        return frozenset()
    said = phrases(FILE, "idiom", strict=True).without(whole)
    return _named(said) | phrases(FILE, *TELLING, strict=True).found(said)


def _named(said: Said) -> frozenset[str]:
    """How dangers are told, if at all, and whether somebody cries for help."""
    found = {label.partition(".")[2] for label in _dangers().found(said)}
    cry = phrases(FILE, "call").found(phrases(FILE, "weakcall", strict=True).without(said))
    return frozenset(found | cry)


def _heard(whole: Said, sure: float) -> Emergency | None:
    """What no phrase says, but the whole message sounds like: the first danger that it has a sign of, if any."""
    danger = _signed(whole)
    if not danger and len(whole.line.split()) < LEAST:
        return None
    unnamed = UNNAMED if len(whole.line.split()) > SHORT else MUTTERED
    if sure <= (HEARD if danger else unnamed) or offence.sounds(whole) > sure + RATHER:
        return None
    return danger or _unnamed()


def _signed(whole: Said) -> Emergency | None:
    """The first danger that a message has a sign of."""
    named = signs(whole)
    return next((danger for sign, danger in _signs().items() if sign in named), None)


def _foreseen(whole: Said, loud: bool, sure: float) -> Emergency | None:
    """What the phrases say; `loud`: with marks of exclamation."""
    said = phrases(FILE, "idiom", strict=True).without(whole)
    dangers = _dangers().found(said)
    cry = bool(phrases(FILE, "call").found(phrases(FILE, "weakcall", strict=True).without(said)))
    if not dangers and not cry:
        return None
    telling = phrases(FILE, *TELLING, strict=True).found(said)
    here = cry or "strongnow" in telling or not telling & {"past", "if"}
    if sure > HINTED and (hint := _hinted(dangers)):
        return hint
    if sure <= (_cried(whole) if cry else FORESEEN):
        return None
    now = cry or loud or bool(telling & {"now", "told"})
    for name, danger, hints in _order():
        if f"{name}.sure" in dangers and (hints or (here and (now or "law" not in telling))):
            return danger
        if f"{name}.event" in dangers and here and (now or not telling & {"law", "rule"}):
            return danger
    return (_signed(whole) or _unnamed()) if cry else None


def _hinted(dangers: Set[str]) -> Emergency | None:
    """The danger at which a word only hints: it is not doubted like others."""
    found = (danger for name, danger, hints in _order() if hints and f"{name}.sure" in dangers)
    return next(found, None)


def _cried(whole: Said) -> float:
    return CRIED if len(whole.line.split()) > SHORT else -1.0


@cache
def _dangers() -> Phrases:
    """Labels: the place of a danger in the file, then "sure" (told as happening) or "event" (may be)."""
    data = table(FILE)
    labelled = {
        f"{place}.{how}": danger[how]
        for place, danger in enumerate(data["danger"])
        for how in ("sure", "event")
    }
    return indexed(labelled, data["class"])


@cache
def _order() -> tuple[tuple[int, Emergency, bool], ...]:
    return tuple(
        (place, Emergency(danger["number"], danger["kind"]), danger.get("hints", False))
        for place, danger in enumerate(table(FILE)["danger"])
    )


@cache
def _signs() -> Mapping[str, Emergency]:
    """The dangers that signs name, the first first."""
    named = table("signs")["danger"]
    return {sign: Emergency(danger["number"], danger["kind"]) for sign, danger in named.items()}


@cache
def _unnamed() -> Emergency:
    """Where only a cry was heard."""
    alone = table(FILE)["alone"]
    return Emergency(alone["number"], alone["kind"])
