"""A verdict says what it should: right, offered, or wrong, for every kind of expectation."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from handlers.answer import Answer, Outcome
from handlers.compare import changes, edits, named
from handlers.evaluate import Question, confusions, evaluate, judged, tallies
from knowledge.triage import Emergency
from tests.shipped import ANSWERER, KNOWLEDGE

TODAY = date(2026, 11, 24)
use = KNOWLEDGE.articles["fireworks-penalty-use"]
buy = KNOWLEDGE.articles["fireworks-buy"]
ANSWERED = Answer(outcome=Outcome.ANSWER, article=use)
CHOSEN = Answer(outcome=Outcome.CHOOSE, choices=(buy, use))
NOTHING = Answer(outcome=Outcome.FALLBACK)
DUTY = Answer(outcome=Outcome.ANSWER, directive="ct-tet-2024", clauses=("5", "1.2"))
DANGER = Answer(outcome=Outcome.EMERGENCY, emergency=Emergency("114", "fire"))
ACCUSED = Answer(outcome=Outcome.FLOW, flow="tip", accused=True)


@pytest.mark.parametrize(
    ("answer", "expect", "verdict"),
    [
        (ANSWERED, {"topics": ["fireworks-penalty"]}, (True, True)),
        (ANSWERED, {"topics": ["fireworks-buy"]}, (False, False)),
        (CHOSEN, {"topics": ["fireworks-penalty"]}, (False, True)),  # offered is not answered
        (CHOSEN, {"topics": ["gambling"]}, (False, False)),
        (NOTHING, {"outcome": "fallback"}, (True, True)),
        (ANSWERED, {"outcome": "fallback"}, (False, False)),
        (DUTY, {"clauses_any": ["5"]}, (True, True)),
        (DUTY, {"clauses_any": ["9.1"]}, (False, False)),
        (DANGER, {"number": ["114"]}, (True, True)),
        (NOTHING, {"number": ["114"]}, (False, False)),
        (DANGER, {"not_outcome": "emergency"}, (False, False)),
        (NOTHING, {"not_outcome": "emergency"}, (True, True)),
        (ACCUSED, {"flow": "tip"}, (True, True)),
        (ACCUSED, {"not_flow": "tip"}, (False, False)),
    ],
)
def test_an_answer_is_judged_by_what_was_expected(
    answer: Answer, expect: Mapping[str, Any], verdict: tuple[bool, bool]
) -> None:
    assert judged(answer, expect) == verdict


def test_an_evaluation_counts_by_kind_and_names_what_is_confused() -> None:
    questions = [
        Question(id="1", q="đốt pháo phạt bao nhiêu", expect={"topics": ["fireworks-penalty"]}),
        Question(id="2", q="đốt pháo phạt bao nhiêu", expect={"topics": ["gambling"]}),
        Question(
            id="3",
            q="còn ô tô thì sao",
            after="xe máy có cồn phạt bao nhiêu",
            expect={"topics": ["drink-driving-car"]},
        ),
    ]

    verdicts = list(evaluate(ANSWERER, questions, TODAY))

    counts = {tally.group: (tally.count, tally.right) for tally in tallies(verdicts)}
    assert counts == {"in scope": (2, 1), "follow-up": (1, 1)}
    assert confusions(verdicts) == [("topics=gambling", "fireworks-penalty-use", 1)]


def test_the_same_knowledge_changes_no_answer() -> None:
    assert list(changes(ANSWERER, ANSWERER, ["đốt pháo phạt bao nhiêu"], TODAY)) == []
    assert list(edits(KNOWLEDGE.articles.values(), KNOWLEDGE.articles.values())) == []


@pytest.mark.parametrize(
    ("answer", "name"),
    [
        (ANSWERED, "fireworks-penalty-use"),
        (CHOSEN, "fireworks-buy | fireworks-penalty-use"),
        (NOTHING, "—"),
        (DUTY, "ct-tet-2024 5, 1.2"),
        (DANGER, "114"),
        (ACCUSED, "/tip"),
    ],
)
def test_each_answer_has_a_name_to_compare_by(answer: Answer, name: str) -> None:
    assert named(answer) == name


@pytest.mark.parametrize(
    ("after", "q", "topic"),
    [
        ("Vay app mà trả không nổi thì sao", "tụi nó gọi dọa cả nhà tui hoài", "black-credit"),
        ("đánh bài trong nhà ngày Tết có sao không", "chơi trên mạng thì sao", "gambling"),
        ("mất ví thì làm sao", "mấy thứ giấy tờ trong đó làm lại kiểu chi", "theft-robbery"),
        (
            "mất ví thì làm sao",
            "không đội mũ bảo hiểm phạt bao nhiêu",
            "traffic-other",
        ),  # by itself
    ],
)
def test_a_short_question_goes_on_from_the_last_one(after: str, q: str, topic: str) -> None:
    asked = Question(id="1", q=q, after=after, expect={"topics": [topic]})

    (verdict,) = evaluate(ANSWERER, [asked], TODAY)

    assert verdict.right, verdict.answer


def test_what_is_not_ours_stays_so_after_a_question() -> None:
    asked = Question(
        id="1",
        q="giá vàng hôm nay",
        after="đốt pháo nổ phạt bao nhiêu",
        expect={"outcome": "fallback"},
    )

    (verdict,) = evaluate(ANSWERER, [asked], TODAY)

    assert verdict.right, verdict.answer
