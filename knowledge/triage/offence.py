"""Tells an accusation from a question: who is named here must never meet a table of fines, nor be kept."""

from collections.abc import Iterator, Set
from functools import cache

from knowledge.triage.phrases import Phrases, Said, indexed
from knowledge.triage.sense import signs, told
from knowledge.triage.words import phrases, read, table

FILE = "triage_accusation"
GAP = 3  # words between a subject and its act

# how much a message must sound like telling of somebody (`told`), chosen on messages held back (docs/knowledge.md)
FORESEEN, ASKED, OF_KIN = 0.14, 0.21, -0.1  # where phrases say what is done: told, asked, by kin
VAGUELY = 0.25  # … by nobody, or in a few words: rather what a question is about ("buôn 7 ký pháo")
HEARD, BRIEFLY = 0.14, 0.3  # where none did: in a sentence, in a few words
BRIEF = 7  # words of them, at most
LEAST = 4  # words of a message that tells of somebody


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
    found = labels(whole)
    if "excuse" in found or "hearsay" in signs(whole):
        return False
    if "own" in found and ("rule" not in found or "done" in found):
        return True
    sure = told(whole, found)
    if len(whole.words) < LEAST or sure <= _bound(whole, found):
        return False
    return sure > ASKED or not found.isdisjoint({"kin.grave", "fact"}) or not asks(whole)


def asks(whole: Said) -> bool:
    """Whether it has the shape of a question."""
    return bool(phrases("triage_manner", "question").found(whole))


def sounds(whole: Said) -> float:
    """How surely an offence of somebody is told, about 0 to 1."""
    return told(whole, labels(whole))


def _bound(whole: Said, found: Set[str]) -> float:
    brief = len(whole.line.split()) <= BRIEF
    if not found:
        return BRIEFLY if brief else HEARD
    if "kin.grave" in found:
        return OF_KIN
    if "rule" in found and "fact" not in found:
        return ASKED
    told_of = any("." in label for label in found)  # "who.act"
    return FORESEEN if told_of and not brief else VAGUELY


def labels(whole: Said) -> frozenset[str]:
    """What the phrases find of acts, of who does them, and of the manner of telling it, for `sense`."""
    if not _acts().met(whole):
        return frozenset()
    said = phrases(FILE, "opener").without(whole)
    about = phrases(FILE, "excuse", "child", "rule", "fact", "done", strict=True).found(said)
    acts = _acts().places(said)
    whose = {f"{who}.{act}" for who, act in _told_of(said, acts)}
    return frozenset(about | whose | {label for label, _, _ in acts})


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
