"""Vehicles, measures, ages and days in people's own words."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.slots import Slots, read_slots, slots_fit, unslotted, worded

TODAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("text", "vehicle"),
    [
        ("xe máy", "motorbike"),
        ("chạy honda về", "motorbike"),  # a make
        ("xm", "motorbike"),  # a short form
        ("con sh của em", "motorbike"),
        ("xe máy điện", "motorbike"),
        ("xe gắn máy 50 phân", "motorbike"),
        ("ô tô", "car"),
        ("oto", "car"),
        ("xe hơi", "car"),
        ("tài xế container", "car"),
        ("xe khách", "car"),
        ("taxi", "car"),
        ("xe đạp", "bicycle"),
        ("xe đạp điện", "bicycle"),
        ("đạp xe về", "bicycle"),
        ("máy cày", "tractor"),
        ("xe công nông", "tractor"),
        ("xe máy chuyên dùng", "tractor"),  # no motorbike
        ("xe máy xúc", "tractor"),
        ("lái xe tai nạn", None),  # no lorry ("xe tải")
        ("đâm xe công an", None),
        ("giữ xe còn bao lâu", None),  # no car ("xe con")
        ("xe cộ", None),
    ],
)
def test_a_vehicle_is_known_by_all_its_names(text: str, vehicle: str | None) -> None:
    assert read_slots(text, TODAY).vehicle == vehicle


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("0,3 mg/l", "b2"),
        ("xe máy 0.3", "b2"),
        ("0,25 mg/l", "b1"),  # the bound belongs to the lower level
        ("trên 0,25 mg/l", "b2"),
        ("từ 0,25 đến 0,4", "b2"),
        ("0,4 mg", "b2"),
        ("vượt 0,4 mg/l", "b3"),
        ("60mg/100ml", "b2"),
        ("50 mg/100 ml máu", "b1"),
        ("90 mg trên 100 ml máu", "b3"),
        ("0 phẩy 3 miligam", "b2"),  # dictated
        ("không phẩy ba", "b2"),
        ("không phảy hai lăm", "b1"),  # hỏi for ngã
        ("sáu mươi miligam", "b2"),
        ("thổi không phẩy ba năm ngoái", "b2"),  # not 0,35
        ("chỉ số 0,5 xe máy", "b3"),  # "số 0" is no law's number
        ("mức 3 xe máy", "b3"),
        ("không chịu thổi cồn", "refuse"),
        ("từ chối đo nồng độ cồn", "refuse"),
        ("bỏ chạy không thổi nồng độ cồn", "refuse"),
        ("xm ko thoi", "refuse"),
        ("không uống rượu mà thổi vẫn lên cồn", None),  # blew after all
        ("dương tính ma túy lái xe", "drugs"),
        ("phê ma túy chạy xe máy", "drugs"),
        ("tàng trữ ma túy", None),  # nobody drives
        ("mức 2 triệu xe máy", None),  # money
        ("uống 2 lít rượu lái xe", None),  # drunk, not measured
        ("0,5 kg pháo", None),  # a weight
        ("nghị định 100 và 168/2024", None),
    ],
)
def test_a_level_is_read_from_numbers_and_words(text: str, level: str | None) -> None:
    assert read_slots(text, TODAY).level == level


@pytest.mark.parametrize(
    ("text", "weight"),
    [
        ("7 kg pháo", 7.0),
        ("7kg", 7.0),
        ("nửa ký pháo", 0.5),
        ("5 lạng pháo", 0.5),
        ("500g pháo", 0.5),
        ("năm trăm gam pháo", 0.5),  # dictated
        ("bảy ký rưỡi", 7.5),
        ("mười lăm ký", 15.0),
        ("2 yến pháo", 20.0),
        ("1 tạ", 100.0),
        ("dưới 6kg", 5.99),  # the row below, not the one that begins there
        ("nghị định 168", None),
    ],
)
def test_a_weight_is_read_in_kilograms(text: str, weight: float | None) -> None:
    assert read_slots(text, TODAY).weight == weight


@pytest.mark.parametrize(
    ("text", "age"),
    [
        ("con tôi 15 tuổi", 15.0),
        ("mười bảy tuổi", 17.0),
        ("con 13t đốt pháo", 13.0),
        ("dưới 18 tuổi", 17.99),
        ("xe 10t", None),  # tonnes
    ],
)
def test_an_age_is_read_in_years(text: str, age: float | None) -> None:
    assert read_slots(text, TODAY).age == age


@pytest.mark.parametrize(
    ("text", "on"),
    [
        ("năm 2024", date(2024, 2, 10)),  # a bare year: its mùng 1
        ("phạt 2024", date(2024, 2, 10)),
        ("Tết 2024", date(2024, 2, 10)),
        ("Tết Giáp Thìn", date(2024, 2, 10)),
        ("hồi tết ất tỵ", date(2025, 1, 29)),
        ("năm ngoái", date(2025, 1, 29)),
        ("năm rồi", date(2025, 1, 29)),  # the South's
        ("tết năm ngoái", date(2025, 1, 29)),
        ("tết vừa rồi", date(2026, 2, 17)),
        ("2 năm trước", date(2024, 2, 10)),
        ("tháng 12/2025", date(2025, 12, 1)),
        ("ngày 20/12/2025", date(2025, 12, 20)),
        ("20 tháng 11 năm 2025", date(2025, 11, 20)),
        ("trước 2025", date(2024, 12, 31)),
        ("cuối năm 2025", date(2025, 12, 31)),
        ("tết dương lịch 2025", date(2025, 1, 1)),
        ("tết này", None),  # today's law
        ("năm 2026", None),
        ("tết 2027", None),  # to come
        ("nghị định 168/2024", None),  # a law's number
        ("ngày 31/2/2025", None),  # no day
        ("bính thân mến", None),  # no year's name
    ],
)
def test_the_day_whose_law_is_meant(text: str, on: date | None) -> None:
    assert read_slots(text, TODAY).on == on


def test_a_last_tet_that_is_still_to_come_is_the_one_before() -> None:
    assert read_slots("tết vừa rồi", date(2026, 1, 5)).on == date(2025, 1, 29)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("con wave 0,3 mg/l phạt sao", "con xe máy phạt sao"),  # a make becomes its kind
        ("60mg/100ml ô tô", "ô tô"),
        ("xe 7 chỗ không phẩy hai", "ô tô"),
        ("uống 2 lít rượu", "uống 2 lít rượu"),
    ],
)
def test_words_without_what_slots_say(text: str, left: str) -> None:
    assert worded(text) == left


def test_unslotted_keeps_only_other_words() -> None:
    assert unslotted("còn xe máy 0,3 thì sao") == "còn thì sao"


def test_a_contradicted_slot_rules_an_article_out() -> None:
    row = {"vehicle": "car", "level": "b2"}

    assert slots_fit(Slots(vehicle="motorbike"), row) is None
    assert slots_fit(Slots(vehicle="car", level="b2"), row) == 2.0
    assert slots_fit(Slots(), row) == -1.0
    assert slots_fit(Slots(weight=6.0), {"weight": (0.0, 6.0)}) is None
    assert slots_fit(Slots(weight=5.99), {"weight": (0.0, 6.0)}) == 1.0


@given(st.text(st.characters()), st.dates(date(2024, 1, 1), date(2050, 12, 31)))
def test_any_text_can_be_read(text: str, today: date) -> None:
    assert isinstance(read_slots(text, today), Slots)
    assert isinstance(unslotted(text), str)
