"""What a question that leans on nothing is taken for."""

from datetime import date

import pytest

from handlers.answer import Outcome
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
