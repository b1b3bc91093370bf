"""A campaign: the warnings of a season, each with its moment, and what is wrong with the whole."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

from knowledge.faults import Fault, KnowledgeError
from knowledge.moments import due
from knowledge.readable import unreadable
from knowledge.sms import SMS
from knowledge.tables import read_toml

TEXT = 600  # letters: a phone's screen
TOPICS = ("fireworks", "traffic", "scams", "theft", "fire", "gambling", "fake-news", "all")
MISSED = ("late", "drop")  # a run missed while the machine was down
QUIET = (22, 6)  # hours in which only the urgent ones speak
GAP = timedelta(days=6)  # Zalo's window: the longest silence within a season (DESIGN §6)
WEEK = timedelta(days=7)
MOST_A_WEEK = 2  # ordinary warnings to one person within any seven days; the ledger holds to it
EVERYONE, CHOSEN = "everyone", "chosen"


@dataclass(frozen=True, slots=True, kw_only=True)
class Warning:
    """One warning: `text` for chats, `sms` without marks, at most 160 letters, for whoever has no smartphone.

    `audience`: "everyone" who takes its topic, those of all topics too; "chosen": only who chose it by name.
    """

    id: str
    moment: str
    topic: str
    text: str
    sms: str
    urgent: bool = False
    missed: str = "late"
    audience: str = EVERYONE

    def is_for(self, topics: Collection[str]) -> bool:
        """Whether it is meant for a subscriber of these topics."""
        if self.topic == "all" or self.topic in topics:
            return True
        return "all" in topics and self.audience == EVERYONE


@dataclass(frozen=True, slots=True)
class Planned:
    """A warning at one of its instants."""

    at: datetime
    warning: Warning


@dataclass(frozen=True, slots=True, kw_only=True)
class Campaign:
    """A season's warnings; `name` as officers call it."""

    id: str
    name: str
    warnings: tuple[Warning, ...]
    path: Path

    def plan(self, year: int) -> tuple[Planned, ...]:
        """All of a year's Tết, in order."""
        planned = [Planned(at, w) for w in self.warnings for at in due(w.moment, year)]
        return tuple(sorted(planned, key=lambda each: (each.at, each.warning.id)))


def load_campaign(path: Path) -> Campaign:
    """The campaign of a TOML file; KnowledgeError with every fault."""
    try:
        raw = read_toml(path)
        rows: Sequence[Mapping[str, Any]] = raw["warning"]
        name = str(raw["name"])
    except KeyError:
        remedy = "cần name = … và các bảng [[warning]]"
        raise KnowledgeError([Fault(path, 1, remedy)]) from None
    faults: list[Fault] = []
    warnings = []
    for row in rows:
        try:
            warnings.append(Warning(**row))
        except TypeError:
            text = f"[[warning]] «{row.get('id', '?')}»: cần id, moment, topic, text, sms"
            faults.append(Fault(path, 1, text))
    campaign = Campaign(id=path.stem, name=name, warnings=tuple(warnings), path=path)
    faults += [Fault(path, 1, text) for text in _faults(campaign)]
    if faults:
        raise KnowledgeError(faults)
    return campaign


def heard(plan: Sequence[Planned], topics: Collection[str]) -> tuple[Planned, ...]:
    """What a subscriber of these topics gets of a plan: of the ordinary ones never a third within seven days."""
    found: list[Planned] = []
    for each in plan:
        if each.warning.is_for(topics) and (each.warning.urgent or not crowded(found, each.at)):
            found.append(each)
    return tuple(found)


def crowded(before: Sequence[Planned], at: datetime) -> bool:
    """Whether as many ordinary ones as a person should get came in the seven days before."""
    near = [each for each in before if not each.warning.urgent and each.at >= at - WEEK]
    return len(near) >= MOST_A_WEEK


def spared(plan: Sequence[Planned], topics: Collection[str]) -> tuple[Planned, ...]:
    """What would be one too many for a subscriber of these topics, and does not come."""
    got = heard(plan, topics)
    return tuple(each for each in plan if each.warning.is_for(topics) and each not in got)


def silences(plan: Sequence[Planned]) -> Iterator[tuple[Planned, Planned]]:
    """Neighbours that lie further apart than Zalo's window allows."""
    for one, other in pairwise(plan):
        if other.at - one.at > GAP:
            yield one, other


def _faults(campaign: Campaign) -> Iterator[str]:
    ids = [warning.id for warning in campaign.warnings]
    for warning in campaign.warnings:
        yield from (f"«{warning.id}»: {text}" for text in _of_warning(warning))
        if ids.count(warning.id) > 1:
            yield f"«{warning.id}»: trùng id"


def _of_warning(warning: Warning) -> Iterator[str]:
    try:
        hours = {at.hour for at in due(warning.moment, 2027)}
    except ValueError:
        yield f"moment «{warning.moment}» không đọc được: xem docs/knowledge.md"
        return
    if any(hour >= QUIET[0] or hour < QUIET[1] for hour in hours) and not warning.urgent:
        yield f"gửi trong giờ yên tĩnh ({QUIET[0]}:00–0{QUIET[1]}:00) mà không phải tin khẩn"
    if warning.topic not in TOPICS:
        yield f"topic là một trong: {', '.join(TOPICS)}"
    if warning.missed not in MISSED:
        yield "missed là late hoặc drop"
    if warning.audience not in (EVERYONE, CHOSEN) or (
        warning.audience == CHOSEN and warning.topic == "all"
    ):
        yield "audience là everyone, hoặc chosen (chỉ ai chọn riêng chủ đề; không dùng với topic all)"
    if len(warning.text) > TEXT:
        yield f"text dài {len(warning.text)} ký tự, tối đa {TEXT}"
    if len(warning.sms) > SMS or not warning.sms.isascii():
        yield f"sms phải không dấu và tối đa {SMS} ký tự (đang {len(warning.sms)})"
    yield from unreadable(warning.text)
