"""Replies in words: dated, cited, short first; every article, on three days, for every channel."""

from datetime import date

import pytest

from bot.channels.telegram import render as telegram_render
from bot.channels.terminal import render as terminal_render
from bot.channels.web.render import blocks
from handlers.ask import article_reply, clauses_reply, fallback
from handlers.compose import Office, compose, show_day
from handlers.flows import REPLIES
from handlers.message import Reply
from handlers.presses import read_press
from tests.fakes.telegram import shown
from tests.shipped import KNOWLEDGE

OFFICE = Office(address="binhan.example.vn", duty="0123 456 789", public_url="https://b.example.vn")
DAYS = (date(2024, 2, 10), date(2026, 11, 23), date(2027, 2, 6))


def test_every_article_can_be_said_on_three_days_on_every_channel() -> None:
    for article in KNOWLEDGE.articles.values():
        for day in DAYS:
            known = article.on(day) is not None
            assert known or day == DAYS[0], f"{article.id} has no version on {day}"
            for more in (False, True):
                reply = article_reply(article, day, None, more=more)
                speech = compose(reply, KNOWLEDGE, OFFICE)
                assert known or show_day(day) in speech.text  # no rule of that day: said so
                assert terminal_render(speech)
                assert blocks(speech)
                for part in telegram_render(speech, public_url=OFFICE.public_url):
                    assert len(shown(part["text"])) <= 4096
                assert all(len(press.encode()) <= 64 for press in reply.presses)


def test_the_answer_stands_in_the_first_line() -> None:
    for article in KNOWLEDGE.articles.values():
        version = article.on(DAYS[1])
        assert version
        speech = compose(article_reply(article, DAYS[1], None), KNOWLEDGE, OFFICE)
        assert speech.text.split("\n")[0] == version.short


def test_every_clause_can_be_said_with_its_place_and_its_age() -> None:
    (directive,) = KNOWLEDGE.directives
    for clause in directive.clauses:
        for more in (False, True):
            reply = clauses_reply(directive.id, (clause.id,), DAYS[1], more=more)
            text = compose(reply, KNOWLEDGE, OFFICE).text
            assert clause.title in text
            assert directive.id in text
            assert "Tết 2024" in text


def test_every_flow_has_words_and_buttons_that_lead_somewhere() -> None:
    for reply in REPLIES.values():
        speech = compose(reply, KNOWLEDGE, OFFICE)
        assert speech.text
        assert len(speech.buttons) == len(reply.presses)


def test_a_change_within_ninety_days_is_announced() -> None:
    article = KNOWLEDGE.articles["fireworks-penalty-use"]

    near = compose(article_reply(article, date(2025, 10, 1), None), KNOWLEDGE, OFFICE).text
    far = compose(article_reply(article, date(2025, 8, 1), None), KNOWLEDGE, OFFICE).text

    assert "5–10 triệu" in near
    assert "Từ 15/12/2025" in near
    assert "20–40 triệu" in near
    assert "20–40 triệu" not in far


def test_the_law_of_another_day_stands_beside_todays() -> None:
    article = KNOWLEDGE.articles["fireworks-penalty-use"]

    text = compose(article_reply(article, DAYS[1], DAYS[0]), KNOWLEDGE, OFFICE).text

    assert text.startswith("Theo quy định ngày 10/02/2024")
    assert text.index("5–10 triệu") < text.index("Hiện nay") < text.index("20–40 triệu")


def test_what_is_gone_from_the_knowledge_is_said_to_be_gone() -> None:
    reply = Reply(key="article", values={"article": "gone", "today": "2026-11-23"})

    assert "không còn" in compose(reply, KNOWLEDGE, OFFICE).text


def test_a_number_that_can_be_rung_is_named_and_a_year_is_not() -> None:
    reply = Reply(key="human.text")

    speech = compose(reply, KNOWLEDGE, OFFICE)

    assert speech.phones[:3] == ("113", "114", "115")


@pytest.mark.parametrize("payload", ["", "a", "a:", "x:y", "a" * 100, "#z:1", ":", "a:@"])
def test_a_payload_that_is_none_of_ours_is_no_press(payload: str) -> None:
    assert read_press(payload) is None


def test_the_duty_number_is_one_number_even_where_113_stands_in_it() -> None:
    office = Office(duty="0900 000 113")

    speech = compose(fallback(), KNOWLEDGE, office)

    ringing = [run["tel"] for block in blocks(speech) for line in block["lines"] for run in line]
    assert [tel for tel in ringing if tel] == ["0900000113", "113"]
    assert 'href="tel:0900000113"' in telegram_render(speech)[0]["text"]
