"""Knowledge that is not learnt yet answers at once, and what was answered before stays as it was."""

import gc
import weakref
from dataclasses import replace

import pytest

from knowledge.guess import Guess
from knowledge.load import SHIPPED, load_articles
from knowledge.search import Search
from knowledge.slots import Slots
from knowledge.vietnamese import fold

SOME = tuple(load_articles(SHIPPED / "articles").values())[:12]


def best(search: Search | Guess, question: str) -> str | None:
    """The article that is answered with; None where there is none."""
    decision = search.decide(search.find(question, Slots()))
    return decision.hits[0].article.id if decision.outcome == "answer" else None


@pytest.mark.parametrize("sloppy", [str, fold, lambda line: line.rsplit(" ", 1)[0]])
def test_a_new_article_answers_its_phrasings_however_typed(sloppy: "type[str]") -> None:
    *before, new = SOME

    guess = Guess(Search(before), SOME)

    assert {best(guess, sloppy(line)) for line in new.ask} == {new.id}


def test_a_new_article_spoils_no_other_answer() -> None:
    *before, _ = SOME
    search = Search(before)

    guess = Guess(search, SOME)

    lines = [line for article in before for line in article.ask]
    changed = [line for line in lines if best(guess, line) != best(search, line)]
    assert len(changed) <= len(lines) // 100


def test_a_line_that_moves_is_answered_by_its_new_article() -> None:
    first, second, *others = SOME
    line = first.ask[0]
    now = (replace(first, ask=first.ask[1:]), replace(second, ask=(*second.ask, line)), *others)

    assert best(Guess(Search(SOME), now), line) == second.id


def test_an_article_that_is_gone_answers_no_more_and_a_changed_one_by_its_new_words() -> None:
    gone, changed, *others = SOME
    now = (replace(changed, title="Lời mới"), *others)

    guess = Guess(Search(SOME), now)

    found = [hit.article for line in (*gone.ask, *changed.ask) for hit in guess.find(line, Slots())]
    assert gone.id not in {article.id for article in found}
    assert {article.title for article in found if article.id == changed.id} == {"Lời mới"}


def test_a_search_that_is_replaced_leaves_the_memory_at_once() -> None:
    """Its weights are megabytes, and the collector that finds circles looks rarely."""
    search = Search(SOME)
    search.find(SOME[0].ask[0], Slots())
    gone = weakref.ref(search)
    gc.disable()
    try:
        del search
        assert gone() is None
    finally:
        gc.enable()
