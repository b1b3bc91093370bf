"""The evaluation sets: enough of each kind, none copied from what the search learns, and a floor under the figures.

`questions`, `fifth` and `sixth` were written by other eyes; docs/knowledge.md says when the others were, and what each
showed at first sight. Nobody who widens the words reads `sixth`. Their day is fixed: a calendar must not turn them red.
"""

import json
from collections import Counter
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest

from handlers.evaluate import Question, Tally, evaluate, read_questions, tallies
from knowledge.article import in_language
from knowledge.triage.words import lines
from knowledge.vietnamese import clean, fold
from tests.shipped import ANSWERER, KNOWLEDGE

FOLDER = Path(__file__).parents[1] / "eval"
SETS = ("questions", "second", "third", "fourth", "fifth", "sixth")
TODAY = date(2026, 11, 25)
WORDS = ("elsewhere", "elsewhere.en", "danger", "told", "talk", "wishes")

ALL = (*KNOWLEDGE.searched(), *in_language(KNOWLEDGE.articles.values(), "en"))


def read(name: str) -> list[Question]:
    return read_questions(FOLDER / f"{name}.jsonl")


def plain(text: str) -> str:
    return fold(clean(text)).strip(" ?.!")


def counted(questions: list[Question]) -> Mapping[str, Tally]:
    return {tally.group: tally for tally in tallies(evaluate(ANSWERER, questions, TODAY))}


def test_there_are_enough_of_each_kind() -> None:
    asked = read("questions")
    tags = Counter(tag for question in asked for tag in question.tags)
    danger = tags["emergency"] + tags["look-alike"]

    assert len(asked) >= 500
    assert tags["out-of-scope"] >= len(asked) / 4
    assert tags["phone"] >= len(asked) / 3
    assert min(tags["dictated"], tags["cadre"], danger) >= 60


@pytest.mark.parametrize("name", SETS)
def test_no_question_is_copied_from_what_is_learnt(name: str) -> None:
    articles = KNOWLEDGE.searched()
    taught = [line for article in articles for line in (*article.ask, *article.utterances)]
    taught += [line for file in ("elsewhere", "danger", "told", "talk") for line in lines(file)]
    learnt = set(map(plain, taught))

    copied = [question.q for question in read(name) if plain(question.q) in learnt]

    assert copied == []


def test_each_question_is_asked_once() -> None:
    ids = [json.loads(line)["id"] for name in SETS for line in lines_of(name)]

    assert len(ids) == len(set(ids))


def lines_of(name: str) -> list[str]:
    return (FOLDER / f"{name}.jsonl").read_text("utf-8").splitlines()


def test_the_first_set_is_answered_as_well_as_before() -> None:
    found = counted(read("questions"))

    assert found["emergency"].share == 1.0
    assert found["in scope"].share >= 0.93
    assert found["in scope"].offered >= 0.95 * found["in scope"].count
    assert found["out of scope"].share >= 0.93
    assert found["look-alike"].share >= 0.95
    assert found["clauses"].share >= 0.95


def test_the_later_sets_are_answered_as_well_as_before() -> None:
    found = counted([question for name in SETS[1:4] for question in read(name)])

    assert found["emergency"].share == 1.0
    assert found["in scope"].share >= 0.92
    assert found["out of scope"].share >= 0.92
    assert found["clauses"].share >= 0.94


def test_the_fifth_set_is_answered_as_well_as_before() -> None:
    """Told at length and in every region's words: at first sight half of it was refused (docs/knowledge.md)."""
    found = counted(read("fifth"))

    assert found["emergency"].share == 1.0
    assert found["in scope"].share >= 0.92
    assert found["in scope"].offered >= 0.94 * found["in scope"].count
    assert found["out of scope"].share >= 0.86
    assert found["look-alike"].share >= 0.97
    assert found["flow"].share >= 0.95
    assert found["no flow"].share >= 0.93
    assert found["follow-up"].share >= 0.85
    assert found["clauses"].share >= 0.9


def test_the_sixth_set_which_nobody_reads_is_answered_as_well_as_before() -> None:
    """Twins of the fifth by the same hands, of which only shares are looked at: the figure that flatters least."""
    found = counted(read("sixth"))

    assert found["emergency"].share >= 0.92
    assert found["in scope"].share >= 0.86
    assert found["in scope"].offered >= 0.88 * found["in scope"].count
    assert found["out of scope"].share >= 0.88
    assert found["look-alike"].share >= 0.92
    assert found["flow"].share >= 0.74
    assert found["no flow"].share >= 0.93
    assert found["follow-up"].share >= 0.8
    assert found["clauses"].share >= 0.85
