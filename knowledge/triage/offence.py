"""Tells an accusation from a question: who is named here must never meet a table of fines, nor be kept."""

from collections.abc import Iterator
from functools import cache

from knowledge.triage.phrases import Phrases, Said, indexed
from knowledge.triage.sense import hear, signs
from knowledge.triage.words import phrases, read, table

FILE = "triage_accusation"
GAP = 3  # words between a subject and its act

# how much a message must sound like telling of somebody (`hear`), chosen on messages held back (docs/knowledge.md)
HEARD = 0.42  # where no phrase foresaw it
TOLD, ASKED, ASKED_OF_KIN = 0.15, 0.34, 0.07  # where one did: told, or asked about


def accusation(text: str) -> bool:
    """Whether a message tells of an offence of somebody: the sender, a relative, a neighbour, a third person.

    The boundary. Grave acts are making, keeping and trading in fireworks, weapons, drugs and fakes, gambling,
    usury, theft, fraud, violence, corruption and their like.
    - A relative, a neighbour of one's own or a named person, and a grave act: always, even in a question
      ("người nhà làm pháo có bị tội không").
    - Anybody else, named by nothing ("hàng xóm", "có người", "quán"), and a grave act: if it is told
      ("nhà bên cạnh bán pháo lậu"), or asked with a place, a time or a sight ("đang", "xóm em"); not as
      a bare question of rule ("hàng xóm đốt pháo thì phạt bao nhiêu").
    - Setting off fireworks, by anybody but oneself or one's child: the same as the last.
    - Oneself: making, keeping, trading, or a thing that was done ("tôi vừa mua 10kg pháo nổ"); not where
      the rule is asked for ("em bán pháo bị phạt sao").
    What no phrase foresaw accuses where it sounds like it by far, and what sounds nothing like it does not.
    Not so: drink-driving, noise and one's own or a child's firework (everybody asks of these as "I"), wishes
    ("muốn mua pháo hoa"), fireworks that are allowed, a victim's report, handing a weapon in.
    """
    whole = read(text)
    met = _acts().met(whole)
    if not met and "who_told" not in signs(whole):
        return False
    said = phrases(FILE, "opener").without(whole)
    about = phrases(FILE, "excuse", "child", "rule", "fact", "done", strict=True).found(said)
    if "excuse" in about or "hearsay" in signs(whole):
        return False
    whose = _whose(said) if met else frozenset()
    sure = hear(whole).told
    if not whose:
        return sure > HEARD and about.isdisjoint({"rule", "child"})
    if "own" in whose and ("rule" not in about or "done" in about):
        return True
    if whose == {"own"}:
        return False
    if "rule" not in about:
        light = whose <= {"kin.light", "other.light"}
        return sure > TOLD and not (light and "child" in about)
    if "kin.grave" in whose:
        return sure > ASKED_OF_KIN
    return sure > ASKED and "fact" in about and "child" not in about


def victim(text: str) -> str | None:
    """The id of the article for who tells of being hurt at home: help for them comes before a report of anybody."""
    about = _hurt().found(phrases(FILE, "opener").without(read(text)))
    return next((id for kind, id in table(FILE)["victims"].items() if kind in about), None)


def _whose(said: Said) -> frozenset[str]:
    """Who does what, as "kin.grave"; "own": the sender."""
    acts = _acts().places(said)
    told = {f"{who}.{act}" for who, act in _told_of(said, acts)}
    return frozenset(told | {label for label, _, _ in acts if label == "own"})


def _told_of(said: Said, acts: list[tuple[str, int, int]]) -> Iterator[tuple[str, str]]:
    """Who does what: a subject, and an act that begins at most three words after it."""
    people = _people().places(said)
    for act, begins, _ in acts:
        for who, start, end in people:
            if start <= begins and said.line.count(" ", end, begins) <= GAP:
                yield who, act


@cache
def _acts() -> Phrases:
    """Labels: the weight of an act; "own" is told by the sender of themselves."""
    data = table(FILE)
    weights = {weight: act["phrases"] for weight, act in data["act"].items()}
    return indexed(weights | {"own": data["own"]["grave"]["phrases"]}, data["class"])


@cache
def _people() -> Phrases:
    data = table(FILE)
    return indexed({who: them["phrases"] for who, them in data["subject"].items()}, data["class"])


@cache
def _hurt() -> Phrases:
    data = table(FILE)
    return indexed(data["victim"], data["class"])
