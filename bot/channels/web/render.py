"""Takes a speech apart for a page: paragraphs and lists of runs, which script and templates only put into elements."""

import re
from collections.abc import Iterable
from typing import Any

from handlers.message import Button, Speech
from scheduler.sender import Outgoing

BOLD = re.compile(r"\*\*(.+?)\*\*")


def as_json(outgoing: Outgoing, speech: Speech) -> dict[str, Any]:
    """A reply as the page's script takes it; `seq` orders it and tells it from one seen before."""
    return {
        "seq": outgoing.seq,
        "text": speech.text,
        "blocks": blocks(speech),
        "buttons": [_button(button) for button in speech.buttons],
        "urgent": outgoing.reply.urgent,
    }


def blocks(speech: Speech) -> list[dict[str, Any]]:
    """[{"kind": "p", "lines": [runs…]} | {"kind": "ul", "lines": [runs…]}], a line a list of runs."""
    found: list[dict[str, Any]] = []
    for paragraph in speech.text.split("\n\n"):
        for line in paragraph.split("\n"):
            kind = "ul" if line.startswith("- ") else "p"
            runs = list(_runs(line.removeprefix("- "), speech.phones))
            if found and found[-1]["kind"] == kind and not found[-1]["closed"]:
                found[-1]["lines"].append(runs)
            else:
                found.append({"kind": kind, "lines": [runs], "closed": False})
        if found:
            found[-1]["closed"] = True
    return [{"kind": block["kind"], "lines": block["lines"]} for block in found]


def _runs(line: str, phones: tuple[str, ...]) -> Iterable[dict[str, Any]]:
    """A line's runs: {"text", "bold", "tel"}; `tel` is "" where there is nothing to ring."""
    for place, part in enumerate(BOLD.split(line)):
        for text, is_phone in _split_phones(part, phones):
            if text:
                tel = text.replace(" ", "") if is_phone else ""
                yield {"text": text, "bold": place % 2 == 1, "tel": tel}


def _split_phones(text: str, phones: tuple[str, ...]) -> Iterable[tuple[str, bool]]:
    if not phones:
        return [(text, False)]
    numbers = "|".join(re.escape(phone) for phone in sorted(phones, key=len, reverse=True))
    parts = re.split(rf"(?<![\d.,/])({numbers})(?![\d/]|[.,]\d)", text)
    return [(part, place % 2 == 1) for place, part in enumerate(parts)]


def _button(button: Button) -> dict[str, str]:
    return {"label": button.label, "press": button.press or "", "url": button.url or ""}
