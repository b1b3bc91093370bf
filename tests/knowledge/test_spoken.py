"""What a loudspeaker reads out: every number, sum, date, time and telephone number in words."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.numerals import numbers
from knowledge.spoken import cardinal, digits, spoken
from knowledge.template_check import SAMPLE
from knowledge.vietnamese import fold
from tests.shipped import KNOWLEDGE

CARDINALS = {
    0: "không",
    4: "bốn",
    5: "năm",
    10: "mười",
    11: "mười một",
    14: "mười bốn",
    15: "mười lăm",
    20: "hai mươi",
    21: "hai mươi mốt",  # mốt behind mươi
    24: "hai mươi tư",  # tư behind mươi
    25: "hai mươi lăm",  # lăm behind mươi
    44: "bốn mươi tư",
    51: "năm mươi mốt",
    100: "một trăm",
    101: "một trăm linh một",
    104: "một trăm linh tư",
    110: "một trăm mười",
    115: "một trăm mười lăm",
    221: "hai trăm hai mươi mốt",
    1000: "một nghìn",
    1001: "một nghìn không trăm linh một",
    1010: "một nghìn không trăm mười",
    2027: "hai nghìn không trăm hai mươi bảy",
    10_000: "mười nghìn",
    105_000: "một trăm linh năm nghìn",
    1_000_005: "một triệu không trăm linh năm",
    2_500_000: "hai triệu năm trăm nghìn",
    1_000_000_000: "một tỷ",
    1_234_567_890: "một tỷ hai trăm ba mươi tư triệu năm trăm sáu mươi bảy nghìn tám trăm chín mươi",
}

TEXTS = {
    # telephone numbers: digit by digit, in the groups in which they are written
    "Gọi 113, 114, 115.": "Gọi một một ba, một một bốn, một một năm.",
    "Gọi 114: nói rõ": "Gọi một một bốn: nói rõ",
    "gọi 113 hoặc 115": "gọi một một ba hoặc một một năm",
    "công an (113)": "công an (một một ba)",
    "gọi 0987654321": "gọi không chín tám bảy, sáu năm bốn, ba hai một",
    "gọi 0987 654 321": "gọi không chín tám bảy, sáu năm bốn, ba hai một",
    "gọi 0263.3822.113": "gọi không hai sáu ba, ba tám hai hai, một một ba",
    "tổng đài 1900 1234": "tổng đài một chín không không, một hai ba bốn",
    # … but not what only looks like one
    "cầu dài 115 mét": "cầu dài một trăm mười lăm mét",
    "có 113 hộ": "có một trăm mười ba hộ",
    # sums
    "bị phạt 20–40 triệu đồng": "bị phạt hai mươi đến bốn mươi triệu đồng",
    "phạt 400.000–600.000 đồng": "phạt bốn trăm nghìn đến sáu trăm nghìn đồng",
    "500.000đ": "năm trăm nghìn đồng",
    "2,5 triệu": "hai phẩy năm triệu",
    "phạt đến 1.000.000.000 đồng": "phạt đến một tỷ đồng",
    # measures
    "đến 0,25 mg/l khí thở": "đến không phẩy hai mươi lăm mi li gam trên lít khí thở",
    "0,4 mg/l": "không phẩy bốn mi li gam trên lít",
    "0,05": "không phẩy không năm",
    "80 mg/100 ml máu": "tám mươi mi li gam trên một trăm mi li lít máu",
    "6 kg pháo": "sáu ki lô gam pháo",
    "60 km/h": "sáu mươi ki lô mét một giờ",
    "5% số hộ": "năm phần trăm số hộ",
    "dưới 14 tuổi": "dưới mười bốn tuổi",
    "10-15 người": "mười đến mười lăm người",
    "1.200 hộ": "một nghìn hai trăm hộ",
    # times
    "lúc 6h sáng": "lúc sáu giờ sáng",
    "7h": "bảy giờ",
    "18h30": "mười tám giờ ba mươi phút",
    "12g30": "mười hai giờ ba mươi phút",
    "7:05": "bảy giờ năm phút",
    "giao thừa 0:00": "giao thừa không giờ",
    "6 giờ 30 phút": "sáu giờ ba mươi phút",
    "từ 8 giờ đến 11 giờ 30": "từ tám giờ đến mười một giờ ba mươi phút",
    "từ 22:00–06:00": "từ hai mươi hai giờ đến sáu giờ",
    "22h-6h": "hai mươi hai giờ đến sáu giờ",
    "trực 24/24": "trực cả ngày đêm",
    # dates
    "18:30 ngày 15/12/2025": "mười tám giờ ba mươi phút ngày mười lăm tháng mười hai"
    " năm hai nghìn không trăm hai mươi lăm",
    "5/2": "ngày mùng năm tháng hai",
    "ngày 4/4": "ngày mùng bốn tháng tư",
    "ngày 23/12 âm lịch": "ngày hai mươi ba tháng mười hai âm lịch",
    "mùng 3 Tết": "mùng ba Tết",
    "mùng 3/1": "mùng ba tháng một",
    "23 tháng Chạp": "hai mươi ba tháng Chạp",
    "30 Tết": "ba mươi Tết",
    "tháng 4": "tháng tư",
    "tháng 12/2026": "tháng mười hai năm hai nghìn không trăm hai mươi sáu",
    "Tết 2027": "Tết hai nghìn không trăm hai mươi bảy",
    # laws and number plates
    "Nghị định 282/2025/NĐ-CP": "Nghị định số hai trăm tám mươi hai năm hai nghìn không trăm hai mươi lăm"
    " của Chính phủ",
    "Luật 91/2025/QH15": "Luật số chín mươi mốt năm hai nghìn không trăm hai mươi lăm của Quốc hội",
    "xe 29A1-123.45": "xe hai chín a một, một hai ba, bốn năm",
    # short forms and marks of a chat
    "mã OTP": "mã ô tê pê",
    "**Đậm**\n- 2 điều": "Đậm\nhai điều",
}


@pytest.mark.parametrize(("number", "words"), CARDINALS.items())
def test_numbers_are_said_as_people_say_them(number: int, words: str) -> None:
    assert cardinal(number) == words


@pytest.mark.parametrize(("text", "said"), TEXTS.items())
def test_a_text_is_spelt_out(text: str, said: str) -> None:
    assert spoken(text) == said


@given(st.integers(0, 999))
def test_what_is_said_is_understood_as_the_same_number(number: int) -> None:
    """Against the reader of the other direction, which was written apart from this."""
    heard = numbers(f"{fold(cardinal(number))} kg")

    assert heard.removesuffix(" kg").replace(" linh ", "") == str(number)


@given(st.from_regex(r"0\d{9}", fullmatch=True))
def test_a_telephone_number_loses_no_digit(number: str) -> None:
    assert len(digits(number).split()) == 10
    assert not any(letter.isdecimal() for letter in spoken(f"gọi {number}"))


def test_no_digit_is_left_in_any_template() -> None:
    knowledge = KNOWLEDGE

    for template in knowledge.templates.values():
        hints = {name: field.hint for name, field in template.fields.items()}
        text, _ = template.filled(SAMPLE | hints, knowledge.articles, date(2026, 11, 25))
        assert not any(letter.isdecimal() for letter in spoken(text)), template.id
