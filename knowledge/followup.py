"""Understands "còn ô tô thì sao?" by what was asked a moment ago."""

import re
from collections.abc import Mapping
from dataclasses import replace

from knowledge.article import Article
from knowledge.slots import Slots
from knowledge.vietnamese import clean, fold, syllables

MOST = 9  # syllables of a follow-up; a longer message says what it is about
OPENS = re.compile(
    r"^(?:(?:a|da|vay|the|ua|roi|um|oh|o) )*"
    r"(?:con|the|vay|neu|roi|the con|vay con|the neu|vay neu|gia su)\b"
)
ENDS = re.compile(
    r"(?:thi sao|sao|the nao|bao nhieu|khong|ko|the|vay|nhi|a|bi gi|o dau|muc nao|may nam)$"
)
BARE = re.compile(
    r"^(?:(?:thi|bi|co|ma|lai|nhung|phat|muc phat|di tu|phat tu|tu|toi|hinh su|giu xe|giam xe|tam giu xe|"
    r"tuoc bang|bang lai|bao nhieu|nhieu|may nam|may thang|tien|the nao|o dau|mua|khong|duoc|het|"
    r"cao nhat|thap nhat|nang nhat|toi da|nam|lau)\b ?)+$"
)


def is_followup(text: str) -> bool:
    """Whether a message leans on the one before it: short, and opening or made up of leaning words."""
    plain = fold(clean(text)).strip(" ?.!,")
    plain = re.sub(r"[?.!,]", " ", plain)
    plain = " ".join(plain.split())
    if not plain or len(syllables(plain)) > MOST:
        return False
    if BARE.match(plain):
        return True
    return bool(OPENS.match(plain) and ENDS.search(plain)) or bool(
        len(syllables(plain)) <= 5 and plain.endswith("thi sao")
    )


def merge(
    text: str, slots: Slots, before: Article, remembered: Mapping[str, str | int]
) -> tuple[str, Slots]:
    """The question as it was meant: the last subject's words, this one's, and what is still stated."""
    vehicle = slots.vehicle or _word(remembered.get("vehicle"))
    level = slots.level or (
        None if slots.vehicle is None and not slots.level else _word(remembered.get("level"))
    )
    if slots.vehicle is None and slots.level is None:
        level = _word(remembered.get("level"))
    kept = replace(slots, vehicle=vehicle, level=level)
    return f"{_subject(before, slots)} {text}", kept


def _subject(before: Article, slots: Slots) -> str:
    """The last article's name, without what this message puts in its place."""
    title = clean(before.title)
    if slots.vehicle and before.slots.get("vehicle"):
        title = re.sub(r"xe máy|ô tô|xe đạp|máy kéo|xe chuyên dùng", " ", title)
    return title


def _word(value: str | int | None) -> str | None:
    return value if isinstance(value, str) else None
