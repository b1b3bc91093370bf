"""Knowledge that is not learnt yet answers at once, and what was answered before stays as it was."""

import gc
import weakref
from dataclasses import replace

import pytest

from knowledge.article import in_language
from knowledge.guess import Guess
from knowledge.search import Search
from knowledge.slots import Slots
from knowledge.vietnamese import fold
from tests.shipped import ARTICLES

SOME = in_language(ARTICLES.values(), "vi")[:12]


@pytest.fixture(scope="module")
def of_all() -> Search:
    return Search(SOME)


@pytest.fixture(scope="module")
def of_older() -> Search:
    """Knows all but the newest article."""
    return Search(SOME[:-1])


def best(search: Search | Guess, question: str) -> str | None:
    """The article that is answered with; None where there is none."""
    decision = search.decide(search.find(question, Slots()))
    return decision.hits[0].article.id if decision.outcome == "answer" else None


@pytest.mark.parametrize("sloppy", [str, fold, lambda line: line.rsplit(" ", 1)[0]])
def test_a_new_article_answers_its_phrasings_however_typed(
    sloppy: "type[str]", of_older: Search
) -> None:
    new = SOME[-1]

    guess = Guess(of_older, SOME)

    assert {best(guess, sloppy(line)) for line in new.ask} == {new.id}


def test_a_new_article_spoils_no_other_answer(of_older: Search) -> None:
    guess = Guess(of_older, SOME)

    lines = [line for article in SOME[:-1] for line in article.ask]
    changed = [line for line in lines if best(guess, line) != best(of_older, line)]
    assert len(changed) <= len(lines) // 100


def test_a_line_that_moves_is_answered_by_its_new_article(of_all: Search) -> None:
    first, second, *others = SOME
    line = first.ask[0]
    now = (replace(first, ask=first.ask[1:]), replace(second, ask=(*second.ask, line)), *others)

    assert best(Guess(of_all, now), line) == second.id


def test_an_article_that_is_gone_answers_no_more_and_a_changed_one_by_its_new_words(
    of_all: Search,
) -> None:
    gone, changed, *others = SOME
    now = (replace(changed, title="Lời mới"), *others)

    guess = Guess(of_all, now)

    found = [hit.article for line in (*gone.ask, *changed.ask) for hit in guess.find(line, Slots())]
    assert gone.id not in {article.id for article in found}
    assert {article.title for article in found if article.id == changed.id} == {"Lời mới"}


def test_a_search_that_is_replaced_leaves_the_memory_at_once(of_all: Search) -> None:
    """Its weights are megabytes, and the collector that finds circles looks rarely."""
    search = Search(SOME, of_all.learned)
    search.find(SOME[0].ask[0], Slots())
    gone = weakref.ref(search)
    gc.disable()
    try:
        del search
        assert gone() is None
    finally:
        gc.enable()
