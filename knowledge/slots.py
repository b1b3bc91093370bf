"""What a question states beside its words: vehicle, alcohol, weight, age, and the day whose law is meant."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from knowledge.article import Range
from knowledge.days import LAW_NUMBER, asked_day
from knowledge.numerals import UNIT, number, numbers
from knowledge.vietnamese import clean, fold

# mg per litre of breath and mg per 100 ml of blood up to which a level reaches (168/2024 Điều 6, 7, 9)
BREATH = (0.25, 0.4)
BLOOD = (50.0, 80.0)
LEVELS = ("b1", "b2", "b3")
A_LITTLE = 0.01  # "dưới 6 kg" is this much less than 6

# words that fold to another that counts here: cồn, thổi, lái, xe con
OTHERS = re.compile(r"\b(?:còn|thôi|thối|lại|lãi)\b")

BRANDS = (
    r"wave|vision|sh|honda|exciter|air ?blade|winner|dream|sirius|lead|tay ga|cub|vario|xe so|xe ga"
)
CAR_BRANDS = r"xe hoi|xe (?:4|bon) banh|xe (?:4|5|7|bon|nam|bay) cho|vios|camry|fortuner"
VEHICLES: tuple[tuple[str, str], ...] = (
    ("tractor", r"xe may chuyen dung|(?:xe )?may (?:keo|cay|xuc|ui|gat)|(?:xe )?cong nong|xe lu|xe nang"),
    ("bicycle", r"bicycle|e-?bike|xe dap(?: dien| may)?|(?:di|dap) (?:xe )?dap|dap xe"),
    ("motorbike", rf"motor ?(?:bike|cycle)|scooter|xe may|xe gan may|mo ?to|xe 50|{BRANDS}|xe dien|xe om|grab bike|"
                  r"xe (?:hai|2) banh"),
    ("car", rf"o ?to|car|{CAR_BRANDS}|(?:lai|chay|di) xe con|xe tai(?! nan)|xe khach|xe buyt|taxi|container|"
            r"cong ten no|ban tai|grab car|xe ben|xe dau keo|xe do\b|xe giuong nam"),
)  # fmt: skip
VEHICLE = re.compile(rf"\b(?:{'|'.join(rf'(?P<{name}>{words})' for name, words in VEHICLES)})\b")
MOTORBIKES = re.compile(rf"\b(?:xe )?(?:{BRANDS})\b(?: may)?")
CARS = re.compile(rf"\b(?:{CAR_BRANDS})\b")

TEST = r"(?:thoi|do|kiem tra|test)\b(?! bao nhieu)"
WILL = r"(?:chiu|cho|muon|dong y|hop tac|dam|them|chap hanh|chap nhan|phoi hop|nghe|de|phai)"
REFUSE = re.compile(
    rf"\bkhong (?:{WILL} (?:\w+ ){{0,2}})?{TEST}|\b(?:tu choi|chong|ne|tranh|bo chay)(?: \w+){{0,3}} {TEST}"
    r"|\bkhong hop tac\b|\b(?:ne|tron|thong|quay dau) chot"
)
DRUGS = re.compile(r"ma tuy|chat kich thich|phe thuoc|phe ke|choi do|hang da|ngao da|can sa")
DRIVES = re.compile(r"\b(?:lai|chay xe|di xe|tai xe|cam lai|dieu khien)\b")
ALCOHOL = re.compile(r"\b(?:con|ruou|bia|nhau|say|xin|thoi|mg|miligam|mi li gam|nong do|men)\b")

DIGIT = re.compile(r"\d")
LEVELLED = re.compile(  # without one of these no level is stated
    r"\d ?(?:m|tr)|0[.,]\d|\d.{0,12}mau\b|\bmuc |kich khung|thoi|\bdo\b|kiem tra|test|hop tac|chot"
    r"|ma tuy|kich thich|\bphe\b|choi do|hang da|ngao da|can sa"
)
NUMBER = r"(\d+(?:[.,]\d+)?)"
MILLIGRAMS = r"(?:mg|miligam|mi li gam|milligram|mgam)"
PER_BLOOD = re.compile(
    rf"{NUMBER} ?{MILLIGRAMS}? ?(?:/|tren|trong|moi)? ?100 ?(?:ml|mililit|mi li lit)|"
    rf"{NUMBER} ?{MILLIGRAMS} ?(?:trong|tren|/)? ?mau\b"
)
MG = re.compile(rf"{NUMBER} ?{MILLIGRAMS}\b")
OTHER_UNITS = r"(?:kg|ky|ki|kilo|can|gam|g|lang|%|phan tram|trieu|nghin|ty|ha|km|m)\b"
BARE = re.compile(rf"(?<![\d/.,])(0[.,]\d{{1,3}})(?![\d/])(?! ?{OTHER_UNITS}| ?%)")
GRADE = re.compile(
    r"\bmuc (1|2|3|mot|hai|ba|cao nhat|kich khung)\b(?![.,]| ?(?:trieu|nghin|ty))|kich khung"
)
GRADES = {"1": "b1", "mot": "b1", "2": "b2", "hai": "b2"}
OVER = re.compile(r"\b(?:tren|vuot|qua|hon)(?: (?:muc|nguong))? ?$")
SPAN = re.compile(rf" ?{MILLIGRAMS}?(?: ?/ ?l)? ?(?:den|toi|-|–) ?0[.,]")
UNDER = re.compile(r"\b(?:duoi|chua (?:toi|den|du|day)|khong (?:toi|den)|gan|chua) ?$")
KILOS = re.compile(rf"{NUMBER} ?(ruoi )?(?:kg|ky|ki|kilo|can|kilogam|kilogram|ki lo)\b( ruoi)?")
HALF_KILO = re.compile(r"nua (?:kg|ky|ki|can|kilo)")
OTHER_WEIGHTS = (
    (re.compile(rf"{NUMBER} ?(?:g|gam|gram|gr)\b"), 0.001),
    (re.compile(rf"{NUMBER} ?lang\b"), 0.1),
    (re.compile(rf"{NUMBER} ?yen\b"), 10.0),
    (re.compile(rf"{NUMBER} ?ta\b"), 100.0),
    (re.compile(rf"{NUMBER} ?tan\b"), 1000.0),
)
AGE = re.compile(r"\b(\d{1,2}) ?tuoi|(?<!xe )(?<!tai )\b(1\d|[6-9])t\b")

COUNT = rf"(?:\d+(?:[.,]\d+)?|{UNIT}|muoi)(?: (?:\d+|{UNIT}|muoi|phay|phai|cham))*"
PER = r"(?: ?(?:/|tren|trong|moi))? ?(?:100 ?ml|(?:1|mot)? ?(?:lit|l)|mot tram mi li lit|mau)\b"
MEASURED = re.compile(
    rf"\b{COUNT} ?{MILLIGRAMS}\b(?:{PER})?|\b0[.,]\d+\b|\b(?:{UNIT}|0) (?:phay|cham) {COUNT}\b"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Slots:
    """What was stated; None where nothing was. `weight` in kilograms, `age` in years.

    `on` is the day whose law is asked for; None: today's.
    """

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
    plain = _plain(text)
    return _said(plain, asked_day(plain, today))


def said(text: str) -> Slots:
    """The slots that don't hang on the day."""
    return _said(_plain(text), None)


