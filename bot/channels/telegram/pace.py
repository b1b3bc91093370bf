"""How fast one bot may speak: to all, to one chat, to one group."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from handlers.errors import TooFast
from handlers.message import Chat, Haste
from scheduler.bucket import Bucket, Line

REMEMBERED = 10_000  # chats; one that was silent for so many others has its burst back anyway


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """Messages a second, and how many may go at once. Telegram's own limits
    (core.telegram.org/bots/faq) are a bit higher; what exceeds them is answered by 429, which
    silences the whole account.
    """

    account: float = 25.0
    account_burst: float = 3.0
    chat: float = 1.0
    group: float = 1 / 3
    chat_burst: float = 8.0


class Pace:
    """Asked before each message. `clock` is in seconds and never goes back."""

    def __init__(
        self,
        rates: Rates,
        clock: Callable[[], float],
        later: Callable[[float, Callable[[], None]], object] | None = None,
    ) -> None:
        self._rates = rates
        self._clock = clock
        self._line = Line(Bucket(rates.account, rates.account_burst, clock()), clock, later)
        self._chats: OrderedDict[Chat, Bucket] = OrderedDict()

    def try_now(self, chat: Chat) -> bool:
        """Speak if nobody has to wait for it."""
        bucket = self._bucket(chat)
        now = self._clock()
        return bucket.wait(now) == 0 and self._line.try_now() and bucket.take(now)

    async def turn(self, chat: Chat, *, haste: Haste) -> None:
        """Wait for one's turn in the account's line; TooFast if the chat itself has had enough for
        now.

        An emergency goes ahead of the line, and to a chat that has had enough.
        """
        bucket, now = self._bucket(chat), self._clock()
        if not bucket.take(now) and haste is not Haste.EMERGENCY:
            raise TooFast(bucket.wait(now))
        await self._line.turn(haste=haste)

    def protest(self, wait: float) -> None:
        """Telegram asked for silence of `wait` seconds."""
        self._line.protest(wait)

    def _bucket(self, chat: Chat) -> Bucket:
        bucket = self._chats.get(chat)
        if bucket is None:
            rate = self._rates.group if chat.id.startswith("-") else self._rates.chat
            bucket = self._chats[chat] = Bucket(rate, self._rates.chat_burst, self._clock())
            if len(self._chats) > REMEMBERED:
                self._chats.popitem(last=False)
        self._chats.move_to_end(chat)
        return bucket
