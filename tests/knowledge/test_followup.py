"""What leans on the question before, and what stands by itself."""

from datetime import date

import pytest

from knowledge.followup import is_followup, merge
from knowledge.slots import read_slots
from tests.shipped import ARTICLES, SEARCH

TODAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    "text",
    [
        "còn ô tô thì sao",  # another vehicle
        "con o to",  # the same without marks
        "xe đạp thì sao",
        "còn 0,5 thì sao",  # another level
        "nếu dưới 6kg thì sao",  # another weight
        "còn nếu không thổi",
        "thế năm ngoái",  # another day
        "vậy còn trẻ em?",
        "thế phạt tù không",  # another side of it
        "thế có bị giữ xe không",
        "thế mua ở đâu",
        "mấy năm tù",
        "bao nhiêu",
        "phat bao nhieu",
        "còn pháo hoa thì sao",  # may name anything
    ],
)
def test_it_leans_on_what_was_asked(text: str) -> None:
    assert is_followup(text)


@pytest.mark.parametrize(
    "text",
    [
        "đốt pháo phạt bao nhiêu",
        "con tôi đốt pháo thì sao",  # "con" is a child
        "con nít đốt pháo thì sao",
        "bị mất xe thì sao",
        "uống rượu đi xe đạp thì sao",
        "vậy pháo hoa z121 mua ở đâu",
        "nếu bị lừa thì báo ai",
        "xe máy nồng độ cồn phạt bao nhiêu",
        "không đội mũ thì sao",
        "thế giới có bao nhiêu nước",  # "thế" opens nothing here
        "còn vé tàu không",
        "báo công an ở đâu",
        "gọi 113 mất tiền không",
        "xin chào",
        "",
        "…",
    ],
)
def test_it_stands_by_itself(text: str) -> None:
    assert not is_followup(text)


@pytest.mark.parametrize(
    ("before", "text", "after"),
    [
        ("drink-driving-motorbike", "còn ô tô thì sao", "drink-driving-car"),
        (
            "drink-driving-motorbike-b2",
            "còn ô tô thì sao",
            "drink-driving-car-b2",
        ),  # the level stays
        ("drink-driving-motorbike-b2", "còn 0,5 thì sao", "drink-driving-motorbike-b3"),
        ("drink-driving-car", "không thổi thì sao", "drink-driving-car-refuse"),
        ("drink-driving-car", "còn xe đạp", "drink-driving-bicycle"),
        ("fireworks-legal", "thế mua ở đâu", "fireworks-buy"),
    ],
)
def test_the_last_subject_is_asked_about_again(before: str, text: str, after: str) -> None:
    last = ARTICLES[before]
    remembered = {k: v for k, v in last.slots.items() if isinstance(v, str)}

    meant, slots = merge(text, read_slots(text, TODAY), last, remembered)

    first, second, *_ = SEARCH.find(meant, slots)
    assert after in (first.article.id, second.article.id)
    assert first.article.topic == ARTICLES[after].topic
