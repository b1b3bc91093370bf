"""Each channel: normalise an event, send a speech, render it; nothing else."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from handlers.message import Chat, Message
from scheduler.sender import Outgoing, Speak

Receive = Callable[[Message], Awaitable[tuple[Outgoing, ...]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """What a channel's inbound side is given: the service, as four verbs.

    `receive` commits before it returns and gives the replies that are due now, already claimed for the caller.
    The caller either says them itself and then calls `sent`, or hands them to `post`.
    """

    receive: Receive
    post: Callable[[Sequence[Outgoing]], None]
    sent: Callable[[Sequence[Outgoing]], Awaitable[None]]
    speak: Speak


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """What a channel can show and do, as data."""

    text: int  # characters in one message
    buttons: int  # buttons under one message; more are numbered in the text
    press_bytes: int = 64  # a button's payload
    tel_links: bool = False  # a telephone number can be a link
    url_buttons: bool = True


__all__ = ["Capabilities", "Chat", "Door", "Receive"]
