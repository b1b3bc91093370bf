"""Two texts that say the same state the same figures, with marks or without, in digits however written."""

import pytest

from knowledge.figures import figures
from knowledge.sms import SMS, length, sms_of, unmarked

FIGURES = {
    "Gọi 113, 114. Trực ban 02633 822 113": ["02633822113", "113", "114"],
    "gọi +84 987 654 321": ["0987654321"],
    "115 hộ dân": [],  # a number of households, no telephone
    "18h30 ngày 15/12/2025": ["18:30", "15/12"],
    "lúc 6 giờ tối": ["18:00"],
    "lúc 5 giờ ngày 3 tháng 2": ["05:00", "3/2"],
    "trực 24/24": [],
    "phạt 20–40 triệu đồng": ["20–40 triệu đồng"],
    "phạt từ 20 đến 40 triệu": ["20–40 triệu đồng"],
    "20.000.000 đồng": ["20 triệu đồng"],
    "400.000–600.000đ": ["400.000–600.000 đồng"],
    "2,5 triệu": ["2,5 triệu đồng"],
    "1 tỷ đồng": ["1 tỷ đồng"],
    "phạt tù 5 năm": ["5 năm tù"],
    "tù từ 1 đến 5 năm": ["1–5 năm tù"],
    "bị 2 năm tù": ["2 năm tù"],
    "0,25 mg/l khí thở": ["0,25 mg/l"],
    "80 mg/100 ml máu": ["80 mg/100ml"],
    "6 kg pháo": ["6 kg"],
    "xe 29A-123.45": [],
}


@pytest.mark.parametrize(("text", "shown"), FIGURES.items())
def test_the_figures_of_a_text(text: str, shown: list[str]) -> None:
    assert sorted(figure.shown for figure in figures(text)) == sorted(shown)


@pytest.mark.parametrize("text", FIGURES)
def test_marks_make_no_difference(text: str) -> None:
    assert figures(unmarked(text)) == figures(text)


@pytest.mark.parametrize(
    ("text", "sms"),
    [
        (
            "**Đã uống thì không lái.** Gọi xe.\n\n- Gọi 113 – ngay…",
            "Da uong thi khong lai. Goi xe. Goi 113 - ngay...",
        ),
        ("Ngắn. " + "rất dài " * 30, "Ngan."),  # whole sentences only
        (
            "Phạt 2.000.000 đồng. Hết.",
            "Phat 2.000.000 dong. Het.",
        ),  # a point inside a number ends nothing
        ("🙂 Chào", "Chao"),
    ],
)
def test_an_sms_is_made_of_whole_sentences_without_marks(text: str, sms: str) -> None:
    assert sms_of(text) == sms


def test_one_endless_sentence_is_cut_behind_a_word() -> None:
    sms = sms_of("đừng đốt pháo " * 30)

    assert sms.endswith("dot phao") or sms.endswith("dot") or sms.endswith("dung")
    assert SMS - 5 <= length(sms) <= SMS


def test_brackets_take_the_room_of_two_letters() -> None:
    assert length("[a]") == 5
