"""The terminal as a channel: lines in, words and numbered buttons out."""

import re
import unicodedata
from collections.abc import Callable
from datetime import datetime

import click

from bot.channels import Capabilities
from handlers.message import Chat, Haste, Message, Speech, Window

CHAT = Chat("terminal", "local", "me")
CAPABILITIES = Capabilities(text=100_000, buttons=20, url_buttons=False)
BOLD = re.compile(r"\*\*(.+?)\*\*")


def normalise(line: str, number: int, at: datetime) -> Message | None:
    """The message of a typed line; None for an empty one. `number` counts the lines of the session."""
    text = unicodedata.normalize(
        "NFC", line.encode("utf-8", "ignore").decode().replace("\0", "")
    ).strip()
    return Message(chat=CHAT, id=str(number), at=at, text=text) if text else None


def render(speech: Speech, *, colour: bool = False) -> str:
    """The words of a speech; its buttons as a numbered list, and what can only be rung or opened as it is."""
    shown = BOLD.sub(lambda m: click.style(m[1], bold=True) if colour else m[1], speech.text)
    presses = [button for button in speech.buttons if button.press]
    lines = [f"  [{number}] {button.label}" for number, button in enumerate(presses, 1)]
    urls = [button for button in speech.buttons if button.url and not button.url.startswith("tel:")]
    lines += [f"  {button.label}: {button.url}" for button in urls]
    return "\n".join((shown, *lines))


class TerminalChannel:
    """Prints what is said later than at once: the answer to a sentence that came in pieces."""

    pulled = False

    def __init__(self, show: Callable[[Speech], None]) -> None:
        self._show = show

    async def send(self, chat: Chat, speech: Speech, *, haste: Haste = Haste.REPLY) -> None:
        self._show(speech)

    def window(
        self, last_contact: datetime | None, now: datetime, *, urgent: bool = False
    ) -> Window:
        return Window.FREE
