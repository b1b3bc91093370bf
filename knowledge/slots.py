"""What a question states beside its words: vehicle, alcohol, weight, age, and the day whose law is meant."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from knowledge.article import Range
from knowledge.calendar import BRANCHES, STEMS, tet, year_name
from knowledge.vietnamese import clean, fold

# mg per litre of breath and mg per 100 ml of blood up to which a level reaches (168/2024 Điều 6, 7, 9)
BREATH = (0.25, 0.4)
BLOOD = (50.0, 80.0)
LEVELS = ("b1", "b2", "b3")

VEHICLES: tuple[tuple[str, str], ...] = (
    ("tractor", r"xe may chuyen dung|may keo|may cay|xe cong nong|may xuc|may ui|xe lu|xe nang"),
    ("bicycle", r"xe dap(?: dien| may)?|di dap"),
    ("motorbike", r"xe may|xe gan may|mo ?to|xe so|tay ga|xe 50|xe wave|wave|xe sh|\bsh\b|vision|honda|exciter|"
                  r"xe dien|xe om|grab bike|xe hai banh|xe 2 banh|xe om"),
    ("car", r"o ?to|xe hoi|xe con|xe tai|xe khach|xe buyt|taxi|container|xe cong|ban tai|"
            r"xe 4 banh|xe bon banh|"
            r"xe 7 cho|xe 4 cho|xe bay cho|xe bon cho|o to con|lai xe tai|grab car|xe ben|xe dau keo"),
)  # fmt: skip
VEHICLE_PATTERNS = tuple((name, re.compile(rf"\b(?:{words})\b")) for name, words in VEHICLES)

REFUSE = re.compile(
    r"(?:khong|tu choi|chong|ne|tranh|bo chay|quyet khong|nhat dinh khong)"
    r"(?: \w+){0,3} (?:thoi|do|kiem tra|test)\b(?! bao nhieu)"
    r"|(?:tu choi|khong chiu|khong chap hanh) (?:do|thoi|kiem tra)"
)
DRUGS = re.compile(r"ma tuy|chat kich thich|phe thuoc|phe ke|choi do|hang da|ngao da|can sa")
ALCOHOL = re.compile(
    r"\bcon\b|ruou|\bbia\b|nhau|say|thoi|mg|miligam|mi li gam|nong do|hoi men|\bmen\b"
)

UNITS = {
    "khong": 0, "mot": 1, "hai": 2, "ba": 3, "bon": 4, "tu": 4, "nam": 5, "lam": 5, "sau": 6,
    "bay": 7, "bai": 7, "tam": 8, "chin": 9,
}  # fmt: skip
UNIT = "|".join(UNITS)
POINT = re.compile(
    rf"\b((?:{UNIT}|\d+)) (?:phay|phai|cham|phảy) ((?:(?:{UNIT}|muoi|\d+)\b ?){{1,3}})"
)
TENS = re.compile(rf"\b({UNIT}) muoi(?: ((?:{UNIT}|mot|nhat)))?\b|\bmuoi(?: ({UNIT}))?\b")
LONE = re.compile(
    rf"\b({UNIT})(?= (?:mg|miligam|mi li gam|kg|ky|kilo|can|lang|gam|tuoi|phan tram))"
)

NUMBER = r"(\d+(?:[.,]\d+)?)"
PER_LITRE = re.compile(
    rf"{NUMBER} ?(?:mg|miligam|mi li gam|milligram)? ?(?:/|tren|mot|1)? ?(?:l|lit|litre)\b"
)
PER_BLOOD = re.compile(
    rf"{NUMBER} ?(?:mg|miligam|mi li gam|milligram)? ?(?:/|tren|trong)? ?100 ?(?:ml|mililit|mi li lit)|"
    rf"{NUMBER} ?(?:mg|miligam|mi li gam) ?(?:trong|tren)? ?mau"
)
MG = re.compile(rf"{NUMBER} ?(?:mg|miligam|mi li gam|milligram)")
BARE = re.compile(r"(?<![\d/.,])(0[.,]\d{1,3})(?![\d/])")
OVER = re.compile(r"(?:tren|vuot|qua|hon|lon hon) ?(?:muc |nguong )?$")
KILOS = re.compile(rf"{NUMBER} ?(?:kg|ky|ki|kilo|can|kilogam|kilogram|ki lo)\b(?: (ruoi))?")
HALF_KILO = re.compile(r"nua (?:kg|ky|ki|can|kilo)")
GRAMS = re.compile(rf"{NUMBER} ?(?:g|gam|gram|gr)\b")
TAELS = re.compile(rf"{NUMBER} ?lang\b")
AGE = re.compile(r"(\d{1,2}) ?tuoi")

LAW_NUMBER = re.compile(
    r"\d+/\d{4}(?:/[\w-]+)*|(?:nghi dinh|luat|thong tu|dieu|khoan|diem|so|nd) (?:so )?\d+(?:/\d+)*"
)
DAY = re.compile(
    r"\b(\d{1,2})[/-](\d{1,2})[/-](20\d\d)\b|ngay (\d{1,2}) thang (\d{1,2}) nam (20\d\d)"
)
MONTH = re.compile(r"thang (\d{1,2})(?:[/-]| nam )(20\d\d)")
YEAR = re.compile(
    r"(?:nam|tet|hoi|dip|truoc|sau|tu|thang \d+|xuan|cuoi|dau) (?:nguyen dan )?(20[12]\d)\b"
)
NAMED = re.compile(
    rf"\b({'|'.join(fold(s) for s in STEMS)}) ({'|'.join(dict.fromkeys(fold(b) for b in BRANCHES))})\b"
)
LAST = re.compile(r"nam ngoai|nam truoc|tet vua (?:roi|qua)|nam qua|tet truoc\b|tet roi\b")
TWO_AGO = re.compile(r"nam kia|hai nam truoc|2 nam truoc")


@dataclass(frozen=True, slots=True, kw_only=True)
class Slots:
    """What was stated; None where nothing was. `on`: the day whose law is asked for."""

    vehicle: str | None = None
    level: str | None = None
    weight: float | None = None
    age: float | None = None
    on: date | None = None

    def values(self) -> dict[str, str | int]:
        """The words among them, to be remembered with a talk's subject."""
        stated = {"vehicle": self.vehicle, "level": self.level}
        return {name: value for name, value in stated.items() if value}


