"""Notices that Zalo has switched a webhook off: people write, and nothing comes in."""

import logging
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from bot.channels.zalo_oa.api import RECENT, Api

log = logging.getLogger(__name__)

LATE = timedelta(minutes=10)  # between a person's word and its event; Zalo's first retry comes at 5
FROM_PERSON = 1  # `src`; 0 is what the OA said
RECENTLY = 10  # chats that one call gives


async def watch(api: Api, last_heard: datetime | None) -> bool:
    """Whether the webhook is deaf: an alarm with its remedy then. Raises ChannelError."""
    said = await last_said(api)
    silent = said is not None and (last_heard is None or said - last_heard > LATE)
    deaf = silent and said is not None and api.clock() - said > LATE
    if deaf:
        remedy = "turn the webhook on in the app's console; then: binhan zalo status"
        log.error("zalo webhook is off", extra={"account": api.account, "remedy": remedy})
    return deaf


async def last_said(api: Api) -> datetime | None:
    """When somebody last wrote to the OA, as Zalo has it; None: nobody lately.

    Doubtful: `time` is taken for milliseconds, as in everything else of theirs.
    """
    data = await api.get(RECENT, offset=0, count=RECENTLY)
    items = data.get("items")
    times = [
        item["time"]
        for item in (items if isinstance(items, list) else ())
        if isinstance(item, Mapping)
        and item.get("src") == FROM_PERSON
        and type(item.get("time")) is int
        and 0 < item["time"] < 1 << 43
    ]
    return datetime.fromtimestamp(max(times) / 1000, UTC) if times else None
