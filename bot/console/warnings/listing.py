"""GET /canh-bao: the warnings that an officer may see, by where they stand."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from aiohttp import web

from bot.console.desk import DESK, OFFICER
from bot.console.warnings.room import ROOM, WRITERS, may_see, place_of, title_of
from handlers.broadcast import OVER, RUNNING, Broadcast, Stage
from handlers.neighbours import LISTED
from handlers.ports import Broadcasts

PAST = 50  # of those that are over
SEEN = timedelta(days=1)  # for so long a broken glass stands above everybody's list
GROUPS: Mapping[str, frozenset[Stage]] = {
    "waiting": frozenset({Stage.SUBMITTED}),
    "running": frozenset({*RUNNING, Stage.APPROVED}),
    "drafts": frozenset({Stage.DRAFT}),
    "over": OVER,
}


async def list_page(request: web.Request) -> web.StreamResponse:
    desk, room = request.app[DESK], request.app[ROOM]
    now = desk.clock()
    areas, officer = desk.knowledge().areas, request[OFFICER]
    async with desk.database.transaction() as tx:
        found = await listed(room.broadcasts(tx))
    mine = [each for each in found if may_see(officer, each, areas)]
    tallies = {each.id: await room.watched(each) for each in mine if each.stage in RUNNING}
    return desk.page(
        request,
        "warnings/list.html",
        groups={name: _in(mine, stages) for name, stages in GROUPS.items()},
        glass=[
            each for each in mine if each.approved and each.glass and now - each.approved < SEEN
        ],
        tallies=tallies,
        title_of=title_of,
        place_of=lambda each: place_of(each, areas),
        writes=officer.role in WRITERS,
    )


async def listed(broadcasts: Broadcasts) -> list[Broadcast]:
    """Those that are under way, then the last that are over."""
    return [
        *await broadcasts.of_stage(*(set(Stage) - OVER), limit=LISTED),
        *await broadcasts.of_stage(*OVER, limit=PAST),
    ]


def _in(broadcasts: Sequence[Broadcast], stages: frozenset[Stage]) -> list[Broadcast]:
    return [each for each in broadcasts if each.stage in stages]


ROUTES = (web.get("/canh-bao", list_page),)
