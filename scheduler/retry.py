"""How long to wait before saying something again, or when to give up."""

from datetime import timedelta

from handlers.errors import Blocked, ChannelError, Refused, Shut, TooFast

FIRST_WAIT = timedelta(seconds=1)
LONGEST_WAIT = timedelta(minutes=5)
ATTEMPTS = 30  # with the waits above: given up after about two hours


def wait_after(error: ChannelError, attempts: int) -> timedelta | None:
    """How long until the next try after `attempts` failed ones; None to give up."""
    match error:
        case Blocked() | Refused() | Shut():
            return None
        case TooFast():
            return timedelta(seconds=error.wait)
        case _ if attempts >= ATTEMPTS:
            return None
        case _:
            return min(FIRST_WAIT * (1 << min(attempts - 1, 10)), LONGEST_WAIT)
