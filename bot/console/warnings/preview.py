"""A warning as each channel will show it: what the channel's own render makes of it, in one form for the page."""

from collections.abc import Callable, Mapping, Sequence
from html.parser import HTMLParser
from typing import Any

from bot.channels.telegram.render import render as telegram_parts
from bot.channels.web.render import blocks as web_blocks
from bot.channels.zalo_oa.render import render as zalo_bodies
from handlers.message import Speech

Run = dict[str, Any]  # {"text", "bold", "link"}
Shown = dict[str, Any]  # {"lines": [[Run]], "buttons": [label]}, one message
Render = Callable[[Speech, str], list[Shown]]


def previews(speech: Speech, channels: Sequence[str], public_url: str) -> list[dict[str, Any]]:
    """[{"channel", "messages"}] in the order of the channels; one that can't be shown is left out."""
    return [
        {"channel": channel, "messages": RENDERS[channel](speech, public_url)}
        for channel in channels
        if channel in RENDERS
    ]


def _telegram(speech: Speech, public_url: str) -> list[Shown]:
    return [
        {
            "lines": lines_of_html(part["text"]),
            "buttons": [
                key["text"]
                for row in part.get("reply_markup", {}).get("inline_keyboard", [])
                for key in row
            ],
        }
        for part in telegram_parts(speech, public_url=public_url)
    ]


def _zalo(speech: Speech, public_url: str) -> list[Shown]:
    return [
        {
            "lines": [[_run(line)] for line in body["text"].split("\n")],
            "buttons": [
                button["title"]
                for button in body.get("attachment", {}).get("payload", {}).get("buttons", [])
            ],
        }
        for body in zalo_bodies(speech, public_url=public_url)
    ]


def _web(speech: Speech, _: str) -> list[Shown]:
    lines: list[list[Run]] = []
    for block in web_blocks(speech):
        for runs in block["lines"]:
            bullet = [_run("• ")] if block["kind"] == "ul" else []
            lines.append([*bullet, *(_run(r["text"], r["bold"], bool(r["tel"])) for r in runs)])
        lines.append([])
    buttons = [button.label for button in speech.buttons]
    return [{"lines": lines[:-1], "buttons": buttons}]


RENDERS: Mapping[str, Render] = {"zalo_oa": _zalo, "telegram": _telegram, "web": _web}


class _Lines(HTMLParser):
    """Takes the few tags that Telegram knows apart into lines of runs."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[list[Run]] = [[]]
        self._open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        self._open.remove(tag)

    def handle_data(self, data: str) -> None:
        first, *others = data.split("\n")
        for place, part in enumerate((first, *others)):
            if place:
                self.lines.append([])
            if part:
                self.lines[-1].append(_run(part, "b" in self._open, "a" in self._open))


def lines_of_html(text: str) -> list[list[Run]]:
    """A message's lines, each a list of runs."""
    parser = _Lines()
    parser.feed(text)
    parser.close()
    return parser.lines


def _run(text: str, bold: bool = False, link: bool = False) -> Run:
    return {"text": text, "bold": bold, "link": link}
