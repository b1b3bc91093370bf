"""`kb check` names what would mislead a citizen; each rule beside an article that keeps it."""

import re
from dataclasses import replace
from datetime import date, timedelta

import pytest

from knowledge.article import Article, Law, Version, in_language
from knowledge.check import check
from tests.shipped import KNOWLEDGE

TODAY = date(2026, 11, 24)
LAW = Law(document="Nghị định 282/2025/NĐ-CP", article="13", clause="4", point="đ")
GOOD = Version(
    since=date(2025, 12, 15),
    until=None,
    short="Phạt 20–40 triệu đồng.",
    text="Bạn hỏi công an xã.",
    law=(LAW,),
)
ARTICLE = Article(
    id="fire-kites",
    topic="fire-safety",
    title="Thả diều",
    label="Thả diều",
    audience=("citizen",),
    ask=tuple(f"thả diều cách hỏi số {n}" for n in range(8)),
    versions=(GOOD,),
    reviewed=date(2026, 11, 20),
)


def faults(*articles: Article) -> list[str]:
    own = {article.id: article for article in articles}
    mine = replace(KNOWLEDGE, articles=own, directives=(), templates={})
    return [fault.text for fault in check(mine, TODAY)]


def test_a_good_article_has_no_fault() -> None:
    assert faults(ARTICLE) == []


@pytest.mark.parametrize(
    ("bad", "word"),
    [
        (replace(ARTICLE, topic="kites"), "topic"),
        (replace(ARTICLE, ask=ARTICLE.ask[:7]), "7 dòng ask"),
        (replace(ARTICLE, title="a" * 81), "title dài 81"),
        (replace(ARTICLE, related=("gone",)), "không tồn tại"),
        (replace(ARTICLE, reviewed=TODAY - timedelta(days=366)), "quá một năm"),
        (replace(ARTICLE, reviewed=TODAY + timedelta(days=2)), "tương lai"),
        (replace(ARTICLE, versions=(replace(GOOD, short="a" * 221),)), "short dài 221"),
        (replace(ARTICLE, versions=(replace(GOOD, text="a" * 901),)), "dài 901"),
        (replace(ARTICLE, versions=(replace(GOOD, text="chữ " * 26),)), "câu dài 26 chữ"),
        (replace(ARTICLE, versions=(replace(GOOD, text="Hỏi UBND xã."),)), "UBND"),
        (replace(ARTICLE, versions=(replace(GOOD, text="Hỏi BCHQS xã."),)), "BCHQS"),
        (replace(ARTICLE, versions=(replace(GOOD, law=(), source="Ai đó"),)), "thiếu «law»"),
        (replace(ARTICLE, versions=(replace(GOOD, text="Gọi 1900 1234."),)), "hotlines.toml"),
        (replace(ARTICLE, versions=(replace(GOOD, text="Báo công an huyện."),)), "cơ quan cũ"),
    ],
)
def test_each_fault_has_its_words(bad: Article, word: str) -> None:
    found = faults(bad)

    assert len(found) == 1
    assert word in found[0]


def test_an_office_that_is_no_more_may_be_named_as_such() -> None:
    said = replace(GOOD, text="Không còn công an huyện. Hãy báo công an xã.")
    then = replace(
        GOOD, since=date(2022, 1, 1), until=date(2024, 12, 31), text="Báo công an huyện."
    )

    assert faults(replace(ARTICLE, versions=(said,))) == []
    assert faults(replace(ARTICLE, versions=(then,))) == []


def test_a_hotline_nobody_rang_for_a_year_is_named() -> None:
    later = replace(KNOWLEDGE, articles={}, directives=())

    found = [
        fault.text for fault in check(later, TODAY + timedelta(days=400)) if "gọi thử" in fault.text
    ]

    assert len(found) == len(later.hotlines)


def test_one_question_under_two_articles_is_named() -> None:
    (found,) = faults(ARTICLE, replace(ARTICLE, id="fire-balloons", ask=ARTICLE.ask))[:1]

    assert "đã có ở bài" in found


def test_the_same_place_of_a_law_may_not_give_two_sums_on_one_day() -> None:
    asks = tuple(f"thả bóng bay cách {n}" for n in range(8))
    other = replace(GOOD, short="Phạt 1–2 triệu đồng.")

    (found,) = faults(ARTICLE, replace(ARTICLE, id="fire-balloons", ask=asks, versions=(other,)))
    assert "không có mức nào trùng" in found

    before = replace(other, since=date(2022, 1, 1), until=date(2025, 12, 14))
    assert (
        faults(ARTICLE, replace(ARTICLE, id="fire-balloons", ask=asks, versions=(before, GOOD)))
        == []
    )


def test_a_translation_may_name_no_figure_of_its_own() -> None:
    english = replace(
        ARTICLE,
        id="fire-kites-en",
        of="fire-kites",
        lang="en",
        ask=tuple(f"kites {n}" for n in range(8)),
        versions=(replace(GOOD, short="The fine is 20–50 million VND."),),
    )

    (found,) = faults(ARTICLE, english)

    assert "số «50»" in found


DO = re.compile(r"(?i)\b(hãy|gọi|báo|hỏi|đến|mang|giữ|xem|chụp|tra|dán)\b")


def test_every_answer_ends_with_one_thing_to_do() -> None:
    """The last paragraph is short, and tells the reader what to do next."""
    ends = {
        article.id: article.versions[-1].text.split("\n\n")[-1]
        for article in in_language(KNOWLEDGE.articles.values(), "vi")
    }

    assert {id: end for id, end in ends.items() if not DO.search(end) or len(end) > 220} == {}
