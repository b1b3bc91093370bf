"""The figures that a text states, however they are written: so that two texts can be held against each other."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from knowledge.vietnamese import fold

NUMBER = r"\d+(?:[.,]\d+)*"
TO = r" ?(?:–|-|den|toi) ?"
PHONE = re.compile(r"(?<![\d.,/])(?:\+84|0(?=[\d .-]{8})|1[89]00)(?:[ .-]?\d){4,10}(?![\d/])")
SHORT_PHONE = re.compile(
    r"(?<![\d.,/–-])11[1-5]\b(?! ?(?:nguoi|ho|kg|km|met|m|nha|xe|thon|to|dong|trieu|nghin)\b)(?![.,/–-]\d)"
)
CLOCK = re.compile(
    r"(?<![\d.,/])([01]?\d|2[0-4])(?:[:hg]([0-5]\d)|h| ?gio(?: ([0-5]?\d)\b(?! ?[\d./,]))?)"
    r"(?!\w)(?P<late> ?(?:toi|chieu))?"
)
DATE = re.compile(r"(?<![\d/])(0?[1-9]|[12]\d|3[01])(?:/| thang )(0?[1-9]|1[0-2])(?![\d])")
MONEY = {"trieu": 10**6, "tr": 10**6, "nghin": 10**3, "ngan": 10**3, "k": 10**3, "ty": 10**9}
SUM = re.compile(
    rf"({NUMBER})(?:{TO}({NUMBER}))? ?(?:(trieu|tr|nghin|ngan|k|ty)\b|(?:dong|d|vnd)\b)"
)
UNITS = r"mg/l|mg/100 ?ml|kg|tuoi|diem|(?:nam|thang) tu|thang|%"
MEASURE = re.compile(rf"(?<![\d.,/])({NUMBER})(?:{TO}({NUMBER}))? ?({UNITS})(?!\w)")
MARKED = {
    "nam tu": "năm tù",
    "thang tu": "tháng tù",
    "tuoi": "tuổi",
    "diem": "điểm",
    "thang": "tháng",
}
PRISON = re.compile(rf"\btu (?:tu )?({NUMBER})(?:{TO}({NUMBER}))? (nam|thang)\b")


class Kind(StrEnum):
    """What a figure counts."""

    PHONE = "phone"
    CLOCK = "clock"
    DATE = "date"
    SUM = "sum"
    MEASURE = "measure"


@dataclass(frozen=True, slots=True, order=True)
class Figure:
    """One figure: `value` is the same however it was written; `shown` is as people read it."""

    kind: Kind
    value: str

    @property
    def shown(self) -> str:
        number, _, unit = self.value.partition(" ")
        if self.kind is Kind.SUM:
            return _money([int(amount) for amount in number.split("–")])
        return f"{number} {MARKED.get(unit, unit)}".strip()

    @property
    def ends(self) -> frozenset["Figure"]:
        """A range's two ends, each as a figure of its own; of a single figure itself."""
        number, space, unit = self.value.partition(" ")
        return frozenset(Figure(self.kind, f"{end}{space}{unit}") for end in number.split("–"))


def figures(text: str) -> frozenset[Figure]:
    """Every figure of a text: telephone numbers, times, dates, sums in đồng, measures."""
    plain = fold(text.replace("**", ""))
    found: set[Figure] = set()
    for read in (_phones, _dates, _clocks, _sums, _measures):
        for figure, match in read(plain):
            found.add(figure)
            plain = plain[: match.start()] + "·" * len(match[0]) + plain[match.end() :]
    return frozenset(found)


def _phones(plain: str) -> Iterator[tuple[Figure, re.Match[str]]]:
    for pattern in (PHONE, SHORT_PHONE):
        for match in pattern.finditer(plain):
            yield Figure(Kind.PHONE, re.sub(r"\D", "", match[0].replace("+84", "0"))), match


def _dates(plain: str) -> Iterator[tuple[Figure, re.Match[str]]]:
    for match in DATE.finditer(plain):
        yield Figure(Kind.DATE, f"{int(match[1])}/{int(match[2])}"), match


def _clocks(plain: str) -> Iterator[tuple[Figure, re.Match[str]]]:
    for match in CLOCK.finditer(plain):
        hour, minute = int(match[1]), int(match[2] or match[3] or 0)
        hour += 12 * bool(match["late"] and hour < 12)
        yield Figure(Kind.CLOCK, f"{hour:02}:{minute:02}"), match


def _sums(plain: str) -> Iterator[tuple[Figure, re.Match[str]]]:
    """In đồng, a range as one figure: "20–40 triệu" is "20000000–40000000"."""
    for match in SUM.finditer(plain):
        unit = MONEY.get(match[3] or "", 1)
        amounts = [str(round(_value(n) * unit)) for n in match.group(1, 2) if n]
        yield Figure(Kind.SUM, "–".join(amounts)), match


def _measures(plain: str) -> Iterator[tuple[Figure, re.Match[str]]]:
    for pattern, suffix in ((PRISON, " tu"), (MEASURE, "")):
        for match in pattern.finditer(plain):
            unit = f"{match[3]}{suffix}".replace("100 ml", "100ml")
            numbers = "–".join(f"{_value(n):g}" for n in match.group(1, 2) if n)
            yield Figure(Kind.MEASURE, f"{numbers} {unit}".replace(".", ",")), match


def _money(amounts: list[int]) -> str:
    """ "20–40 triệu đồng", "400.000 đồng"."""
    for word, size in (("tỷ", 10**9), ("triệu", 10**6)):
        if all(amount >= size and amount % (size // 10) == 0 for amount in amounts):
            return "–".join(f"{a / size:g}".replace(".", ",") for a in amounts) + f" {word} đồng"
    return "–".join(f"{a:,}".replace(",", ".") for a in amounts) + " đồng"


def _value(number: str) -> float:
    """ "400.000" → 400000, "0,25" → 0.25, "1.5" → 1.5: three digits behind a point are thousands."""
    if re.fullmatch(r"\d{1,3}(?:[.,]\d{3})+", number):
        return float(re.sub(r"[.,]", "", number))
    return float(number.replace(".", "").replace(",", ".") if "," in number else number)
