"""What Zalo's error codes mean for the sender: the whole table of the OA API, told apart by what is done next.

Doubtful: -216 is read as "person blocked the OA" by one product in use; the documentation, which we
follow, says the token is invalid. -305 and -311 stand in older tables only.
"""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from handlers.errors import Blocked, ChannelError, Refused, Shut, Stopped, TooFast, Unreachable

HERE = ZoneInfo("Asia/Ho_Chi_Minh")  # nobody states the platform's zone; assumed
MORNING = time(6, 5)  # night ends at six; everybody else begins then too

TOKEN = frozenset({-216, -220})  # the access token: another one is needed, then once more
RATE = -32
NIGHT = -234
ASSET = -100  # what was uploaded has expired: upload again, then once more
WRONG_OA_TYPE = -235  # a government OA on v3.0: the same body on v2.0
WRONG_VERSION = -240  # v2.0 is shut for this OA: v3.0
APP_RATE = "application"  # in the text of -32: the app's limit, not the OA's

GONE = frozenset({-213, -217, -227, -244})
CLOSED = frozenset({-230, -232, -305, -311})
STOPPED = {
    -204: "account",  # disabled
    -205: "account",  # does not exist
    -209: "app",  # not activated
    -211: "quota",
    -212: "app",  # API not registered
    -219: "app",  # removed
    -221: "verification",
    -223: "grant",
    -224: "package",
    WRONG_OA_TYPE: "account",
    -237: "asset",
    -238: "asset",
    WRONG_VERSION: "account",
    -241: "asset",
    -242: "app",  # appsecret_proof
    -248: "content",
    -320: "money",  # no Zalo Cloud Account
    -321: "money",
    -216: "token",
    -220: "token",
}
AGAIN = frozenset({-200})  # failed for no named reason
LATER = {
    -214: timedelta(minutes=1),
    -218: timedelta(hours=1),
}  # article in work; person's own quota
# ours to mend, or unknown to us: -201, -202, -210, -233, -249, -403 and whatever is not listed


class Expired(Refused):
    """What was uploaded is forgotten: upload it again, then once more."""


def translate(code: int, now: datetime, spread: Callable[[], float]) -> ChannelError:
    """The failure in the sender's words. `spread` gives 0 to 1: not all begin at the same second."""
    if code == RATE:
        return TooFast(60.0 - now.second + spread())
    if code == NIGHT:
        return TooFast((morning(now) - now).total_seconds() + 300 * spread())
    if code in LATER:
        return TooFast(LATER[code].total_seconds())
    if code in GONE:
        return Blocked()
    if code in CLOSED:
        return Shut()
    if code in STOPPED:
        return Stopped()
    if code == ASSET:
        return Expired()
    return Unreachable() if code in AGAIN else Refused()


def morning(now: datetime) -> datetime:
    """When articles and promotions may go out again: 06:05 in Việt Nam."""
    local = now.astimezone(HERE)
    today = local.replace(hour=MORNING.hour, minute=MORNING.minute, second=0, microsecond=0)
    return today if local < today else today + timedelta(days=1)
