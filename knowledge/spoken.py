"""A text as one reads it aloud: numbers, sums, dates, times and telephone numbers in Vietnamese words.

For loudspeakers: who reads "20–40 triệu" or "18h30" from a sheet at five in the morning reads what stands there.
"""

import re
from collections.abc import Callable

DIGITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
SCALES = ("", "nghìn", "triệu", "tỷ")
LARGEST = 10**12  # numbers from here on are read digit by digit

UNITS = {
    "mg/100 ml": "mi li gam trên một trăm mi li lít", "mg/l": "mi li gam trên lít",
    "km/h": "ki lô mét một giờ", "m/s": "mét một giây",
    "mg": "mi li gam", "kg": "ki lô gam", "ml": "mi li lít", "km": "ki lô mét", "cm": "xen ti mét",
    "mm": "mi li mét", "m": "mét", "g": "gam", "l": "lít", "ha": "héc ta", "kWh": "ki lô oát giờ",
    "°C": "độ C", "%": "phần trăm", "đ": "đồng",
}  # fmt: skip
SHORT_FORMS = {
    "OTP": "ô tê pê", "VNeID": "vi en e ai đi", "UBND": "Ủy ban nhân dân", "CCCD": "căn cước công dân",
    "SMS": "tin nhắn", "QR": "quy a", "PCCC": "phòng cháy, chữa cháy",
}  # fmt: skip
ISSUERS = {"NĐ-CP": "của Chính phủ", "QH": "của Quốc hội"}
LETTERS = {
    "A": "a", "B": "bê", "C": "xê", "D": "đê", "Đ": "đê có gạch", "E": "e", "F": "ép", "G": "gờ", "H": "hát",
    "K": "ca", "L": "lờ", "M": "mờ", "N": "nờ", "P": "pê", "R": "rờ", "S": "sờ", "T": "tê", "U": "u", "V": "vê",
    "X": "ích", "Y": "y", "Z": "dét",
}  # fmt: skip

INTEGER = r"\d{1,3}(?:\.\d{3})+|\d+"
NUMBER = rf"(?:{INTEGER})(?:,\d+)?"
DASH = r" ?[–-] ?"
DAY, MONTH, YEAR = r"(0?[1-9]|[12]\d|3[01])", r"(0?[1-9]|1[0-2])", r"((?:19|20)\d\d)"
CLOCK = (
    r"(?:[:hg](?P<{0}>[0-5]\d)|h| ?giờ(?: (?P<{0}_said>[0-5]?\d)(?: phút)?(?! ?[\d./,]))?)(?!\w)"
)
TIME = r"(?P<hour>[01]?\d|2[0-4])" + CLOCK.format("minute")
ANY_TIME = re.sub(r"\?P<\w+>", "?:", TIME)
UNIT = "|".join(re.escape(unit) for unit in sorted(UNITS, key=len, reverse=True))


def cardinal(number: int) -> str:
    """A number in words: 105 → "một trăm linh năm", 2027 → "hai nghìn không trăm hai mươi bảy"."""
    if number >= LARGEST:
        return digits(str(number))
    groups = []
    while number:
        number, group = divmod(number, 1000)
        groups.append(group)
    words = [
        _named(group, SCALES[place], whole=place < len(groups) - 1)
        for place, group in reversed(list(enumerate(groups)))
        if group
    ]
    return " ".join(words) or DIGITS[0]


def digits(text: str) -> str:
    """Each digit by itself, as one reads a telephone number; a comma where the groups end."""
    groups = re.findall(r"\d+", text)
    return ", ".join(" ".join(DIGITS[int(digit)] for digit in group) for group in groups)


def spoken(text: str) -> str:
    """The text in words alone; a digit that is left over was not understood."""
    text = re.sub(r"^- ", "", text.replace("**", ""), flags=re.MULTILINE)
    for pattern, read in RULES:
        text = pattern.sub(read, text)
    return re.sub(r" {2,}", " ", text)


def _named(group: int, scale: str, *, whole: bool) -> str:
    """Three digits and their scale; `whole`: something stands before them, so that no place is skipped."""
    return f"{_below_thousand(group, whole=whole)} {scale}".strip()


def _below_thousand(number: int, *, whole: bool) -> str:
    hundreds, rest = divmod(number, 100)
    head = [f"{DIGITS[hundreds]} trăm"] if hundreds or whole else []
    if not rest:
        return " ".join(head)
    return " ".join([*head, _below_hundred(rest, after_hundreds=bool(head))])


def _below_hundred(number: int, *, after_hundreds: bool) -> str:
    tens, ones = divmod(number, 10)
    if not tens:
        return f"linh {_one(ones)}" if after_hundreds else DIGITS[ones]
    head = "mười" if tens == 1 else f"{DIGITS[tens]} mươi"
    if not ones:
        return head
    last = {1: "một" if tens == 1 else "mốt", 4: "bốn" if tens == 1 else "tư", 5: "lăm"}
    return f"{head} {last.get(ones, DIGITS[ones])}"


def _one(number: int) -> str:
    return "tư" if number == 4 else DIGITS[number]


def _number(text: str) -> str:
    """ "400.000" → "bốn trăm nghìn"; "0,25" → "không phẩy hai mươi lăm"; "007" digit by digit."""
    whole, _, fraction = text.partition(",")
    whole = whole.replace(".", "")
    if len(whole) > 1 and whole.startswith("0"):
        return digits(whole)
    words = cardinal(int(whole))
    if not fraction:
        return words
    after = digits(fraction) if fraction[0] == "0" or len(fraction) > 2 else cardinal(int(fraction))
    return f"{words} phẩy {after}"


