"""The refusals and failures that the layers tell each other; driver errors never leave `bot/`."""

from collections.abc import Awaitable, Callable

from handlers.message import Value


class Refusal(Exception):
    """An expected no: the transaction is dropped and the catalogue's words are the reply."""

    def __init__(self, key: str, **values: Value) -> None:
        super().__init__(key)
        self.key = key
        self.values = values


class Errand(Exception):
    """Slow work that a flow needs before it can answer: a file to fetch, a key to derive.

    The transaction is dropped, `run` is awaited outside it, and the message comes again with what it brought.
    """

    def __init__(self, run: Callable[[], Awaitable[object]]) -> None:
        super().__init__("errand")
        self.run = run


class ChannelError(Exception):
    """A channel could not say something; the subclasses differ by what the sender does next."""


class Unreachable(ChannelError):
    """The platform did not answer, or answered with a fault of its own: try again later."""


class Unsure(Unreachable):
    """The platform may have taken it, the answer was lost: said again, a person may read it twice."""


class Shut(ChannelError):
    """This person may not be written to at present: the platform's window is closed, the person is not gone."""


class Stopped(ChannelError):
    """The account can say nothing to anybody until a person has looked: token, quota, package, ban."""


class TooFast(ChannelError):
    """The platform asks us to wait `wait` seconds."""

    def __init__(self, wait: float) -> None:
        super().__init__("too fast")
        self.wait = wait


class Blocked(ChannelError):
    """The person shut the door: blocked the bot, left, or was deleted. Nothing more is sent."""


class Refused(ChannelError):
    """The platform will never take this message as it is: a bug of ours, not worth a second try."""
