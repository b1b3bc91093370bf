"""A warning to many: what it is, and the rules of its life; the same for chat and console.

draft → submitted → approved → sending → done
                                 ⇅ paused, halted          any of them before done → cancelled
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from handlers.errors import Refusal
from handlers.message import Haste
from handlers.officer import Officer, Role
from knowledge.areas import Areas

LONGEST = 2000  # letters of a text: what the narrowest channel takes
SMS = 160  # letters of the form without marks, for whoever has no smartphone
EVERY_TOPIC = "all"
GLASS = timedelta(minutes=30)  # a broken glass is for what happens now: it has no later hour


class Stage(StrEnum):
    """Where a broadcast stands; only `SENDING` lets its deliveries go out."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    SENDING = "sending"
    PAUSED = "paused"
    DONE = "done"
    CANCELLED = "cancelled"
    HALTED = "halted"  # it stopped itself: too many errors


OPEN = frozenset({Stage.DRAFT, Stage.SUBMITTED, Stage.APPROVED})  # nothing has gone out
RUNNING = frozenset({Stage.SENDING, Stage.PAUSED, Stage.HALTED})
OVER = frozenset({Stage.DONE, Stage.CANCELLED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Broadcast:
    """One warning. `areas` are ids of communes or of the province; `channels` empty: every channel.

    `at`: not before this instant; None: as soon as it is approved. `moment`: words of knowledge/moments.py that `at`
    came from. `corrects`: it goes to exactly those that broadcast reached. `glass`: sent without approval, in an
    emergency. `source`: the campaign's warning or the template it was made from. `unmet`: only who got none of the
    broadcasts named so far today ("chưa nhận"). `chosen`: only who chose its topic by name.
    """

    id: str
    author: str
    text: str
    title: str = ""
    topic: str = EVERY_TOPIC
    areas: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    sms: str = ""
    urgent: bool = False
    at: datetime | None = None
    moment: str = ""
    stage: Stage = Stage.DRAFT
    approver: str | None = None
    glass: bool = False
    corrects: str | None = None
    source: str = ""
    unmet: str | None = None
    chosen: bool = False
    made: datetime | None = None
    submitted: datetime | None = None
    approved: datetime | None = None
    started: datetime | None = None
    ended: datetime | None = None

    @property
    def haste(self) -> Haste:
        """Its place in an account's queue."""
        return Haste.URGENT if self.urgent else Haste.ORDINARY


def compose(broadcast: Broadcast, officer: Officer, areas: Areas, now: datetime) -> Broadcast:
    """A new draft in an officer's name; Refusal where the officer may not speak for an area of it."""
    _must_cover(officer, broadcast, areas)
    return replace(broadcast, author=officer.id, stage=Stage.DRAFT, made=now)


def edit(broadcast: Broadcast, officer: Officer, areas: Areas, /, **changes: object) -> Broadcast:
    """A changed draft; what was submitted or approved has to be so again (DESIGN §6).

    Whoever changed it last is its author: another officer has to see these words.
    """
    if broadcast.stage not in OPEN:
        raise Refusal("broadcast.too_late")
    changed = replace(broadcast, **changes)  # type: ignore[arg-type]
    _must_cover(officer, changed, areas)
    if broadcast.stage is Stage.APPROVED and officer.id == broadcast.approver:
        raise Refusal("broadcast.own_approval")
    return replace(
        changed,
        author=officer.id,
        stage=Stage.DRAFT,
        approver=None,
        submitted=None,
        approved=None,
        glass=False,
    )


def submit(broadcast: Broadcast, officer: Officer, areas: Areas, now: datetime) -> Broadcast:
    """Ask another officer to approve it."""
    _must_be(broadcast, Stage.DRAFT)
    _must_cover(officer, broadcast, areas)
    _must_be_whole(broadcast, now)
    return replace(broadcast, stage=Stage.SUBMITTED, submitted=now)


def approve(broadcast: Broadcast, officer: Officer, areas: Areas, now: datetime) -> Broadcast:
    """Another officer of the right area says yes; a state, nothing more: the clock sends it."""
    _must_be(broadcast, Stage.SUBMITTED)
    if officer.id == broadcast.author:
        raise Refusal("broadcast.four_eyes")
    _must_cover(officer, broadcast, areas)
    _must_be_whole(broadcast, now)
    return replace(broadcast, stage=Stage.APPROVED, approver=officer.id, approved=now)


def approve_beforehand(broadcast: Broadcast, now: datetime) -> Broadcast:
    """Of a template that was approved in advance, with only its fields filled: nobody need look again."""
    _must_be(broadcast, Stage.SUBMITTED)
    _must_be_whole(broadcast, now)
    return replace(broadcast, stage=Stage.APPROVED, approver=broadcast.source, approved=now)


def send_back(broadcast: Broadcast, officer: Officer, areas: Areas) -> Broadcast:
    """Another officer says no: it is a draft again."""
    _must_be(broadcast, Stage.SUBMITTED, Stage.APPROVED)
    _must_cover(officer, broadcast, areas)
    return replace(broadcast, stage=Stage.DRAFT, approver=None, submitted=None, approved=None)


def break_glass(broadcast: Broadcast, officer: Officer, areas: Areas, now: datetime) -> Broadcast:
    """In an emergency an officer on duty, or the province, sends at once; it stays marked for ever."""
    _must_be(broadcast, Stage.DRAFT, Stage.SUBMITTED)
    if officer.role not in (Role.DUTY, Role.PROVINCE):
        raise Refusal("broadcast.glass_role")
    _must_cover(officer, broadcast, areas)
    if not broadcast.urgent or (broadcast.at and broadcast.at - now > GLASS):
        raise Refusal("broadcast.glass_urgent")
    _must_be_whole(broadcast, now)
    return replace(broadcast, stage=Stage.APPROVED, glass=True, submitted=now, approved=now)


def start(broadcast: Broadcast, now: datetime) -> Broadcast:
    """Its hour has come."""
    _must_be(broadcast, Stage.APPROVED)
    return replace(broadcast, stage=Stage.SENDING, started=now)


def pause(broadcast: Broadcast, officer: Officer, areas: Areas) -> Broadcast:
    _must_be(broadcast, Stage.SENDING)
    _must_cover(officer, broadcast, areas)
    return replace(broadcast, stage=Stage.PAUSED)


def resume(broadcast: Broadcast, officer: Officer, areas: Areas) -> Broadcast:
    """Go on where it stopped."""
    _must_be(broadcast, Stage.PAUSED, Stage.HALTED)
    _must_cover(officer, broadcast, areas)
    return replace(broadcast, stage=Stage.SENDING)


def cancel(broadcast: Broadcast, officer: Officer, areas: Areas, now: datetime) -> Broadcast:
    """Nothing more goes out; what went out stays in the report."""
    if broadcast.stage in OVER:
        raise Refusal("broadcast.over")
    _must_cover(officer, broadcast, areas)
    return replace(broadcast, stage=Stage.CANCELLED, ended=now)


def halt(broadcast: Broadcast) -> Broadcast:
    """It stops itself, until an officer has looked."""
    _must_be(broadcast, Stage.SENDING)
    return replace(broadcast, stage=Stage.HALTED)


def finish(broadcast: Broadcast, now: datetime) -> Broadcast:
    """Every delivery has come to an end."""
    _must_be(broadcast, Stage.SENDING)
    return replace(broadcast, stage=Stage.DONE, ended=now)


def correction(
    wrong: Broadcast, id: str, text: str, officer: Officer, areas: Areas, now: datetime
) -> Broadcast:
    """A draft to exactly those whom the wrong one reached; it is as urgent, and needs approval like any."""
    if wrong.stage in OPEN:
        raise Refusal("broadcast.not_sent")
    draft = Broadcast(
        id=id,
        author=officer.id,
        title=wrong.title,
        topic=wrong.topic,
        areas=wrong.areas,
        channels=wrong.channels,
        text=text,
        urgent=True,
        corrects=wrong.id,
    )
    return compose(draft, officer, areas, now)


def covers(officer: Officer, area: str, areas: Areas) -> bool:
    """Whether an area is an officer's to speak for; of an area that is gone, only the province."""
    if officer.province_wide:
        return True
    return area in areas and officer.area in {each.id for each in areas.above(area)}


def communes_of(broadcast: Broadcast, areas: Areas) -> tuple[str, ...]:
    """The ids of the communes that a broadcast goes to, each once."""
    chosen = broadcast.areas or ((areas.province.id,) if len(areas) else ())
    within = (each for area in chosen if area in areas for each in areas.within(area))
    return tuple(dict.fromkeys(c.id for each in within if (c := areas.commune(each.id))))


def _must_be(broadcast: Broadcast, *stages: Stage) -> None:
    if broadcast.stage not in stages:
        raise Refusal(f"broadcast.is.{broadcast.stage}")


def _must_cover(officer: Officer, broadcast: Broadcast, areas: Areas) -> None:
    if officer.role is Role.ADMIN:  # keeps accounts and knowledge, warns nobody
        raise Refusal("broadcast.not_yours")
    chosen = broadcast.areas or (areas.province.id,)
    if not all(covers(officer, area, areas) for area in chosen):
        raise Refusal("broadcast.not_yours")


def _must_be_whole(broadcast: Broadcast, now: datetime) -> None:
    if not broadcast.text.strip():
        raise Refusal("broadcast.empty")
    if len(broadcast.text) > LONGEST:
        raise Refusal("broadcast.too_long", count=len(broadcast.text), most=LONGEST)
    if broadcast.sms and (len(broadcast.sms) > SMS or not broadcast.sms.isascii()):
        raise Refusal("broadcast.sms", most=SMS)
    if broadcast.at and broadcast.at < now - timedelta(minutes=1):
        raise Refusal("broadcast.past")
