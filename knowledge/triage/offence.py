"""Tells an accusation from a question: who is named here must never meet a table of fines, nor be kept."""

from collections.abc import Iterator
from functools import cache

from knowledge.triage.phrases import Phrases, Said, indexed
from knowledge.triage.words import phrases, read, table

FILE = "accusation"
GAP = 3  # words between a subject and its act


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
    - Oneself: making, keeping, trading, or a thing that was done ("tôi vừa mua 10kg pháo nổ").
    Not so: drink-driving, noise and one's own or a child's firework (everybody asks of these as "I"), wishes
    ("muốn mua pháo hoa"), fireworks that are allowed, a victim's report, handing a weapon in.
    """
    whole = read(text)
    if not _acts().met(whole):
        return False
    said = phrases(FILE, "opener").without(whole)
    acts = _acts().places(said)
    whose = {f"{who}.{act}" for who, act in _told_of(said, acts)} if acts else set()
    own = any(label == "own" for label, _, _ in acts)
    if not whose and not own:
        return False
    about = phrases(FILE, "excuse", "child", "rule", "fact", strict=True).found(said)
    told = "rule" not in about or "fact" in about
    if "excuse" in about:
        return False
    if own or "kin.grave" in whose:
        return True
    return told and ("other.grave" in whose or "child" not in about)


def victim(text: str) -> str | None:
    """The id of the article for who tells of being hurt at home: help for them comes before a report of anybody."""
    about = _hurt().found(phrases(FILE, "opener").without(read(text)))
    return next((id for kind, id in table(FILE)["victims"].items() if kind in about), None)


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