def read_slots(text: str, today: date) -> Slots:
    """The slots of a person's words."""
    marked = clean(text)
    plain = numbers(fold(marked))
    bare = LAW_NUMBER.sub(" ", plain)
    vehicle = _vehicle(plain)
    return Slots(
        vehicle=vehicle,
        level=_level(plain, bare, vehicle),
        weight=_weight(bare),
        age=_age(bare),
        on=asked_day(plain, today),
    )


def numbers(plain: str) -> str:
    """Number words as digits: "khong phay ba" → "0,3", "sau muoi lam" → "65"."""
    plain = POINT.sub(lambda m: f"{_digit(m[1])},{_decimals(m[2])} ", plain)
    plain = TENS.sub(_tens, plain)
    return LONE.sub(lambda m: str(UNITS[m[1]]), plain)


def slots_fit(asked: Slots, article: Mapping[str, str | Range]) -> float | None:
    """How much an article's slots speak for it: -1 … 2; None where one contradicts what was stated."""
    score = 0.0
    for name in ("vehicle", "level"):
        said, own = getattr(asked, name), article.get(name)
        if said and own and said != own:
            return None
        score += 1.0 if said and own else -0.5 if own else 0.0
    for name in ("weight", "age"):
        number, span = getattr(asked, name), article.get(name)
        if isinstance(span, tuple) and number is not None:
            if not span[0] <= number < span[1]:
                return None
            score += 1.0
    return score


