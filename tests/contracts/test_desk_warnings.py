"""What officers add to warnings at the desk, on both engines: households told, the duty roster, a commune's season."""

from datetime import UTC, datetime, timedelta

from bot.store.database import Database
from bot.store.roster import Roster
from bot.store.seasons import Seasons
from bot.store.told import HamletsTold
from handlers.report import Told
from handlers.roster import Shift
from handlers.season import Choice

NOW = datetime(2027, 2, 5, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
SHIFT = Shift(id="s1", area="suoi-guong", officer="hoa", place=0, starts=NOW, ends=NOW + 8 * HOUR)


async def test_a_hamlets_newest_word_counts_for_its_warning_alone(database: Database) -> None:
    first = Told(hamlet="thon-1", households=40, at=NOW)
    newest = Told(hamlet="thon-1", households=75, at=NOW + HOUR)
    other = Told(hamlet="thon-0", households=3, at=NOW)
    async with database.transaction() as tx:
        told = HamletsTold(tx)
        for each in (first, other, newest):
            await told.put("b1", each, "hoa")
        await told.put("b2", first, "nam")

    async with database.transaction() as tx:
        assert await HamletsTold(tx).of("b1") == (other, newest)
        assert await HamletsTold(tx).of("b2") == (first,)
        assert await HamletsTold(tx).of("b3") == ()


async def test_the_roster_shows_what_has_not_ended_in_order_of_hour_and_place(
    database: Database,
) -> None:
    over = Shift(
        id="s0", area="suoi-guong", officer="nam", place=0, starts=NOW - 9 * HOUR, ends=NOW
    )
    deputy = Shift(
        id="s2", area="suoi-guong", officer="nam", place=1, starts=NOW, ends=NOW + 8 * HOUR
    )
    later = Shift(
        id="s3", area="tinh-mau", officer="tinh", place=0, starts=NOW + HOUR, ends=NOW + 2 * HOUR
    )
    elsewhere = Shift(id="s4", area="na-may", officer="xa", place=0, starts=NOW, ends=NOW + HOUR)
    async with database.transaction() as tx:
        for each in (later, deputy, over, elsewhere, SHIFT):
            await Roster(tx).add(each)

    async with database.transaction() as tx:
        assert await Roster(tx).ahead(["suoi-guong", "tinh-mau"], NOW) == (SHIFT, deputy, later)
        assert await Roster(tx).ahead([], NOW) == ()


async def test_a_shift_is_taken_away_once(database: Database) -> None:
    async with database.transaction() as tx:
        await Roster(tx).add(SHIFT)

    async with database.transaction() as tx:
        assert await Roster(tx).remove("s1") == SHIFT
        assert await Roster(tx).remove("s1") is None
        assert await Roster(tx).ahead(["suoi-guong"], NOW) == ()


async def test_a_communes_newest_choice_counts_and_the_campaigns_own_is_forgotten(
    database: Database,
) -> None:
    off, own = Choice(off=True), Choice(text="Lời của xã: «không»; 100 %", sms="Loi cua xa")
    async with database.transaction() as tx:
        seasons = Seasons(tx)
        await seasons.put("tet", "otp", "na-may", off, "hoa", NOW)
        await seasons.put("tet", "otp", "na-may", own, "hoa", NOW + HOUR)
        await seasons.put("tet", "ram", "na-may", off, "hoa", NOW)
        await seasons.put("tet", "otp", "co-xanh", off, "xa", NOW)
        await seasons.put("other", "otp", "na-may", off, "hoa", NOW)
        await seasons.put("tet", "ram", "na-may", Choice(), "hoa", NOW + HOUR)

    async with database.transaction() as tx:
        assert await Seasons(tx).of("tet") == {("otp", "na-may"): own, ("otp", "co-xanh"): off}
        assert await Seasons(tx).of("none") == {}


async def test_what_fails_half_way_leaves_nothing(database: Database) -> None:
    class Stop(Exception):
        pass

    try:
        async with database.transaction() as tx:
            await Roster(tx).add(SHIFT)
            await Seasons(tx).put("tet", "otp", "na-may", Choice(off=True), "hoa", NOW)
            await HamletsTold(tx).put("b1", Told(hamlet="h", households=1, at=NOW), "hoa")
            raise Stop
    except Stop:
        pass

    async with database.transaction() as tx:
        assert await Roster(tx).ahead(["suoi-guong"], NOW) == ()
        assert await Seasons(tx).of("tet") == {}
        assert await HamletsTold(tx).of("b1") == ()
