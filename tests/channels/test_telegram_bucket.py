"""How fast an account speaks: never above its rate, slower after a protest, urgent words first."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from handlers.message import Haste
from scheduler.bucket import FLOOR, Bucket, Line


@dataclass(slots=True)
class Hand:
    """A clock that is moved by hand, and what is to happen at which time."""

    now: float = 0.0
    later: list[tuple[float, Callable[[], None]]] = field(default_factory=list)

    def call_later(self, wait: float, call: Callable[[], None]) -> None:
        self.later.append((self.now + wait, call))

    async def move_to(self, now: float) -> None:
        """Let the time pass, and all happen that is due by then."""
        while due := sorted(
            (each for each in self.later if each[0] <= now), key=lambda each: each[0]
        ):
            self.later.remove(due[0])
            self.now = max(self.now, due[0][0])
            due[0][1]()
            await asyncio.sleep(0)
        self.now = now
        await asyncio.sleep(0)


def taken(bucket: Bucket, start: float, end: float, steps: int = 1000) -> int:
    """How many tokens can be had from `start` to `end`."""
    times = (start + (end - start) * step / steps for step in range(steps + 1))
    return sum(bucket.take(now) for now in times)


def test_a_second_gives_its_rate_and_the_burst_once() -> None:
    bucket = Bucket(25, 3, 0)

    assert taken(bucket, 0, 1) == 25 + 3
    assert taken(bucket, 1.001, 2.001) == 25


def test_silence_saves_no_more_than_the_burst() -> None:
    bucket = Bucket(25, 3, 0)

    assert sum(bucket.take(3600) for _ in range(100)) == 3


def test_a_protest_is_waited_out_and_no_burst_follows_it() -> None:
    bucket = Bucket(25, 3, 0)
    bucket.protest(0, 5)

    assert taken(bucket, 0, 5) == 0
    assert taken(bucket, 5, 6) <= 13  # half the rate


def test_the_rate_comes_back_slowly() -> None:
    bucket = Bucket(25, 3, 0)
    bucket.protest(0, 1)

    assert bucket.rate(1) == 12.5
    assert 12.5 < bucket.rate(31) < 25
    assert bucket.rate(120) == 25


def test_protests_of_calls_under_way_together_count_once() -> None:
    bucket = Bucket(25, 3, 0)
    for _ in range(10):
        bucket.protest(0, 1)

    assert bucket.rate(0) == 12.5


def test_the_rate_has_a_floor() -> None:
    bucket = Bucket(25, 3, 0)
    for second in range(20):
        bucket.protest(second * 2, 1)

    assert bucket.rate(39) >= FLOOR


@pytest.mark.parametrize(("rate", "burst"), [(0, 1), (-1, 1), (1, 0.5)])
def test_a_bucket_that_never_gives_is_refused(rate: float, burst: float) -> None:
    with pytest.raises(ValueError, match="bucket"):
        Bucket(rate, burst, 0)


async def test_what_waits_goes_by_haste() -> None:
    hand, order = Hand(), list[str]()
    line = Line(Bucket(1, 1, 0), lambda: hand.now, hand.call_later)

    async def go(name: str, haste: Haste) -> None:
        await line.turn(haste=haste)
        order.append(name)

    async with asyncio.TaskGroup() as group:
        for name, haste in (
            ("first", Haste.ORDINARY),  # the line was empty
            ("warning", Haste.ORDINARY),
            ("danger", Haste.URGENT),
            ("answer", Haste.REPLY),
            ("second answer", Haste.REPLY),
            ("113", Haste.EMERGENCY),
        ):
            group.create_task(go(name, haste))
        await asyncio.sleep(0)
        await hand.move_to(10)

    assert order == ["first", "113", "answer", "second answer", "danger", "warning"]


async def test_one_who_gives_up_takes_nobodys_turn() -> None:
    hand = Hand()
    line = Line(Bucket(1, 1, 0), lambda: hand.now, hand.call_later)
    await line.turn()
    gone, stays = (asyncio.create_task(line.turn()) for _ in range(2))
    await asyncio.sleep(0)

    gone.cancel()
    await asyncio.sleep(0)
    await hand.move_to(1.01)

    assert stays.done()


async def test_nobody_jumps_the_line() -> None:
    hand = Hand()
    line = Line(Bucket(1, 1, 0), lambda: hand.now, hand.call_later)
    await line.turn()
    waiting = asyncio.create_task(line.turn())
    await asyncio.sleep(0)
    hand.now = 1.5

    assert not line.try_now()
    await hand.move_to(2)
    assert waiting.done()


async def test_the_event_loops_clock_serves_where_none_is_given() -> None:
    line = Line(Bucket(1000, 1, 0), asyncio.get_running_loop().time)

    await asyncio.gather(*(line.turn() for _ in range(5)))
