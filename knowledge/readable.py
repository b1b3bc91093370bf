"""What a citizen would stumble over in a text."""

import re
from collections.abc import Iterator

WORDS = 25  # of a sentence
SENTENCE = re.compile(r"[^.!?:;\n]+")
UNKNOWN_SHORT_FORMS = re.compile(
    r"\b(NĐ|BLHS|BLTTHS|GPLX|CSGT|PCCC|UBND|HĐND|MTTQ|QLTT|ANTT|TTATXH|BCA|VKS|TAND|XPHC|VPHC|CA|TT&TT)\b"
)


def unreadable(text: str) -> Iterator[str]:
    """What a citizen would stumble over: sentences of more than 25 words, abbreviations not spelt out."""
    for sentence in SENTENCE.findall(re.sub(r"(?<=\d)[.,](?=\d)", "", text)):
        count = len(sentence.split())
        if count > WORDS:
            start = " ".join(sentence.split()[:6])
            yield f"câu dài {count} chữ, tối đa {WORDS}: «{start}…»"
    for short_form in dict.fromkeys(UNKNOWN_SHORT_FORMS.findall(_without_numbers_of_laws(text))):
        yield f"viết tắt «{short_form}» chưa giải thích: hãy viết đủ chữ"


def _without_numbers_of_laws(text: str) -> str:
    return re.sub(r"\d+/\d{4}/[A-ZĐ0-9-]+", "", text)
