"""The clock over a whole season: what was sent is what `campaign preview` prints, whatever happens meanwhile."""

import asyncio
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, ClassVar

import pytest

from bot.store.broadcasts import Broadcasts
from bot.store.database import Database
from bot.store.deliveries import DatabaseLedger
from bot.store.register import DatabaseRegister
from handlers.broadcast import Broadcast, Stage
from knowledge.campaign import Campaign, heard, load_campaign, spared
from knowledge.load import SHIPPED
from scheduler.campaign import Choices, Season, broadcasts_of, occasion
from scheduler.rounds import Rounds, quiet
from tests.fakes.telegram import open_telegram_server
from tests.scheduler.season import (
    AREAS,
    NOW,
    SENDING,
    herald_of,
    people,
    states,
    telegram_channel,
)

TET: Campaign = load_campaign(SHIPPED / "campaigns" / "tet.toml")
YEAR = 2027
HALF = timedelta(minutes=30)  # every moment of the campaign is on one


@dataclass(frozen=True, slots=True)
class Choice:
    off: bool = False
    text: str = ""
    sms: str = ""


async def none(campaign: str) -> Choices:
    return {}


def rounds_of(database: Database, campaign: Campaign = TET) -> Rounds:
    """A machine that was just started."""
    register = DatabaseRegister(database)
    return Rounds(
        register=register,
        ledger=DatabaseLedger(database),
        areas=lambda: AREAS,
        open_channels=lambda: ("telegram",),
        wake=lambda: None,
        plan=Season(
            campaign=lambda: campaign, choices=none, areas=lambda: AREAS, launches=register
        ),
    )


async def launched(database: Database) -> Counter[str]:
    rows = await database.read("SELECT source FROM broadcast")
    return Counter(row["source"].partition("/")[2] for row in rows)


async def run(database: Database, times: Sequence[datetime], campaign: Campaign = TET) -> None:
    rounds = rounds_of(database, campaign)
    for now in times:
        await rounds(now)


def half_hours(*, near: bool) -> Iterator[datetime]:
    """Every half hour of the season; only those about a warning where the database is slow to ask."""
    plan = TET.plan(YEAR)
    moments = {each.at + shift for each in plan for shift in (-HALF, timedelta(0), HALF)}
    now = plan[0].at - HALF
    while now <= plan[-1].at + HALF:
        if not near or now in moments or now.hour == now.minute == 0:
            yield now
        now += HALF


def planned(id: str) -> datetime:
    return next(each.at for each in TET.plan(YEAR) if each.warning.id == id)


async def test_a_season_sends_what_the_preview_prints(database: Database) -> None:
    """Two machines take turns, and are started anew each day: nothing is left out, nothing comes twice, and
    nobody gets a third ordinary warning within seven days, whatever topics they chose.
    """
    people_of = {1: "all", 2: "scams", 3: "scams traffic", 4: "fireworks traffic fire theft"}
    for chat, topics in people_of.items():
        await people(database, [chat], topics=topics)
    plan, at = TET.plan(YEAR), NOW
    machines = [rounds_of(database), rounds_of(database)]
    async with open_telegram_server() as telegram, telegram_channel(telegram) as channel:
        herald = herald_of(database, channel, clock=lambda: at)
        for at in half_hours(near=not database.alone):
            for rounds in machines:
                await rounds(at)
            await herald.settle()
            await machines[0](at)
            if at.hour == 0:
                machines = [rounds_of(database), rounds_of(database)]

        said = {chat: [call.text for call in telegram.sent(chat)] for chat in people_of}

    rows = await database.read(
        "SELECT id, source, at, started, stage FROM broadcast ORDER BY at, source"
    )
    assert [(r["source"].partition("/")[2], r["at"], r["started"], r["stage"]) for r in rows] == [
        (each.warning.id, int(each.at.timestamp()), int(each.at.timestamp()), "done")
        for each in plan
    ]
    for chat, topics in people_of.items():
        got, over = heard(plan, topics.split()), spared(plan, topics.split())
        assert said[chat] == [each.warning.text.replace("**", "").strip() for each in got]
        kept = await database.read(
            "SELECT b.source FROM delivery d JOIN broadcast b ON b.id = d.broadcast"
            " WHERE d.chat = $1 AND d.state = 'spared' ORDER BY b.at, b.source",
            str(chat),
        )
        assert [row["source"].partition("/")[2] for row in kept] == [e.warning.id for e in over]
    assert not spared(plan, ["all"])
    assert spared(plan, people_of[4].split())


async def test_a_run_missed_is_sent_late_or_dropped_by_its_own_rule(database: Database) -> None:
    late, dropped = planned("cho-tet"), planned("mung-1")  # missed = "late" | "drop"

    await run(database, [late + timedelta(hours=3), dropped + timedelta(hours=3)])
    assert await launched(database) >= Counter(["cho-tet"])
    assert "mung-1" not in await launched(database)

    await run(database, [planned("tro-lai") + timedelta(hours=25)])
    assert "tro-lai" not in await launched(database)  # a day later it is no news any more


