"""Tells danger that is there now from talk about danger: the first question put to every message."""

from collections.abc import Mapping, Set
from dataclasses import dataclass
from functools import cache

from knowledge.language import english
from knowledge.triage.phrases import Phrases, Said, indexed
from knowledge.triage.sense import hear, signs
from knowledge.triage.words import phrases, read, table

FILE = "triage_emergency"
TELLING = ("now", "strongnow", "told", "past", "if", "rule", "law")

# how much a message must sound like danger (`hear`), chosen on messages held back (docs/knowledge.md)
HEARD, UNNAMED = 0.4, 0.5  # where no phrase foresaw it: with a sign of which danger, without
SURELY = 0.73  # … beside talk
FORESEEN, ASKED, TALKED = -0.05, 0.14, 0.2  # where one did: told, asked about, talked about
TALK = frozenset({"hearsay", "past_time", "prevention", "insurance"})  # signs of it


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
    return _foreseen(whole, "!!" in text) or _heard(whole)


def _heard(whole: Said) -> Emergency | None:
    """What no phrase says, but the whole message sounds like: the first danger that it has a sign of, if any."""
    named = signs(whole)
    if not named or named & TALK:
        return None
    danger = next((danger for sign, danger in _signs().items() if sign in named), None)
    said = phrases(FILE, "idiom", strict=True).without(whole)
    sure = hear(said).danger
    if sure <= (HEARD if danger else UNNAMED):
        return None
    talk = phrases(FILE, "past", "if", "rule", "law", strict=True).met(said)
    return None if talk and sure <= SURELY else danger or _unnamed()


def _foreseen(whole: Said, loud: bool) -> Emergency | None:
    """What the phrases say; `loud`: with marks of exclamation."""
    if not _dangers().met(whole) and not phrases(FILE, "call").met(whole):
        return None
    said = phrases(FILE, "idiom", strict=True).without(whole)
    dangers = _dangers().found(said)
    cry = bool(phrases(FILE, "call").found(phrases(FILE, "weakcall", strict=True).without(said)))
    if not dangers and not cry:
        return None
    telling = phrases(FILE, *TELLING, strict=True).found(said)
    here = cry or "strongnow" in telling or not telling & {"past", "if"}
    if not cry and not english(whole.line) and hear(whole).danger <= _doubt(whole, telling):
        return None
    now = cry or loud or bool(telling & {"now", "told"})
    for name, danger, hints in _order():
        if f"{name}.sure" in dangers and (hints or (here and (now or "law" not in telling))):
            return danger
        if f"{name}.event" in dangers and here and (now or not telling & {"law", "rule"}):
            return danger
    return _unnamed() if cry else None


def _doubt(whole: Said, telling: Set[str]) -> float:
    """How much it must sound like danger to be believed."""
    if signs(whole) & TALK:
        return TALKED
    return ASKED if "rule" in telling else FORESEEN


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
