"""How each channel's accounts reach people: what a forecast reckons with."""

from collections.abc import Callable, Mapping
from functools import partial

from bot.channels.telegram import TelegramChannel
from bot.channels.zalo_oa import ZaloChannel
from bot.config import FREE_PER_SECOND, Config
from handlers.reach import Way
from scheduler.sender import Channel

Ways = Callable[[str, str], Way | None]
"""How an account of a channel, by their names, reaches people; None for one that is closed."""


def ways_of(channels: Mapping[str, Channel], config: Config, urgent: bool) -> Ways:
    """Those of the channels that are open."""

    def way(channel: str, account: str) -> Way | None:
        return way_of(channels[channel], account, config, urgent) if channel in channels else None

    return way


def way_of(channel: Channel, account: str, config: Config, urgent: bool) -> Way | None:
    """How fast a channel's account goes: as configured, or as Zalo has said; None for one that is closed."""
    per_second, free = config.telegram.per_second, None
    if isinstance(channel, ZaloChannel):
        per_second = channel.per_second(account)
    elif isinstance(channel, TelegramChannel) and config.telegram.paid_broadcasts:
        free = FREE_PER_SECOND
    if not per_second:
        return None
    window = partial(channel.window, urgent=urgent)
    return Way(per_second=per_second, free_per_second=free, pulled=channel.pulled, window=window)
