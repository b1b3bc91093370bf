"""Puts a speech into the Bot API's words: HTML always well formed, never too long."""

import html
import ipaddress
import json
import logging
import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Any
from urllib.parse import urlsplit

from bot.channels import Capabilities
from bot.channels.parts import cuts, dialled, phone_pattern
from handlers.message import Button, Speech

log = logging.getLogger(__name__)

# https://core.telegram.org/bots/api#sendmessage, #inlinekeyboardbutton
CAPABILITIES = Capabilities(text=4096, buttons=100, press_bytes=64, tel_links=True)

BOLD = re.compile(r"\*\*(.+?)\*\*")
BULLET = re.compile(r"^- ", re.MULTILINE)
NARROW = 16  # characters of a label; two such buttons share a row

Piece = tuple[str, bool]  # words, and whether they are bold
Part = dict[str, Any]  # parameters of sendMessage, all but the chat


def render(speech: Speech, *, public_url: str = "") -> list[Part]:
    """What `sendMessage` is to be told, part by part, each at most 4096 characters; the last has
    the buttons.

    A speech without a word gives none. `public_url` leads to the page that rings a number, if it is
    https.
    """
    text = BULLET.sub("• ", speech.text.encode("utf-8", "ignore").decode().replace("\0", ""))
    pieces = [(words, place % 2 == 1) for place, words in enumerate(BOLD.split(text))]
    phones = phone_pattern(speech.phones)
    parts = [_part(_html(part, phones)) for part in split(pieces, phones)]
    rows = keyboard(speech.buttons, public_url)
    if parts and rows:
        parts[-1]["reply_markup"] = {"inline_keyboard": rows}
    return parts


def tail(part: Part) -> bytes:
    """A part as the end of a JSON object, rendered once for all the chats that are told it."""
    return json.dumps(part, ensure_ascii=False).encode()[1:]


def addressed(chat: int, tail: bytes, **more: str | bool) -> bytes:
    """The JSON of a part for a chat; `method` names the call where it goes back in a webhook's response."""
    said = json.dumps(more).encode()[1:-1] + b", " if more else b""
    return b'{"chat_id": %d, ' % chat + said + tail


def split(pieces: Sequence[Piece], phones: re.Pattern[str] | None = None) -> list[list[Piece]]:
    """The pieces in parts of at most 4096 UTF-16 units as they will be read, none of them blank."""
    text = "".join(words for words, _ in pieces)
    edges = [0, *cuts(text, _reach, phones), len(text)]
    parts = [_slice(pieces, start, end) for start, end in pairwise(edges)]
    return [part for part in parts if any(words.strip() for words, _ in part)]


def keyboard(buttons: Sequence[Button], public_url: str = "") -> list[list[dict[str, str]]]:
    """The buttons that Telegram would take, in rows; the others are left out."""
    shown = [key for button in buttons if (key := _key(button, public_url))]
    rows: list[list[dict[str, str]]] = []
    for key in shown[: CAPABILITIES.buttons]:
        if rows and len(rows[-1]) == 1 and _narrow(rows[-1][0]) and _narrow(key):
            rows[-1].append(key)
        else:
            rows.append([key])
    return rows


def units(text: str) -> int:
    """A text's length as Telegram counts it: in UTF-16 units."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def _part(text: str) -> Part:
    return {"text": text, "parse_mode": "HTML", "link_preview_options": {"is_disabled": True}}


def _reach(text: str, start: int) -> int:
    """How far a message that begins there may reach: 4096 UTF-16 units."""
    rest = text[start : start + CAPABILITIES.text]
    if units(rest) <= CAPABILITIES.text:
        return start + len(rest)
    most = rest.encode("utf-16-le")[: 2 * CAPABILITIES.text].decode("utf-16-le", "ignore")
    return start + len(most)


def _slice(pieces: Sequence[Piece], start: int, end: int) -> list[Piece]:
    """The pieces between two places of their joined text; blank space at both ends is cut."""
    found: list[Piece] = []
    at = 0
    for words, bold in pieces:
        if inside := words[max(0, start - at) : max(0, end - at)]:
            found.append((inside, bold))
        at += len(words)
    if found:
        found[0] = (found[0][0].lstrip(), found[0][1])
        found[-1] = (found[-1][0].rstrip(), found[-1][1])
    return found


def _html(pieces: Sequence[Piece], phones: re.Pattern[str] | None) -> str:
    return "".join(
        f"<b>{_linked(words, phones)}</b>" if bold and words.strip() else _linked(words, phones)
        for words, bold in pieces
    )


def _linked(words: str, phones: re.Pattern[str] | None) -> str:
    """Escaped words in which each number that can be rung is a link."""
    safe = html.escape(
        words, quote=False
    )  # digits stay what they are, so numbers are found after it as before
    if phones is None:
        return safe
    return phones.sub(lambda found: f'<a href="tel:{dialled(found[0])}">{found[0]}</a>', safe)


def _key(button: Button, public_url: str) -> dict[str, str] | None:
    label = button.label.strip()
    if label and button.press is not None:
        if 1 <= len(button.press.encode("utf-8", "replace")) <= CAPABILITIES.press_bytes:
            return {"text": label, "callback_data": button.press}
        log.warning("button left out", extra={"reason": "payload"})
    elif label and (url := _url(button.url or "", public_url)):
        return {"text": label, "url": url}
    return None


def _url(url: str, public_url: str) -> str | None:
    """An address that Telegram takes under a button; it takes no `tel:`, so our page rings."""
    if url.startswith("tel:"):
        number = dialled(url.removeprefix("tel:"))
        url = f"{public_url.rstrip('/')}/goi/{number}"
        return url if number and public_url.startswith("https://") and _is_public(url) else None
    return url if _is_public(url) else None


def _is_public(url: str) -> bool:
    """Whether a phone could reach an address: Telegram else refuses the whole message."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        _ = parts.port
    except ValueError:
        return False
    if parts.scheme not in ("http", "https") or "." not in host or re.search(r"\s", url):
        return False
    try:
        return ipaddress.ip_address(host).is_global
    except ValueError:
        return True


def _narrow(key: dict[str, str]) -> bool:
    return len(key["text"]) <= NARROW
