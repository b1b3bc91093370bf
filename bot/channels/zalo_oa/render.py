"""Puts a speech into the OA API's words: plain text of at most 2000 characters, five buttons under the last part.

Doubtful: buttons stand beside the text, in `attachment.payload.buttons` without a `template_type`, as
products in use send them; and whether a dial button takes a short number, so 113 goes by our own page.
"""

import logging
import re
import unicodedata
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from bot.channels import Capabilities
from bot.channels.parts import cuts, dialled, phone_pattern
from handlers.message import Button, Speech
from handlers.presses import further

log = logging.getLogger(__name__)

CAPABILITIES = Capabilities(text=2000, buttons=5)
TITLE = 100  # characters of a button
BOLD = re.compile(r"\*\*(.+?)\*\*")
BULLET = re.compile(r"^- ", re.MULTILINE)
SHORT = 5  # digits: 113, 18001; no country code makes them longer

Body = dict[str, Any]  # the `message` of a request


def render(speech: Speech, *, public_url: str = "", more: str = "") -> list[Body]:
    """The messages that say a speech, in order; the last has the buttons. A speech without a word gives none.

    `public_url` leads to the page that rings a short number; `more` is the label of the button that
    leads to the buttons that found no room.
    """
    texts = split(plain(speech.text), speech.phones)
    bodies: list[Body] = [{"text": text} for text in texts]
    if bodies and (buttons := keyboard(speech.buttons, public_url, more)):
        bodies[-1]["attachment"] = {"type": "template", "payload": {"buttons": buttons}}
    return bodies


def plain(text: str) -> str:
    """Words without marks, in NFC: what Zalo shows as it stands, and counts."""
    shown = BULLET.sub("• ", BOLD.sub(r"\1", text).replace("\0", ""))
    return unicodedata.normalize("NFC", shown.encode("utf-8", "ignore").decode())


def split(text: str, phones: Sequence[str] = ()) -> list[str]:
    """The text in parts of at most 2000 characters, none of them blank, none ending inside a number."""
    edges = [0, *cuts(text, _reach, phone_pattern(phones)), len(text)]
    parts = (text[start:end].strip() for start, end in pairwise(edges))
    return [part for part in parts if part]


def keyboard(buttons: Sequence[Button], public_url: str, more: str) -> list[dict[str, Any]]:
    """At most five buttons: those that ring or open a page first, for they can't be asked for later."""
    opening = [key for button in buttons if (key := _opening(button, public_url))]
    asking = [button for button in buttons if button.press is not None]
    opening = opening[: CAPABILITIES.buttons - bool(asking)]
    room = CAPABILITIES.buttons - len(opening)
    keys = [*opening, *map(_query, asking[:room])]
    if len(asking) > room:
        keys[-1] = _query(Button(more, further(str(asking[room - 1].press))))
    return keys


def _reach(text: str, start: int) -> int:
    return min(start + CAPABILITIES.text, len(text))


def _query(button: Button) -> dict[str, Any]:
    """A button whose payload comes back as the person's text, not shown in the chat."""
    return {
        "title": _title(button),
        "type": "oa.query.hide",
        "payload": f"#{button.press}",
    }


def _opening(button: Button, public_url: str) -> dict[str, Any] | None:
    """A button that opens an address or the dial pad; None for one that does neither."""
    url = button.url or ""
    if url.startswith("tel:"):
        return _ringing(button, dialled(url.removeprefix("tel:")), public_url)
    if url.startswith(("https://", "http://")):
        return {"title": _title(button), "type": "oa.open.url", "payload": {"url": url}}
    return None


def _ringing(button: Button, number: str, public_url: str) -> dict[str, Any] | None:
    digits = number.removeprefix("+")
    if len(digits) <= SHORT or digits.startswith("1"):  # 113, 1900…: they have no form with 84
        url = f"{public_url.rstrip('/')}/goi/{digits}"
        return _opening(Button(button.label, url=url), "") if digits and public_url else None
    phone = f"84{digits[1:]}" if digits.startswith("0") else digits
    return {"title": _title(button), "type": "oa.open.phone", "payload": {"phone_code": phone}}


def _title(button: Button) -> str:
    label = unicodedata.normalize("NFC", button.label.strip())
    return label if len(label) <= TITLE else f"{label[: TITLE - 1]}…"
