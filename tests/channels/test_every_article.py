"""Every article, by the law of three days, in the words of every channel: within its length, its numbers to ring."""

import re
from datetime import date

import pytest

from bot.channels.telegram.render import CAPABILITIES as TELEGRAM
from bot.channels.telegram.render import render as for_telegram
from bot.channels.telegram.render import units
from bot.channels.web.render import blocks
from bot.channels.zalo_oa.render import CAPABILITIES as ZALO
from bot.channels.zalo_oa.render import render as for_zalo
from handlers.ask import article_reply
from handlers.compose import Office, compose
from handlers.message import Speech
from knowledge.article import Article
from tests.shipped import KNOWLEDGE

OFFICE = Office(public_url="https://binhan.example", duty="02093 811 113")
TODAY = date(2026, 11, 24)
DAYS = (date(2024, 2, 10), TODAY, date(2027, 2, 6))
TAGS = re.compile(r"<[^>]+>")
PHONE = re.compile(r"(?<![\d.,/])(?:11[1-5]|1[89]00 ?\d{4,6}|0\d{8,10})(?![\d.,/]\d|\d)")


def speeches(article: Article) -> list[Speech]:
    """What is said on each of the days, in short and in full, asked today."""
    return [
        compose(
            article_reply(article, TODAY, day if day != TODAY else None, more=more),
            KNOWLEDGE,
            OFFICE,
        )
        for day in DAYS
        for more in (False, True)
        if not more or article.on(day)
    ]


@pytest.mark.parametrize("article", KNOWLEDGE.articles.values(), ids=lambda article: article.id)
def test_an_article_is_said_on_every_channel(article: Article) -> None:
    for speech in speeches(article):
        assert speech.text.strip()

        (said,) = for_telegram(speech, public_url=OFFICE.public_url)
        assert units(TAGS.sub("", said["text"])) <= TELEGRAM.text
        for row in said.get("reply_markup", {}).get("inline_keyboard", ()):
            for key in row:
                assert len(key.get("callback_data", "").encode()) <= TELEGRAM.press_bytes

        for body in for_zalo(speech):
            assert len(str(body["text"])) <= ZALO.text

        read = "".join(run["text"] for b in blocks(speech) for line in b["lines"] for run in line)
        assert "**" not in read


@pytest.mark.parametrize("article", KNOWLEDGE.articles.values(), ids=lambda article: article.id)
def test_every_number_of_an_article_can_be_rung(article: Article) -> None:
    for speech in speeches(article):
        named = set(PHONE.findall(speech.text))

        assert named <= {*speech.phones}  # each stands in the file of hotlines
        rung = {
            run["text"]
            for block in blocks(speech)
            for line in block["lines"]
            for run in line
            if run["tel"]
        }
        assert named == rung
        (said,) = for_telegram(speech, public_url=OFFICE.public_url)
        for number in named:
            assert f'"tel:{number.replace(" ", "")}">{number}<' in said["text"]