def worded(text: str) -> str:
    """A text, cleaned, without what its slots say: a make becomes its kind of vehicle, alcohol measured is left out."""
    return _without(clean(text), ((MOTORBIKES, " xe máy "), (CARS, " ô tô "), (MEASURED, " ")))


def unslotted(text: str) -> str:
    """A text, cleaned, without any vehicle, measure or age."""
    patterns = (VEHICLE, MEASURED, KILOS, HALF_KILO, AGE)
    return _without(clean(text), [(pattern, " ") for pattern in patterns])


def stated(slots: Slots) -> Iterator[str]:
    """The names of the slots that a question states."""
    names = ("vehicle", "level", "weight", "age")
    return (name for name in names if getattr(slots, name) is not None)


def tokens(slots: Slots) -> Iterator[str]:
    """What a question states, as the ranker is told it: a number by its slot's name alone."""
    return (value if isinstance(value := getattr(slots, n), str) else n for n in stated(slots))


def implied(slots: Slots) -> frozenset[str]:
    """The concept that a stated level speaks of, whatever the words."""
    return frozenset({"drugs" if slots.level == "drugs" else "drink"} if slots.level else ())


def slots_fit(asked: Slots, article: Mapping[str, str | Range]) -> float | None:
    """How much an article's slots speak for it: -1 … 2; None where one contradicts what was stated."""
    if not article:
        return 0.0
    score = 0.0
    for name in ("vehicle", "level"):
        given, own = getattr(asked, name), article.get(name)
        if given and own and given != own:
            return None
        score += 1.0 if given and own else -0.5 if own else 0.0
    for name in ("weight", "age"):
        amount, span = getattr(asked, name), article.get(name)
        if isinstance(span, tuple) and amount is not None:
            if not span[0] <= amount < span[1]:
                return None
            score += 1.0
    return score


