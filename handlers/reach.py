"""Before a warning goes out: how many get it, ringing or not, who is shut out, what it may cost, when it is done."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from handlers.message import Window
from handlers.ports import Reach
from knowledge.texts import Texts

PRICE = (
    55  # đồng a message outside the free hours and the package (Zalo's price list of 1 June 2026)
)
STARS = 0.1  # Telegram's price of a message above its free pace (core.telegram.org/bots/faq)
TEMPLATE_PRICE = (
    560  # đồng: the sample of Zalo's price list for a template by UID; each has its own
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """How an account reaches people: a `pulled` one waits until they come by; `window` as its channel's.

    `free_per_second`: of what goes out faster, each message is paid for; None: nothing is.
    """

    per_second: float
    free_per_second: float | None = None
    pulled: bool
    window: Callable[[datetime | None, datetime], Window]


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """Of one account, people: `free` hear it ring, `silent` find it when they look, `shut` get nothing,
    nor do the `spared`, who had two ordinary warnings within seven days.

    `cost`: đồng at most, `stars`: of Telegram's. `minutes`: until the last one has it.
    """

    channel: str
    account: str
    free: int = 0
    silent: int = 0
    paid: int = 0
    shut: int = 0
    spared: int = 0
    cost: int = 0
    stars: int = 0
    minutes: float = 0.0

    @property
    def reached(self) -> int:
        return self.free + self.silent + self.paid


def forecast(
    reach: Sequence[Reach], ways: Callable[[str, str], Way | None], at: datetime
) -> tuple[Forecast, ...]:
    """One for each account that has anybody; an account that is not open shuts everybody out."""
    accounts = sorted({(each.channel, each.account) for each in reach})
    return tuple(
        _of_account(
            [each for each in reach if (each.channel, each.account) == account],
            ways(*account),
            at,
        )
        for account in accounts
    )


def _of_account(reach: Sequence[Reach], way: Way | None, at: datetime) -> Forecast:
    counts = dict.fromkeys(Window, 0)
    for each in reach:
        if each.spared:
            continue
        counts[way.window(each.heard, at) if way else Window.SHUT] += each.count
    free, template = counts[Window.FREE], counts[Window.TEMPLATE]
    above = _above(way, free)
    free, paid = free - above, counts[Window.PAID] + template + above
    pulled = bool(way and way.pulled)
    return Forecast(
        channel=reach[0].channel,
        account=reach[0].account,
        free=0 if pulled else free,
        silent=free if pulled else 0,
        paid=paid,
        shut=counts[Window.SHUT],
        spared=sum(each.count for each in reach if each.spared),
        cost=PRICE * counts[Window.PAID] + TEMPLATE_PRICE * template,
        stars=math.ceil(STARS * above),
        minutes=(free + paid) / way.per_second / 60 if way and not pulled else 0.0,
    )


def _above(way: Way | None, count: int) -> int:
    """How many of so many go out faster than is free."""
    if way is None or way.free_per_second is None or way.per_second <= way.free_per_second:
        return 0
    return math.floor(count * (1 - way.free_per_second / way.per_second))


def price(found: Sequence[Forecast], texts: Texts) -> str:
    """What it may cost, in words; "" where it costs nothing."""
    dong, stars = sum(each.cost for each in found), sum(each.stars for each in found)
    told = [texts("reach.dong", count=f"{dong:,}".replace(",", "."))] if dong else []
    told += [texts("reach.stars", count=f"{stars:,}".replace(",", "."))] if stars else []
    return f" ({', '.join(told)})" if told else ""