def asked_day(plain: str, today: date) -> date | None:
    """The day whose law is meant, of folded words: a bare year means its Tết."""
    if match := DAY.search(plain):
        day, month, year = (int(part) for part in match.groups() if part)
        return _date(year, month, day)
    if match := MONTH.search(plain):
        return _date(int(match[2]), int(match[1]), 1)
    if match := NAMED.search(plain):
        return _named(match[1], match[2], today)
    if match := YEAR.search(LAW_NUMBER.sub(" ", plain)):
        year = int(match[1])
        return None if year == today.year and "tet" not in plain else _tet_of(year, today)
    if LAST.search(plain):
        return tet(today.year - (0 if "vua" in plain and tet(today.year) <= today else 1))
    if TWO_AGO.search(plain):
        return tet(today.year - 2)
    return None


def _tet_of(year: int, today: date) -> date | None:
    """Mùng 1 of a year that is over; None for this Tết and those to come: today's law answers."""
    first = tet(year)
    return first if first < today else None


def _named(stem: str, branch: str, today: date) -> date | None:
    for year in range(today.year + 1, today.year - 60, -1):
        if fold(year_name(year)) == f"{stem} {branch}":
            return _tet_of(year, today)
    return None


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _vehicle(plain: str) -> str | None:
    """The vehicle that is named first; "xe máy điện" is a motorbike, "xe đạp điện" a bicycle."""
    found = [(m.start(), name) for name, words in VEHICLE_PATTERNS if (m := words.search(plain))]
    if not found:
        return None
    first = min(start for start, _ in found)
    return next(name for start, name in found if start == first)


def _level(plain: str, bare: str, vehicle: str | None) -> str | None:
    if match := PER_BLOOD.search(bare):
        return _band(_float(match[1] or match[2]), BLOOD, _over(bare, match.start()))
    if match := PER_LITRE.search(bare):
        return _by_size(_float(match[1]), _over(bare, match.start()))
    if match := MG.search(bare):
        return _by_size(_float(match[1]), _over(bare, match.start()))
    if (match := BARE.search(bare)) and (vehicle or ALCOHOL.search(plain)):
        return _by_size(_float(match[1]), _over(bare, match.start()))
    if REFUSE.search(plain) and ALCOHOL.search(plain):
        return "refuse"
    if DRUGS.search(plain) and (vehicle or "lai" in plain or "chay" in plain):
        return "drugs"
    return None


def _by_size(number: float, over: bool) -> str:
    """Breath or blood by the number itself: nobody breathes out 5 mg/l."""
    return _band(number, BREATH if number < 5 else BLOOD, over)


def _band(number: float, bounds: tuple[float, float], over: bool) -> str:
    for level, bound in zip(LEVELS, bounds, strict=False):
        if number < bound or (number == bound and not over):
            return level
    return LEVELS[-1]


def _over(plain: str, start: int) -> bool:
    return bool(OVER.search(plain[:start].rstrip() + " ") or OVER.search(plain[:start].rstrip()))


def _weight(bare: str) -> float | None:
    if match := KILOS.search(bare):
        return _float(match[1]) + (0.5 if match[2] else 0.0)
    if HALF_KILO.search(bare):
        return 0.5
    if match := GRAMS.search(bare):
        return _float(match[1]) / 1000
    if match := TAELS.search(bare):
        return _float(match[1]) / 10
    return None


def _age(bare: str) -> float | None:
    match = AGE.search(bare)
    return float(match[1]) if match else None


def _float(number: str) -> float:
    return float(number.replace(",", "."))


def _digit(word: str) -> str:
    return word if word.isdecimal() else str(UNITS[word])


def _decimals(words: str) -> str:
    """The digits behind a point: "hai lam" → "25", "ba muoi lam" → "35"."""
    found = [w for w in words.split() if w != "muoi"]
    return "".join(_digit(w) for w in found) or "10"


def _tens(match: re.Match[str]) -> str:
    if match[1]:
        return str(UNITS[match[1]] * 10 + UNITS.get(match[2] or "", 1 if match[2] == "nhat" else 0))
    return str(10 + UNITS.get(match[3] or "", 0))
