"""Where a long text is cut into messages: after a paragraph, a line, a sentence, a word; inside no telephone number."""

import re
from collections.abc import Callable, Iterator, Sequence

# where a part may end, the best first: after a paragraph, a line, a sentence, a word
ENDS = tuple(re.compile(end) for end in (r"\n\n+", r"\n", r"(?<=[.!?…:;])\s+", r"\s+"))

Reach = Callable[[str, int], int]
"""A text and where a part of it begins → the furthest place where that part may end."""


def cuts(text: str, reach: Reach, phones: re.Pattern[str] | None = None) -> Iterator[int]:
    """Where each part but the last ends."""
    start = 0
    while (limit := reach(text, start)) < len(text):
        start = _end(text, start, limit, phones)
        yield start


def phone_pattern(phones: Sequence[str]) -> re.Pattern[str] | None:
    """Finds the numbers, the longest first, and not as a part of a longer number."""
    usable = sorted({phone for phone in phones if dialled(phone)}, key=len, reverse=True)
    if not usable:
        return None
    either = "|".join(re.escape(phone) for phone in usable)
    return re.compile(rf"(?<![\w.,/+&#])(?:{either})(?![.,/]?\d|\w)")


def dialled(phone: str) -> str:
    """A number as it is dialled: "1900 1234" → "19001234"; nothing for what is no number."""
    digits = re.sub(r"[ .\-()]", "", phone)
    return digits if re.fullmatch(r"\+?[0-9]{2,15}", digits) else ""


def _end(text: str, start: int, limit: int, phones: re.Pattern[str] | None) -> int:
    """The best place to end a part before `limit`: not in its first half, if possible."""
    for least in (start + (limit - start) // 2, start):
        for end in ENDS:
            places = [found.end() for found in end.finditer(text, least, limit)]
            for place in reversed(places):
                if place > start and not _inside_phone(text, place, phones):
                    return place
    return limit


def _inside_phone(text: str, place: int, phones: re.Pattern[str] | None) -> bool:
    if phones is None:
        return False
    around = phones.finditer(text, max(0, place - 20), place + 20)
    return any(found.start() < place < found.end() for found in around)