async def test_a_clock_that_jumps_sends_nothing_twice(database: Database) -> None:
    at = planned("otp")
    jumps = [
        at,
        at - timedelta(hours=2),
        at,
        at + timedelta(days=400),
        at,
        at + timedelta(minutes=5),
    ]

    await run(database, jumps)

    assert (await launched(database))["otp"] == 1


async def test_a_restart_within_the_minute_sends_nothing_twice(database: Database) -> None:
    at = planned("otp")
    for seconds in range(5):
        await run(database, [at + timedelta(seconds=seconds)])

    assert await launched(database) == Counter(["otp"])


async def test_a_moment_moved_on_the_day_is_not_sent_again(database: Database) -> None:
    """The file is changed while the program runs: a sent one stays sent, a new one is sent once."""
    at = planned("otp")
    moved = replace(
        TET,
        warnings=(
            *(replace(w, moment="tet-31d 16:30") if w.id == "otp" else w for w in TET.warnings),
            replace(TET.warnings[0], id="moi", moment="tet-31d 17:00"),
        ),
    )

    await run(database, [at])
    await run(database, [at + timedelta(hours=h / 2) for h in range(20)], moved)

    assert await launched(database) == Counter(["otp", "moi"])


async def test_ordinary_warnings_wait_for_the_morning(database: Database) -> None:
    evening = planned("cuu-tro") + timedelta(hours=6)  # 22:30: the machine was down
    morning = evening + timedelta(hours=8)

    await run(database, [evening])
    before = await database.read("SELECT stage FROM broadcast")
    await run(database, [morning])
    after = await database.read("SELECT stage FROM broadcast WHERE source LIKE '%cuu-tro'")

    assert quiet(evening)
    assert not quiet(morning)
    assert [row["stage"] for row in before] == ["approved"]
    assert [row["stage"] for row in after] == ["done"]  # begun, and nobody to tell


def test_a_commune_leaves_a_warning_out_or_says_it_in_its_own_words() -> None:
    otp = next(each for each in TET.plan(YEAR) if each.warning.id == "otp")
    own = {("otp", "na-may"): Choice(off=True), ("otp", "co-xanh"): Choice(text="Lời của xã.")}

    plain, special = broadcasts_of(TET, otp, own, AREAS, NOW)

    assert set(plain.areas) == {area.id for area in AREAS.communes} - {"na-may", "co-xanh"}
    assert (special.areas, special.text, special.sms) == (
        ("co-xanh",),
        "Lời của xã.",
        otp.warning.sms,
    )
    (whole,) = broadcasts_of(TET, otp, {}, AREAS, NOW)
    assert whole.areas == ("tinh-mau",)


@pytest.mark.parametrize("year", range(2025, 2051))
def test_each_occasion_of_a_season_has_a_name_of_its_own(year: int) -> None:
    names = [occasion(TET, each) for each in TET.plan(year)]

    assert len(set(names)) == len(names)
    assert not set(names) & {occasion(TET, each) for each in TET.plan(year - 1)}


async def no_season(now: datetime) -> None:
    """Nothing is planned."""


class Noting(DatabaseLedger):
    """Notes whose recipients were added, step by step."""

    steps: ClassVar[list[str]] = []

    async def expand(self, broadcast: Broadcast, *more: Any) -> bool:
        self.steps.append(broadcast.id)
        return await super().expand(broadcast, *more)


async def test_danger_does_not_wait_until_a_province_is_written_down(database: Database) -> None:
    await people(database, range(1, 13), areas=[area.id for area in AREAS.communes])
    register, ledger = DatabaseRegister(database), Noting(database)
    ledger.steps.clear()
    tasks: list[asyncio.Task[None]] = []

    async def approve() -> None:
        danger = replace(SENDING, id="danger", urgent=True, stage=Stage.APPROVED, approved=NOW)
        async with database.transaction() as tx:
            await Broadcasts(tx).add(danger)

    def first_step() -> None:
        if not tasks:
            tasks.append(asyncio.create_task(approve()))

    async with database.transaction() as tx:
        whole = replace(SENDING, id="whole", areas=("tinh-mau",), approved=NOW)
        await Broadcasts(tx).add(whole)
    rounds = replace(rounds_of(database), register=register, ledger=ledger, wake=first_step)

    await replace(rounds, awhile=0.0, plan=no_season)(NOW)

    begun = ledger.steps.index("danger")
    assert "whole" in ledger.steps[:begun]
    assert "whole" in ledger.steps[begun:]
    assert (
        set(await states(database, "danger")) == set(await states(database, "whole")) == {"queued"}
    )
