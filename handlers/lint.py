"""What is wrong with a warning before it goes out, each finding with its remedy; pure, for chat and console alike."""

import re
from collections.abc import Callable, Iterator

from handlers.lint_law import misquoted
from handlers.message import Value
from handlers.proof import HERE, About, Finding, Place, Proof
from knowledge.campaign import GAP, MOST_A_WEEK, QUIET, TEXT, WEEK
from knowledge.figures import Kind, figures
from knowledge.load import Knowledge
from knowledge.readable import unreadable
from knowledge.sms import SMS, length
from knowledge.spoken import spoken
from knowledge.texts import placeholders

__all__ = ["HERE", "About", "Finding", "Place", "Proof", "lint"]

LONGEST = {"telegram": 4096, "zalo": 2000}  # letters of one message

SHORTENERS = re.compile(
    r"\b(?:bit\.ly|tinyurl\.com|t\.co|goo\.gl|is\.gd|ow\.ly|cutt\.ly|rebrand\.ly|s\.id|shorturl\.\w+|bom\.so|by\.com\.vn)\b",
    re.IGNORECASE,
)
LINK = re.compile(
    r"(?:https?://|www\.)([^\s/]+)|\b([a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:vn|com|net|org|me|info))\b",
    re.I,
)
IDENTITY = re.compile(r"(?<!\d)\d{12}(?!\d)")  # an identity card
CALLED = {
    "fire": ("114",),
    "theft": ("113",),
}  # who comes, where any emergency number is named at all
EMERGENCY = frozenset({"111", "112", "113", "114", "115"})


Rule = Callable[[Proof, Knowledge], Iterator[Finding]]


def lint(proof: Proof, knowledge: Knowledge, about: About = lambda _: None) -> tuple[Finding, ...]:
    """Every finding, those that stop first. `about` leads a sentence to its law, beyond what the topic tells."""
    found = [finding for rule in RULES for finding in rule(proof, knowledge)]
    found += misquoted(proof, knowledge, about)
    return tuple(sorted(found, key=lambda finding: not finding.stops))


def _empty(proof: Proof, _: Knowledge) -> Iterator[Finding]:
    if not proof.text.strip():
        yield Finding(key="lint.empty", place=Place.TEXT, stops=True)


def _open_fields(proof: Proof, _: Knowledge) -> Iterator[Finding]:
    for place, text in ((Place.TEXT, proof.text), (Place.SMS, proof.sms)):
        try:
            left = ", ".join(sorted(placeholders(text)))
        except ValueError:
            left = "{ }"
        if left:
            yield Finding(key="lint.open_field", place=place, stops=True, values={"fields": left})


def _long(proof: Proof, _: Knowledge) -> Iterator[Finding]:
    count = len(proof.text)
    if count > min(LONGEST.values()):
        values: dict[str, Value] = {"count": count, "most": min(LONGEST.values())}
        yield Finding(key="lint.too_long", place=Place.TEXT, stops=True, values=values)
    elif count > TEXT:
        yield Finding(key="lint.long", place=Place.TEXT, values={"count": count, "most": TEXT})


def _sms(proof: Proof, _: Knowledge) -> Iterator[Finding]:
    if not proof.sms.strip():
        yield Finding(key="lint.no_sms", place=Place.SMS)
    if not proof.sms.isascii():
        strange = "".join(dict.fromkeys(c for c in proof.sms if not c.isascii()))
        yield Finding(
            key="lint.sms_marks", place=Place.SMS, stops=True, values={"letters": strange}
        )
    if (count := length(proof.sms)) > SMS:
        values: dict[str, Value] = {"count": count, "most": SMS}
        yield Finding(key="lint.sms_long", place=Place.SMS, stops=True, values=values)


def _same(proof: Proof, _: Knowledge) -> Iterator[Finding]:
    """Numbers, dates and times are the same in every form."""
    if not proof.sms.strip():
        return
    told, short = figures(proof.text), figures(proof.sms)
    for figure in sorted(short - told):
        instead = [other.shown for other in sorted(told - short) if other.kind is figure.kind]
        key = "lint.differs" if instead else "lint.only_sms"
        values: dict[str, Value] = {"figure": figure.shown, "instead": ", ".join(instead)}
        yield Finding(key=key, place=Place.SMS, stops=True, values=values)
    differ = {figure.kind for figure in short - told}
    for figure in sorted(told - short):
        if figure.kind in {Kind.CLOCK, Kind.DATE} - differ:
            yield Finding(key="lint.not_in_sms", place=Place.SMS, values={"figure": figure.shown})


