"""How fast one account may speak: a bucket that learns, a line in the order of haste."""

import asyncio
from collections.abc import Callable
from heapq import heappop, heappush
from itertools import count

from handlers.message import Haste

FLOOR = 1.0  # a second; however often the platform protests, we never get slower than this
RECOVERY = (
    0.2  # a second more with every second without a protest: from 12.5 back to 25 in a minute
)


class Bucket:
    """Tokens that come at `rate` a second, at most `burst` of them kept.

    A protest halves the rate, and it comes back slowly. `now` is in seconds of a clock that never
    goes back.
    """

    __slots__ = ("_at", "_burst", "_full", "_level", "_paused", "_rate")

    def __init__(self, rate: float, burst: float, now: float) -> None:
        if rate <= 0 or burst < 1:
            raise ValueError("a bucket needs a rate above 0 and a burst of at least 1")
        self._full = self._rate = rate
        self._burst = self._level = burst
        self._at = self._paused = now

    def rate(self, now: float) -> float:
        """Tokens a second, as learnt."""
        self._refill(now)
        return self._rate

    def wait(self, now: float) -> float:
        """Seconds until a token is there; 0 if one is."""
        self._refill(now)
        if now < self._paused:
            return self._paused - now + max(0.0, 1 - self._level) / self._rate
        return max(0.0, (1 - self._level) / self._rate)

    def take(self, now: float) -> bool:
        """Take a token; False if there is none."""
        if self.wait(now) > 0:
            return False
        self._level -= 1
        return True

    def protest(self, now: float, wait: float) -> None:
        """The platform asked for silence of `wait` seconds: keep it, and be slower after it."""
        self._refill(now)
        if now >= self._paused:  # the protests of calls that were under way together count once
            self._rate = max(min(FLOOR, self._full), self._rate / 2)
        self._paused = max(self._paused, now + wait)
        self._level = 0.0

    def learn(self, rate: float, burst: float, now: float) -> None:
        """The platform said how fast we may be: from now on that is the full rate."""
        self._refill(now)
        self._full = self._rate = rate
        self._burst, self._level = burst, min(self._level, burst)

    def _refill(self, now: float) -> None:
        """Nothing comes in during a pause, so that no burst follows it."""
        passed = now - max(self._at, self._paused)
        self._at = max(self._at, now)
        if passed > 0:
            self._level = min(self._burst, self._level + self._rate * passed + 1e-9)
            self._rate = min(self._full, self._rate + RECOVERY * passed)


class Line:
    """Lets callers go when the bucket has a token for them: by haste, and those of one haste in the
    order they came.

    `clock` and `later` are the event loop's (`loop.time`, `loop.call_later`) where none are given.
    """

    def __init__(
        self,
        bucket: Bucket,
        clock: Callable[[], float],
        later: Callable[[float, Callable[[], None]], object] | None = None,
    ) -> None:
        self._bucket = bucket
        self._clock = clock
        self._later = later or asyncio.get_running_loop().call_later
        self._waiting: list[tuple[Haste, int, asyncio.Future[None]]] = []
        self._numbers = count()
        self._timed = False

    def try_now(self) -> bool:
        """Go if nobody has to wait."""
        return not self._waiting and self._bucket.take(self._clock())

    async def turn(self, *, haste: Haste = Haste.REPLY) -> None:
        """Wait for one's turn."""
        if self.try_now():
            return
        place = asyncio.get_running_loop().create_future()
        heappush(self._waiting, (haste, next(self._numbers), place))
        self._wind()
        await place

    def protest(self, wait: float) -> None:
        """The platform asked for silence of `wait` seconds, of the whole account."""
        self._bucket.protest(self._clock(), wait)

    def learn(self, rate: float, burst: float) -> None:
        """The platform said how fast the account may be."""
        self._bucket.learn(rate, burst, self._clock())

    def _wind(self) -> None:
        if self._waiting and not self._timed:
            self._timed = True
            self._later(self._bucket.wait(self._clock()), self._serve)

    def _serve(self) -> None:
        self._timed = False
        while self._waiting and self._waiting[0][2].done():  # given up while it waited
            heappop(self._waiting)
        while self._waiting and self._bucket.take(self._clock()):
            _, _, place = heappop(self._waiting)
            if not place.done():
                place.set_result(None)
        self._wind()
