"""What the pages of warnings need beside the desk's own things, and who may see which warning."""

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from aiohttp import web

from bot.console.desk import DESK, OFFICER, Desk
from bot.store.broadcasts import read_broadcast
from bot.store.database import Transaction
from handlers.ask import HERE
from handlers.broadcast import OVER, Broadcast, communes_of, covers
from handlers.compose import Office
from handlers.delivery import Tally
from handlers.errors import Refusal
from handlers.forward import Notice
from handlers.lint import About, Finding, Proof, lint
from handlers.message import Speech
from handlers.neighbours import Ahead, neighbours
from handlers.officer import Officer, Role
from handlers.ports import Broadcasts, Pledges, Reach, Reaching
from handlers.reach import Forecast
from knowledge.areas import Area, Areas, Kind
from knowledge.calendar import tet
from knowledge.campaign import Campaign

FIRST = re.compile(r".+?(?=[.!?](?:\s|$)|\n|$)")  # sentence
WRITERS = frozenset({Role.COMMUNE, Role.DUTY, Role.PROVINCE})


@dataclass(frozen=True, slots=True)
class Link:
    """Where a channel is found, and what is to be said there first ("": the address says it all)."""

    url: str
    say: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """`channels`: those that can be pushed to, Zalo first. `links`: a channel → where it subscribes to an area.
    `automatic`: the season's warnings go out by themselves.
    """

    channels: tuple[str, ...]
    public_url: str
    office: Office
    speech: Callable[[Broadcast], Speech]
    about: Callable[[date], About]
    links: Callable[[Area], Mapping[str, Link]]
    campaign: Callable[[], Campaign]
    automatic: bool
    ahead: Ahead
    broadcasts: Callable[[Transaction], Broadcasts]
    reach: Reaching
    tally: Callable[[str], Awaitable[Tally]]
    watched: Callable[[Broadcast], Awaitable[Tally]]
    pledges: Callable[[Transaction], Pledges]
    forecast: Callable[[Sequence[Reach], datetime, bool], Sequence[Forecast]]


ROOM: web.AppKey[Room] = web.AppKey("room", Room)


def areas_of(officer: Officer, desk: Desk) -> list[tuple[Area, int]]:
    """(area, depth) of what an officer may warn: the own commune, or the province and its communes."""
    areas = desk.knowledge().areas
    if officer.province_wide:
        return [(areas.province, 0), *((commune, 1) for commune in areas.communes)]
    own = areas.get(officer.area)
    return [(own, 0)] if own and own.kind is not Kind.HAMLET else []


def choices_of(officer: Officer, desk: Desk) -> list[tuple[Area, int]]:
    """The same for who writes a warning; in the own commune its hamlets too."""
    found = areas_of(officer, desk)
    if officer.province_wide:
        return found
    within = [each for own, _ in found for each in desk.knowledge().areas.within(own.id)]
    return [*found, *((each, 1) for each in within if each.kind is Kind.HAMLET)]


def may_see(officer: Officer, broadcast: Broadcast, areas: Areas) -> bool:
    """Those whom it concerns: its own area's officers, the province; a broken glass everybody (DESIGN §6)."""
    if broadcast.glass or officer.province_wide:
        return True
    mine = {area.id for area in areas.within(officer.area)} if officer.area in areas else set()
    return bool(mine & {*broadcast.areas, *communes_of(broadcast, areas)})


def may_work_on(officer: Officer, broadcast: Broadcast, areas: Areas) -> bool:
    chosen = broadcast.areas or (areas.province.id,)
    return officer.role in WRITERS and all(covers(officer, area, areas) for area in chosen)


async def wanted(request: web.Request, broadcasts: Broadcasts) -> Broadcast:
    """The warning of the address; 404 where there is none, or it is not the officer's to see."""
    return _theirs(request, await broadcasts.get(request.match_info["id"]))


async def looked_at(request: web.Request) -> Broadcast:
    """The same for who only looks: asked each second, it must not stand in the sender's way."""
    database = request.app[DESK].database
    return _theirs(request, await read_broadcast(database, request.match_info["id"]))


def _theirs(request: web.Request, found: Broadcast | None) -> Broadcast:
    areas = request.app[DESK].knowledge().areas
    if found is None or not may_see(request[OFFICER], found, areas):
        raise web.HTTPNotFound
    return found


def place_of(broadcast: Broadcast, areas: Areas) -> str:
    """Where it goes, in a few words: the names of its areas."""
    names = [areas[id].name for id in broadcast.areas if id in areas]
    return ", ".join(names) or areas.province.name


def title_of(broadcast: Broadcast) -> str:
    """What officers call it: its title, else its first sentence."""
    first = FIRST.match(broadcast.text.replace("**", "").strip())
    return broadcast.title or (first[0][:90].strip() if first else "—")


def duty_of(broadcast: Broadcast, areas: Areas, office: Office) -> str:
    """The number to ring back: the one area's own, else the office's."""
    if len(broadcast.areas) == 1 and broadcast.areas[0] in areas:
        own = areas.commune(broadcast.areas[0]) or areas[broadcast.areas[0]]
        return own.duty or own.hotline or office.duty
    return office.duty or (areas.province.duty if len(areas) else "")


def notice_of(broadcast: Broadcast, desk: Desk, room: Room) -> Notice:
    """The warning as it leaves the office."""
    areas = desk.knowledge().areas
    at = broadcast.started or broadcast.at or broadcast.approved or desk.clock()
    return Notice(
        text=broadcast.text,
        sms=broadcast.sms,
        place=place_of(broadcast, areas),
        at=at.astimezone(HERE),
        urgent=broadcast.urgent,
        duty=duty_of(broadcast, areas, room.office),
        address=room.office.address or room.public_url,
    )


def findings_of(
    broadcast: Broadcast, others: Sequence[Broadcast], desk: Desk, room: Room
) -> tuple[Finding, ...]:
    """What the lint says of a warning, beside the other warnings to the same people."""
    knowledge, now = desk.knowledge(), desk.clock()
    communes = set(communes_of(broadcast, knowledge.areas))
    at = max(broadcast.at or now, now)
    near = neighbours(broadcast, others, room.ahead(now), knowledge.areas, now)
    proof = Proof(
        text=broadcast.text,
        sms=broadcast.sms,
        topic=broadcast.topic,
        at=at,
        urgent=broadcast.urgent,
        phones=frozenset(filter(None, (room.office.duty, *_phones(communes, knowledge.areas)))),
        hosts=frozenset({room.public_url.partition("://")[2].partition(":")[0], room.office.address}),
        others=near.ordinary,
        contacts=near.all,
        zalo="zalo_oa" in (broadcast.channels or room.channels),
    )  # fmt: skip
    return lint(proof, knowledge, room.about(at.astimezone(HERE).date()))


def refused(desk: Desk, refusal: Refusal) -> str:
    return desk.texts(refusal.key, **refusal.values)


def next_tet(now: datetime) -> int:
    """The year of the Tết whose season is on or comes next."""
    today = now.astimezone(HERE).date()
    return today.year if (today - tet(today.year)).days <= 30 else today.year + 1


def is_over(broadcast: Broadcast) -> bool:
    return broadcast.stage in OVER


def _phones(communes: set[str], areas: Areas) -> set[str]:
    of = [areas[id] for id in communes if id in areas]
    provincial = [areas.province] if len(areas) else []
    return {phone for area in (*of, *provincial) for phone in (area.duty, area.hotline)}
