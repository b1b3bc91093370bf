"""Tells danger that is there now from talk about danger: the first question put to every message."""

from dataclasses import dataclass
from functools import cache

from knowledge.triage.phrases import Phrases, indexed
from knowledge.triage.words import phrases, read, table

FILE = "emergency"
TELLING = ("now", "strongnow", "told", "past", "if", "rule", "law")


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
    """
    whole = read(text)
    if not _dangers().met(whole) and not phrases(FILE, "call").met(whole):
        return None
    said = phrases(FILE, "idiom", strict=True).without(whole)
    dangers = _dangers().found(said)
    cry = bool(phrases(FILE, "call").found(phrases(FILE, "weakcall", strict=True).without(said)))
    if not dangers and not cry:
        return None
    telling = phrases(FILE, *TELLING, strict=True).found(said)
    here = cry or "strongnow" in telling or not telling & {"past", "if"}
    now = cry or "!!" in text or bool(telling & {"now", "told"})
    for name, danger, hints in _order():
        if f"{name}.sure" in dangers and (hints or (here and (now or "law" not in telling))):
            return danger
        if f"{name}.event" in dangers and here and (now or not telling & {"law", "rule"}):
            return danger
    return _unnamed() if cry else None


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
def _unnamed() -> Emergency:
    """Where only a cry was heard."""
    alone = table(FILE)["alone"]
    return Emergency(alone["number"], alone["kind"])
