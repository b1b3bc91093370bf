"""What a question that leans on nothing is taken for."""

from datetime import date

import pytest

from handlers.answer import Outcome
from handlers.message import Subject
from tests.shipped import ANSWERER

TODAY = date(2026, 11, 25)


@pytest.mark.parametrize("question", ["cho vay nang lai di tu ko", "cho vay nặng lãi đi tù không"])
def test_a_whole_question_of_little_words_is_answered(question: str) -> None:
    """Without marks it is made of words that say nothing: "cho", "vậy", "nặng", "lại", "đi", "từ"."""
    answer = ANSWERER(question, today=TODAY)

    assert answer.outcome is Outcome.ANSWER
    assert answer.topic == "black-credit"


@pytest.mark.parametrize(
    "question", ["còn ô tô thì sao", "thế có đi tù không", "năm ngoái thì sao"]
)
def test_what_goes_on_from_nothing_is_not_guessed_at(question: str) -> None:
    assert ANSWERER(question, today=TODAY).outcome is Outcome.FALLBACK


def test_a_short_question_without_its_subject_goes_on_from_the_last_one() -> None:
    about = Subject(topic="fireworks-buy", article="fireworks-buy")
    question = "đi mua có phải cầm theo giấy tờ gì không em"

    assert ANSWERER(question, today=TODAY).outcome is Outcome.FALLBACK
    assert ANSWERER(question, today=TODAY, subject=about).topic == "fireworks-buy"
    foreign = "hôm nay giá vàng bao nhiêu"
    assert ANSWERER(foreign, today=TODAY, subject=about).outcome is Outcome.FALLBACK