def _day(day: str) -> str:
    number = int(day)
    return f"mùng {cardinal(number)}" if number <= 10 else cardinal(number)


def _month(month: str) -> str:
    return "tư" if int(month) == 4 else cardinal(int(month))


def _date(match: re.Match[str]) -> str:
    """Also where "ngày", "mùng" or "rằm" stand before it: they are said once."""
    before, day, month, year = match[1] or "", match[2], match[3], match[4]
    said = f"tháng {_month(month)}" + (f" năm {cardinal(int(year))}" if year else "")
    if re.fullmatch(r"(?:mùng|mồng) ", before, re.IGNORECASE):
        return f"{before}{cardinal(int(day))} {said}"
    return f"{before or 'ngày '}{_day(day)} {said}"


def _month_of_year(match: re.Match[str]) -> str:
    return f"{match[1]}{_month(match[2])} năm {cardinal(int(match[3]))}"


def _named_day(match: re.Match[str]) -> str:
    """ "mùng 3", "ngày 5", "tháng 4"."""
    word, number = match[1], int(match[2])
    if word.lower() == "tháng":
        return f"{word} {_month(match[2])}"
    return f"{word} {_day(match[2]) if word.lower() == 'ngày' else cardinal(number)}"


def _time(match: re.Match[str]) -> str:
    minutes = match["minute"] or match["minute_said"]
    said = f"{cardinal(int(match['hour']))} giờ"
    return said if not minutes or not int(minutes) else f"{said} {cardinal(int(minutes))} phút"


def _times(match: re.Match[str]) -> str:
    """ "22:00–06:00", "6h-8h"."""
    first, last = (re.fullmatch(TIME, part) for part in re.split(DASH, match[0]))
    return f"{_time(first)} đến {_time(last)}" if first and last else match[0]


def _law(match: re.Match[str]) -> str:
    """ "282/2025/NĐ-CP" → "số hai trăm tám mươi hai năm hai nghìn không trăm hai mươi lăm của Chính phủ"."""
    head = "" if match[1] else "số "
    kind = match[4].rstrip("0123456789")
    issuer = ISSUERS.get(kind, "")
    return f"{match[1] or ''}{head}{cardinal(int(match[2]))} năm {cardinal(int(match[3]))} {issuer}".rstrip()


def _plate(match: re.Match[str]) -> str:
    """A number plate, each sign by itself: "29A1-123.45"."""
    parts = re.split(r"[-. ]", match[0])
    return ", ".join(
        " ".join(DIGITS[int(sign)] if sign.isdecimal() else LETTERS.get(sign, sign) for sign in p)
        for p in parts
    )


def _range(match: re.Match[str]) -> str:
    first, last, unit = match[1], match[2], match[3]
    return f"{_number(first)} đến {_number(last)}{_unit(unit)}"


def _measured(match: re.Match[str]) -> str:
    return f"{_number(match[1])}{_unit(match[2])}"


def _unit(unit: str | None) -> str:
    return f" {UNITS[unit]}" if unit else ""


def _phone(match: re.Match[str]) -> str:
    """In the groups in which it is written, else in some that can be kept in mind: 4, 3, and the rest."""
    number = match[0]
    return digits(f"{number[:4]} {number[4:7]} {number[7:]}" if number.isdecimal() else number)


RULES: tuple[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]], ...] = (
    (re.compile(rf"\b({'|'.join(SHORT_FORMS)})\b"), lambda match: SHORT_FORMS[match[1]]),
    (re.compile(r"(?<![\d/])24/(?:24|7)\b"), "cả ngày đêm"),
    (re.compile(r"(số )?\b(\d+)/(\d{4})/([A-ZĐ][A-ZĐ0-9-]*)"), _law),
    (re.compile(r"\b\d{2}[A-ZĐ]{1,2}\d?[- ]?(?:\d{3}\.?\d{2}|\d{4})\b"), _plate),
    (re.compile(rf"((?:ngày|mùng|mồng|rằm) )?(?<![\d/])\b{DAY}/{MONTH}(?:/{YEAR})?(?![\d/])", re.I), _date),
    (re.compile(rf"(tháng ){MONTH}/{YEAR}(?![\d/])", re.I), _month_of_year),
    (re.compile(rf"(?<![\d.,]){ANY_TIME}{DASH}{ANY_TIME}"), _times),
    (re.compile(rf"(?<![\d.,/]){TIME}"), _time),
    (re.compile(r"(?<![\d.,/])(?:\+84|0|1[89]00)(?:[ .-]?\d){4,10}(?![\d,/])"), _phone),
    (re.compile(r"(?<![\d.,/–-])11[1-5](?= ?(?:[,.:;)]|và|hoặc|hay|$))(?![.,]\d)", re.M), _phone),
    (re.compile(r"(?<=gọi )\d{3}\b|(?<=số )11[1-5]\b|(?<=gọi số )\d{3}\b", re.I), _phone),
    (re.compile(r"\b(ngày|mùng|mồng|tháng) (\d{1,2})\b(?![.,/]\d|[–-])", re.I), _named_day),
    (re.compile(rf"(?<![\d.,/])({NUMBER}){DASH}({NUMBER})(?: ?({UNIT})(?![\w/]))?(?!\d)"), _range),
    (re.compile(rf"(?<![\d.,/])({NUMBER})(?: ?({UNIT})(?![\w/]))?(?!\d)"), _measured),
)  # fmt: skip
