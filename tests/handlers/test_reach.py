"""What officers are told before they approve: people by window, cost, and when the last one has it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

from bot.channels.zalo_oa.windows import window as zalo_window
from handlers.message import Window
from handlers.ports import Reach
from handlers.reach import Forecast, Way, forecast, price
from tests.shipped import KNOWLEDGE

AT = datetime(2027, 1, 20, 8, tzinfo=UTC)
WAYS = {
    "telegram": Way(per_second=25, pulled=False, window=lambda heard, at: Window.FREE),
    "zalo_oa": Way(per_second=95 / 60, pulled=False, window=zalo_window),
    "web": Way(per_second=1, pulled=True, window=lambda heard, at: Window.FREE),
}


def reach(channel: str, count: int, ago: timedelta = timedelta()) -> Reach:
    return Reach(channel=channel, account="a", heard=AT - ago, count=count)


def told(*found: Reach) -> tuple[Forecast, ...]:
    return forecast(found, lambda channel, account: WAYS.get(channel), AT)


def test_zalos_windows_part_the_audience() -> None:
    (zalo,) = told(
        reach("zalo_oa", 950),
        reach("zalo_oa", 190, timedelta(days=3)),  # beyond 48 hours: paid
        reach("zalo_oa", 60, timedelta(days=8)),  # beyond seven days: nothing arrives
    )

    assert (zalo.free, zalo.paid, zalo.shut) == (950, 190, 60)
    assert zalo.cost == 190 * 55
    assert zalo.minutes == 12.0
    assert zalo.reached == 1140


def test_an_approved_template_reaches_the_shut_out_for_more() -> None:
    way = replace(WAYS["zalo_oa"], window=partial(zalo_window, template=True))

    (zalo,) = forecast([reach("zalo_oa", 10, timedelta(days=8))], lambda *_: way, AT)

    assert (zalo.paid, zalo.shut, zalo.cost) == (10, 0, 10 * 560)


def test_the_hour_at_which_it_goes_out_counts_not_the_hour_of_asking() -> None:
    heard = reach("zalo_oa", 10)

    (later,) = forecast([heard], lambda *_: WAYS["zalo_oa"], AT + timedelta(days=7, hours=1))

    assert later.shut == 10


def test_a_web_chat_is_found_when_people_look() -> None:
    (web,) = told(reach("web", 40))

    assert (web.free, web.silent, web.minutes) == (0, 40, 0.0)


def test_telegram_rings_for_all_at_25_a_second() -> None:
    (telegram,) = told(reach("telegram", 3000))

    assert (telegram.free, telegram.minutes) == (3000, 2.0)


def test_what_telegram_says_faster_than_is_free_costs_stars() -> None:
    way = replace(WAYS["telegram"], per_second=1000, free_per_second=30)

    found = forecast([reach("telegram", 30_000)], lambda *_: way, AT)

    assert (found[0].free, found[0].paid, found[0].stars) == (900, 29_100, 2910)
    assert found[0].minutes == 0.5
    assert price(found, KNOWLEDGE.texts) == " (≤ 2.910 sao Telegram)"
    assert price(told(reach("telegram", 3000)), KNOWLEDGE.texts) == ""


def test_who_has_had_enough_is_counted_apart() -> None:
    (telegram,) = told(reach("telegram", 10), replace(reach("telegram", 5), spared=True))

    assert (telegram.free, telegram.spared, telegram.reached) == (10, 5, 10)


def test_a_channel_that_is_closed_shuts_everybody_out() -> None:
    (gone,) = told(reach("pigeon", 5))

    assert (gone.shut, gone.reached) == (5, 0)


def test_accounts_are_told_apart_and_nobody_means_no_line() -> None:
    two = (reach("telegram", 1), Reach(channel="telegram", account="b", heard=AT, count=2))

    assert [(each.account, each.free) for each in told(*two)] == [("a", 1), ("b", 2)]
    assert told() == ()