def _aloud(proof: Proof, _: Knowledge) -> Iterator[Finding]:
    """What the loudspeaker script could not spell out."""
    for word in spoken(proof.text).split():
        if any(letter.isdecimal() for letter in word):
            yield Finding(key="lint.aloud", place=Place.TEXT, values={"word": word})


def _phones(proof: Proof, knowledge: Knowledge) -> Iterator[Finding]:
    on = proof.day
    ours = {re.sub(r"\D", "", phone) for phone in proof.phones}
    known = ours | {line.number for line in knowledge.hotlines.values() if line.since <= on}
    told = {f.value for f in figures(proof.text) if f.kind is Kind.PHONE}
    for phone in sorted(told - known):
        near = ", ".join(sorted(proof.phones)) or ", ".join(sorted(EMERGENCY & known))
        values: dict[str, Value] = {"phone": phone, "known": near}
        yield Finding(key="lint.phone", place=Place.TEXT, stops=True, values=values)
    for needed in CALLED.get(proof.topic, ()):
        if told & EMERGENCY and needed not in told:
            values = {"phone": needed, "name": knowledge.hotlines[needed].name}
            yield Finding(key="lint.phone_missing", place=Place.TEXT, values=values)


def _links(proof: Proof, _: Knowledge) -> Iterator[Finding]:
    if short := SHORTENERS.search(proof.text):
        yield Finding(key="lint.shortener", place=Place.TEXT, stops=True, values={"link": short[0]})
    for match in LINK.finditer(proof.text):
        host = (match[1] or match[2]).lower().removeprefix("www.")
        if not SHORTENERS.search(host) and host not in proof.hosts:
            yield Finding(key="lint.link", place=Place.TEXT, values={"link": host})


def _private(proof: Proof, _: Knowledge) -> Iterator[Finding]:
    if IDENTITY.search(proof.text):
        yield Finding(key="lint.identity", place=Place.TEXT, stops=True)


def _quiet(proof: Proof, _: Knowledge) -> Iterator[Finding]:
    hour = proof.at.astimezone(HERE).hour
    if not proof.urgent and (hour >= QUIET[0] or hour < QUIET[1]):
        yield Finding(key="lint.quiet", place=Place.TIME, stops=True)


def _often(proof: Proof, _: Knowledge) -> Iterator[Finding]:
    """At most two ordinary warnings in any seven days."""
    if proof.urgent:
        return
    around = sorted([*proof.others, proof.at])
    for start in around:
        within = [at for at in around if start <= at < start + WEEK]
        if proof.at in within and len(within) > MOST_A_WEEK:
            values: dict[str, Value] = {"count": len(within), "most": MOST_A_WEEK}
            yield Finding(key="lint.often", place=Place.TIME, values=values)
            return


def _silence(proof: Proof, _: Knowledge) -> Iterator[Finding]:
    """Zalo's window: a person who hears nothing for more than six days can't be written to any more."""
    before = max((at for at in proof.contacts if at <= proof.at), default=None)
    after = min((at for at in proof.contacts if at > proof.at), default=None)
    if proof.zalo and before and (gap := proof.at - before) > GAP:
        values: dict[str, Value] = {"days": gap.days, "most": GAP.days}
        yield Finding(key="lint.silence", place=Place.TIME, values=values)
    if proof.zalo and after and (gap := after - proof.at) > GAP:
        values = {"days": gap.days, "most": GAP.days, "next": f"{after.astimezone(HERE):%d/%m}"}
        yield Finding(key="lint.silence_after", place=Place.TIME, values=values)


def _readable(proof: Proof, _: Knowledge) -> Iterator[Finding]:
    for fault in unreadable(proof.text):
        yield Finding(key="lint.readable", place=Place.TEXT, values={"fault": fault})


RULES: tuple[Rule, ...] = (
    _empty,
    _open_fields,
    _long,
    _phones,
    _links,
    _private,
    _readable,
    _aloud,
    _sms,
    _same,
    _quiet,
    _often,
    _silence,
)
