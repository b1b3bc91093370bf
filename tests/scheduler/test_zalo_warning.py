"""A warning to followers whose windows stand differently: the report says exactly what Zalo's own count says."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.store.database import Database
from bot.store.deliveries import DatabaseLedger, read_on_zalo, tally
from bot.store.leases import DatabaseLeases
from handlers.delivery import State
from scheduler.herald import Herald
from tests.channels.zalo_desk import ACCOUNT, Desk, open_desk
from tests.fakes.zalo import V3, ZaloServer, open_zalo_server
from tests.scheduler.season import SENDING, expand, post, speak, states

WARNING = replace(SENDING, areas=("suoi-guong",))
# of ten: hours since they last wrote, as we know it; as Zalo knows it; the code that Zalo refuses with
TEN = (
    *[(1, 1, None)] * 4,  # free
    *[(72, 72, None)] * 3,  # out of the package's quota, then charged
    (192, 192, None),  # shut: Zalo is not even asked
    (24, 192, None),  # we think that it is open, Zalo knows better
    (1, 1, -227),  # gone
)


def person(number: int) -> str:
    return f"84{number:017}"


async def followers(database: Database, zalo: ZaloServer, desk: Desk, count: int) -> None:
    async with database.transaction() as tx:
        for number in range(count):
            ours, theirs, refuses = TEN[number % len(TEN)]
            zalo.person(
                person(number), last=zalo.now() - theirs * 3600, refuses=refuses, follows=True
            )
            contact = int((desk.now() - timedelta(hours=ours)).timestamp())
            await tx.run(
                "INSERT INTO subscriber (id, channel, account, chat, topics, party, since, contact)"
                " VALUES ($1, 'zalo_oa', $2, $3, 'all', 0, 0, $4)",
                number,
                ACCOUNT,
                person(number),
                contact,
            )
            sql = "INSERT INTO subscription (area, subscriber) VALUES ('suoi-guong', $1)"
            await tx.run(sql, number)


def herald_of(database: Database, desk: Desk) -> Herald:
    return Herald(
        ledger=DatabaseLedger(database),
        leases=DatabaseLeases(database),
        channels={"zalo_oa": desk.channel},
        speak=speak,
        post=post,
        clock=desk.now,
    )


async def check_report(database: Database, count: int) -> None:
    """Sends, and holds the ledger against the fake, as a whole and person by person."""
    async with open_zalo_server() as zalo, open_desk(zalo) as desk:
        zalo.pass_time(hours=2)  # the token is no longer young
        zalo.quotas.left = count // 10
        await followers(database, zalo, desk, count)
        await expand(database, WARNING, ("zalo_oa",))
        zalo.grant.until = zalo.now() - 1  # and dies before the first call

        await herald_of(database, desk).settle()

        tenth = count // 10
        report = await tally(database, "b1")
        assert report.audience == count
        assert await states(database) == {"sent": 7 * tenth, "shut": 2 * tenth, "gone": tenth}
        assert zalo.report() == {
            "reply": 4 * tenth,
            "sub_quota": tenth,
            "charged": 2 * tenth,
        }
        assert report[State.SENT] == sum(zalo.report().values())
        assert desk.counts == Counter(zalo.report())
        assert zalo.grant.rotations == 2  # one refresh for all that were under way
        rows = await database.read("SELECT chat, message FROM delivery WHERE state = 'sent'")
        assert {(row["chat"], row["message"]) for row in rows} == {
            (each.id, said.id) for each in zalo.people.values() for said in each.got
        }
        asked = {call.body["recipient"]["user_id"] for call in zalo.calls if call.path == V3}
        assert person(7) not in asked  # a shut window costs not even a call


async def test_the_report_is_what_zalo_counts(database: Database) -> None:
    await check_report(database, 500)


@pytest.mark.soak
async def test_the_report_of_ten_thousand_is_what_zalo_counts(database: Database) -> None:
    await check_report(database, 10_000)


async def test_an_answer_that_was_lost_is_said_to_be_unknown_where_it_costs(
    database: Database,
) -> None:
    """Not said again for money; a free one is, and a person may read it twice."""
    async with open_zalo_server() as zalo, open_desk(zalo) as desk:
        await followers(database, zalo, desk, 200)
        await expand(database, WARNING, ("zalo_oa",))
        zalo.fail(V3, "lost", times=4, skip=20)

        await herald_of(database, desk).settle()

        found = await states(database)
        twice = [p for p in zalo.people.values() if len(p.got) == 2]
        assert found.get("unknown", 0) + len(twice) == 4
        assert found["sent"] + found.get("unknown", 0) == sum(
            bool(p.got) for p in zalo.people.values()
        )
        assert all(said.price == "reply" for p in twice for said in p.got)


async def test_a_package_that_is_used_up_stops_the_account_and_loses_nobody(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    async with open_zalo_server() as zalo, open_desk(zalo) as desk:
        zalo.quotas.left, zalo.quotas.stop_when_empty = 5, True
        await followers(database, zalo, desk, 100)
        await expand(database, WARNING, ("zalo_oa",))

        await herald_of(database, desk).settle()

        found = await states(database)
        assert found["sent"] == sum(zalo.report().values())
        assert sum(found.values()) == 100
        assert found["queued"] > 0  # they wait until a person has acted
    reasons = {record.__dict__.get("reason") for record in caplog.records}
    assert "quota" in reasons


async def test_danger_reaches_those_shut_out_by_the_template_that_was_approved(
    database: Database,
) -> None:
    """Only danger, only what it holds as a whole; who never wrote is out of reach all the same."""
    async with open_zalo_server(templates={"t1"}) as zalo, open_desk(zalo, template="t1") as desk:
        await followers(database, zalo, desk, 20)
        await expand(database, replace(WARNING, urgent=True), ("zalo_oa",))
        await expand(database, replace(WARNING, id="b2"), ("zalo_oa",))

        await herald_of(database, desk).settle()

        assert await states(database) == {"sent": 18, "gone": 2}
        assert (await states(database, "b2"))["sent"] == 14
        assert zalo.report()["template"] == 4


async def test_who_has_read_a_warning_is_counted_in_its_report(database: Database) -> None:
    async with open_zalo_server() as zalo, open_desk(zalo) as desk:
        await followers(database, zalo, desk, 10)
        await expand(database, WARNING, ("zalo_oa",))
        await herald_of(database, desk).settle()
        ids = [zalo.got(person(number))[0].id for number in (0, 1)]

        async with database.transaction() as tx:
            found = await read_on_zalo(tx, ACCOUNT, [*ids, "an-answer-no-warning"])
            none = await read_on_zalo(tx, "xa-khac", ids) + await read_on_zalo(tx, ACCOUNT, [])

    assert (found, none) == (2, 0)
    assert (await tally(database, "b1")).seen == 2
