"""What is tidied up by the clock: nothing is kept longer than the privacy page says."""

import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta

log = logging.getLogger(__name__)

Forget = Callable[[datetime], Awaitable[int]]

SEEN = timedelta(days=2)  # marks of messages seen
TALKS = timedelta(days=30)  # what a silent chat was about
QUESTIONS = timedelta(days=30)  # masked questions without an answer
RECIPIENTS = timedelta(days=30)  # who was told what; a correction is long since out
UNOPENED = timedelta(days=3)  # a web chat's warnings that nobody opened: older ones only confuse
FETCHED = timedelta(hours=1)  # a web chat's replies that nobody came back for


async def tidy(now: datetime, chores: Mapping[str, tuple[timedelta, Forget]]) -> None:
    """Run each chore with the instant before which it forgets; one that fails stops no other."""
    for name, (age, forget) in chores.items():
        try:
            count = await forget(now - age)
        except Exception:
            log.exception("chore failed", extra={"task": name})
        else:
            log.info("tidied", extra={"task": name, "count": count})
