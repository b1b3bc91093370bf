"""What a citizen would stumble over in a text."""

import re
from collections.abc import Iterator

WORDS = 25  # of a sentence
SENTENCE = re.compile(r"[^.!?:;\n]+")
KNOWN = frozenset(("OTP", "SIM", "QR", "PIN", "ATM", "SMS", "AI", "ID", "VND", "USB", "GPS"))
CAPITALS = r"[A-ZĐÀ-Ỹ]{2}"
SHORT_FORM = re.compile(rf"(?<!{CAPITALS} )\b[A-ZĐ&]{{2,8}}\b(?! {CAPITALS})")  # a shout is none


def unreadable(text: str) -> Iterator[str]:
    """What a citizen would stumble over: sentences of more than 25 words, abbreviations not spelt out."""
    for sentence in SENTENCE.findall(re.sub(r"(?<=\d)[.,](?=\d)", "", text)):
        count = len(sentence.split())
        if count > WORDS:
            start = " ".join(sentence.split()[:6])
            yield f"câu dài {count} chữ, tối đa {WORDS}: «{start}…»"
    for short_form in dict.fromkeys(SHORT_FORM.findall(_without_numbers_of_laws(text))):
        if short_form not in KNOWN and f"({short_form})" not in text:
            yield f"viết tắt «{short_form}» chưa giải thích: hãy viết đủ chữ"


def _without_numbers_of_laws(text: str) -> str:
    return re.sub(r"\d+/\d{4}/[A-ZĐ0-9-]+", "", text)
