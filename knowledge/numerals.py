"""Numbers as people say them: "không phẩy hai lăm" → "0,25", "năm trăm" → "500"; all on folded text."""

import re

UNITS = {
    "khong": 0, "mot": 1, "hai": 2, "ba": 3, "bon": 4, "tu": 4, "nam": 5, "lam": 5, "sau": 6,
    "bay": 7, "bai": 7, "tam": 8, "chin": 9,
}  # fmt: skip
UNIT = "|".join(UNITS)
LAST_YEAR = r"(?! (?:ngoai|nay|truoc|roi|qua|20\d\d))"  # "0,3 năm ngoái" is no 0,35

POINT = re.compile(
    rf"\b({UNIT}|\d+) (?:phay|phai|cham) ((?:(?:(?:{UNIT})\b{LAST_YEAR}|muoi\b|\d+) ?){{1,3}})"
)
TENS = re.compile(rf"\b({UNIT}) muoi(?: ({UNIT}|nhat))?\b|\bmuoi(?: ({UNIT}))?\b")
HUNDREDS = re.compile(rf"\b({UNIT}|\d) tram\b(?: (?:le |linh )?({UNIT}|\d+)\b)?")
MEASURES = (
    "mg|miligam|mi li gam|kg|ky|ki|kilo|can|lang|gam|tan|ta|yen|tuoi|phan tram|trieu|nghin|ngan|lit"
)
POINTED, LARGE = re.compile("phay|phai|cham"), re.compile("muoi|tram")
MEASURE = re.compile(rf"\b(?:{MEASURES})\b")
LONE = re.compile(rf"\b({UNIT})(?= (?:ruoi )?(?:{MEASURES})\b)")


def numbers(plain: str) -> str:
    """Number words as digits: "khong phay ba" → "0,3", "sau muoi lam" → "65"."""
    if POINTED.search(plain):
        plain = POINT.sub(lambda m: f"{_digit(m[1])},{_decimals(m[2])} ", plain)
    if LARGE.search(plain):
        plain = HUNDREDS.sub(_hundreds, TENS.sub(_tens, plain))
    return LONE.sub(lambda m: str(UNITS[m[1]]), plain) if MEASURE.search(plain) else plain


def number(text: str) -> float:
    """Of "0,3" or "0.3"."""
    return float(text.replace(",", "."))


def _digit(word: str) -> str:
    return word if word.isdecimal() else str(UNITS[word])


def _decimals(words: str) -> str:
    """The digits behind a point: "hai lam" → "25", "ba muoi lam" → "35"."""
    return "".join(_digit(w) for w in words.split() if w != "muoi") or "10"


def _tens(match: re.Match[str]) -> str:
    if match[1]:
        return str(UNITS[match[1]] * 10 + UNITS.get(match[2] or "", 1 if match[2] else 0))
    return str(10 + UNITS.get(match[3] or "", 0))


def _hundreds(match: re.Match[str]) -> str:
    return str(int(_digit(match[1])) * 100 + int(_digit(match[2]) if match[2] else 0))