def _without(marked: str, swaps: Iterable[tuple[re.Pattern[str], str]]) -> str:
    """A text with what each pattern finds in its folded form replaced; folding keeps places."""
    plain = fold(marked)
    for pattern, put in swaps:
        if matches := list(pattern.finditer(plain)):
            for match in reversed(matches):
                marked = marked[: match.start()] + put + marked[match.end() :]
            plain = fold(marked)
    return " ".join(marked.split())


def _plain(text: str) -> str:
    """Folded words with numbers as digits; a word whose marks say that it is another one is taken out."""
    return numbers(fold(OTHERS.sub(lambda m: "·" * len(m[0]), clean(text))))


def _said(plain: str, on: date | None) -> Slots:
    counted = DIGIT.search(plain) is not None
    bare = LAW_NUMBER.sub(" ", plain) if counted else plain
    vehicle = _vehicle(plain)
    return Slots(
        vehicle=vehicle,
        level=_level(plain, bare, vehicle),
        weight=_weight(bare) if counted or "nua" in plain else None,
        age=_age(bare) if counted else None,
        on=on,
    )


def _vehicle(plain: str) -> str | None:
    """The vehicle that is named first; "xe máy điện" is a motorbike, "xe đạp điện" a bicycle."""
    found = VEHICLE.search(plain)
    return found.lastgroup if found else None


def _level(plain: str, bare: str, vehicle: str | None) -> str | None:
    if not LEVELLED.search(plain):
        return None
    if match := PER_BLOOD.search(bare):
        return _band(number(match[1] or match[2]), BLOOD, _over(bare, match))
    if match := MG.search(bare) or BARE.search(bare):
        return _by_size(number(match[1]), _over(bare, match))
    if (match := GRADE.search(plain)) and (vehicle or ALCOHOL.search(plain)):
        return GRADES.get(match[1], "b3")
    if REFUSE.search(plain) and ALCOHOL.search(plain):
        return "refuse"
    if DRUGS.search(plain) and (vehicle or DRIVES.search(plain)):
        return "drugs"
    return None


def _by_size(amount: float, over: bool) -> str:
    """Breath or blood by the number itself: nobody breathes out 5 mg/l."""
    return _band(amount, BREATH if amount < 5 else BLOOD, over)


def _band(amount: float, bounds: tuple[float, float], over: bool) -> str:
    for level, bound in zip(LEVELS, bounds, strict=False):
        if amount < bound or (amount == bound and not over):
            return level
    return LEVELS[-1]


def _over(bare: str, match: re.Match[str]) -> bool:
    """Whether more than the number is meant: "trên 0,25", "từ 0,25 đến 0,4"."""
    return bool(OVER.search(bare[: match.start()]) or SPAN.match(bare, match.end(1)))


def _weight(bare: str) -> float | None:
    if match := KILOS.search(bare):
        return number(match[1]) + 0.5 * bool(match[2] or match[3]) - _under(bare, match)
    if HALF_KILO.search(bare):
        return 0.5
    for pattern, kilos in OTHER_WEIGHTS:
        if match := pattern.search(bare):
            return round(number(match[1]) * kilos, 3)
    return None


def _age(bare: str) -> float | None:
    match = AGE.search(bare)
    return float(match[1] or match[2]) - _under(bare, match) if match else None


def _under(bare: str, match: re.Match[str]) -> float:
    return A_LITTLE if UNDER.search(bare[: match.start()]) else 0.0
