"""How fast one OA may call: what its package allows in a minute, as Zalo says with every answer."""

from collections.abc import Callable

from handlers.message import Haste
from scheduler.bucket import Bucket, Line

PER_MINUTE = 100  # the smallest package with an API; until Zalo has said more
SHARE = 0.95  # of it, evenly: with the burst below never more than all of it in a minute


class Pace:
    """Asked before each message. `clock` is in seconds and never goes back."""

    def __init__(
        self,
        clock: Callable[[], float],
        per_minute: int = PER_MINUTE,
        later: Callable[[float, Callable[[], None]], object] | None = None,
    ) -> None:
        self._limit = per_minute
        self._line = Line(Bucket(*_speed(per_minute), clock()), clock, later)

    @property
    def per_second(self) -> float:
        """How fast the account may go, by what Zalo has said."""
        return _speed(self._limit)[0]

    async def turn(self, *, haste: Haste) -> None:
        """Wait for one's turn in the account's line."""
        await self._line.turn(haste=haste)

    def learn(self, per_minute: int) -> None:
        """Zalo said how many calls a minute may have."""
        if per_minute != self._limit:
            self._limit = per_minute
            self._line.learn(*_speed(per_minute))

    def protest(self, wait: float) -> None:
        """Zalo asked for silence of `wait` seconds."""
        self._line.protest(wait)


def _speed(per_minute: int) -> tuple[float, float]:
    """Calls a second, and how many may go at once."""
    return SHARE * per_minute / 60, max(1.0, (1 - SHARE) * per_minute)
