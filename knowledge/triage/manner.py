"""Tells what a message wants of the service itself, a greeting, and a piece of a sentence from a whole one."""

from functools import cache
from typing import Literal

from knowledge.triage.danger import emergency
from knowledge.triage.offence import accusation, asks
from knowledge.triage.phrases import Said, vocabulary
from knowledge.triage.sense import wished
from knowledge.triage.words import phrases, read, table

FILE = "triage_manner"
# how much a message must sound like a wish (`wished`), chosen on messages held back (docs/knowledge.md)
FORESEEN, HEARD, ASKED = 0.15, 0.25, 0.5  # a phrase foresaw it; none did; it is asked about
LEAST = 2  # words of a wish that no phrase foresaw
PIECE = 3  # syllables that say something, at most, in a piece of a sentence
LONGEST = 8  # words of a sentence that stops in its middle, at most


def intent(text: str) -> str | None:
    """The flow that a message asks for: tip, subscribe, unsubscribe, status, pledge, privacy, human, help, broadcast.

    None for anything else, above all for a question about these ("báo tin ẩn danh có được không"): who asks
    how reporting works wants an answer, not a form.
    """
    said = read(text)
    found = labels(said)
    sure = wished(said, found)
    flow = max(sure, key=sure.__getitem__)
    if "about" in found and flow not in table(FILE)["about_ours"]["labels"]:
        return flow if sure[flow] > ASKED else None
    if flow not in found and len(said.line.split()) < LEAST:
        return None
    if flow == "tip" and asks(said):  # how reporting works is asked as often as it is wished for
        return flow if sure[flow] > ASKED else None
    return flow if sure[flow] > (FORESEEN if flow in found else HEARD) else None


def labels(said: Said) -> frozenset[str]:
    """The flows that the phrases find, and "about" where somebody asks about one, for `sense`."""
    wanted = phrases(FILE, *table(FILE)["intent"]["order"]).found(said)
    return wanted | phrases(FILE, "about").found(said) if wanted else wanted


def courtesy(text: str) -> Literal["hello", "thanks"] | None:
    """Whether the whole message is a greeting or an opener ("chau oi", "cho hoi"), or only thanks."""
    said = read(text)
    if _telling(said):
        return None
    if phrases(FILE, "gratitude").found(said):
        return None if _content(phrases(FILE, "thanks", "hello").without(said)) else "thanks"
    opened = phrases(FILE, "hello").without(said)
    return "hello" if opened is not said and not _content(opened) else None


def fragment(text: str) -> bool:
    """Whether a message may be only part of a sentence, so that its answer is worth a wait of two seconds.

    It has at most three syllables that say something and is no question, amount or wish of its own; or is a
    question without its subject ("phạt bao nhiêu"); or stops in its middle ("em muốn hỏi là").
    """
    said = read(text)
    if not said.words or "?" in text or (len(said.line.split()) > LONGEST and _telling(said)):
        return False
    spoken = phrases(FILE, "hello").without(said)
    if not _broken(spoken):
        return False
    return not (courtesy(text) or intent(text) or emergency(text) or accusation(text))


def _telling(said: Said) -> bool:
    """Whether more words say something than a greeting or a piece of a sentence has: a quick look."""
    return len(said.words - _empty()) > PIECE


@cache
def _empty() -> frozenset[str]:
    """The words, without marks, that a greeting, thanks or a particle may be made of."""
    data = table(FILE)
    kinds = ("hello", "thanks", "gratitude", "particle")
    return vocabulary([p for kind in kinds for p in data[kind]["phrases"]], data["class"])


def _broken(spoken: Said) -> bool:
    """Whether words say too little, or end where no sentence ends."""
    if phrases(FILE, "open").found(spoken) and len(spoken.line.split()) <= LONGEST:
        return True
    whole = phrases(FILE, "question", "amount", "number").found(spoken)
    return not whole and _content(spoken) <= PIECE


def _content(said: Said) -> int:
    """How many words are left when those that carry nothing are taken out."""
    left = phrases(FILE, "particle").without(said)
    return sum(word != "~" for word in left.line.split())
