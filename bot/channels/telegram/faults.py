"""What a failed call means: PTB's errors, told apart by what the sender does next."""

from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    InvalidToken,
    NetworkError,
    TelegramError,
    TimedOut,
)

from bot.channels.telegram.transport import Flooded
from handlers.errors import (
    Blocked,
    ChannelError,
    Refused,
    Stopped,
    TooFast,
    Unreachable,
    Unsure,
)

# Descriptions of 400, from the Bot API server's source (lower case, as parts of the whole)
HARMLESS = ("message is not modified", "query is too old", "query id is invalid")
# the connection stood, and broke before the answer: names of aiohttp's errors, as the transport passes them on
LOST = ("serverdisconnected", "clientoserror", "clientpayload")
GONE = ("chat not found", "user not found", "peer_id_invalid", "group chat was deactivated")


def translate(error: Exception) -> ChannelError | None:
    """The failure in the sender's words; None for one that does no harm. It carries nothing of the
    original.

    BadRequest is a NetworkError to PTB, so it is asked for first. What is no TelegramError is an
    answer that PTB could not read: like a fault of the platform, it is worth another try.
    """
    match error:
        case Flooded():
            return TooFast(error.wait)
        case Forbidden():
            return Blocked()
        case BadRequest() if _says(error, HARMLESS):
            return None
        case BadRequest() if _says(error, GONE):
            return Blocked()
        case BadRequest():
            return Refused()
        case InvalidToken():
            return Stopped()
        case TimedOut():
            return Unsure()
        case NetworkError() if _says(error, LOST):
            return Unsure()
        case _:
            return Unreachable()


def is_alarm(error: Exception) -> bool:
    """Whether nothing will work until a person has looked: the token is not accepted."""
    return isinstance(error, InvalidToken)


def new_chat(error: Exception) -> str | None:
    """The id that a group has got since it was upgraded."""
    return str(error.new_chat_id) if isinstance(error, ChatMigrated) else None


def _says(error: TelegramError, what: tuple[str, ...]) -> bool:
    words = error.message.lower()
    return any(each in words for each in what)
