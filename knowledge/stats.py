"""Figures for those who keep the knowledge: coverage, age of reviews, coming changes, what rests on a law."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from knowledge.article import Article, Law, Version
from knowledge.load import Knowledge
from knowledge.repeals import same_law
from knowledge.topics import TOPICS

SOON = timedelta(days=90)
REVIEWED = timedelta(days=365)  # how long a review holds


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """A topic's articles, those in English too, phrasings, versions with one source, and the oldest review.

    `oldest` is None without articles.
    """

    topic: str
    articles: int
    english: int
    asks: int
    single_source: int
    oldest: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Resting:
    """A version of an article and the place in a law that it rests on."""

    article: Article
    version: Version
    law: Law


def coverage(knowledge: Knowledge) -> list[Coverage]:
    """Each topic of DESIGN §4, those without an article too."""
    by_topic = {topic: [] for topic in TOPICS}  # type: dict[str, list[Article]]
    for article in knowledge.articles.values():
        by_topic.setdefault(article.topic, []).append(article)
    return [
        Coverage(
            topic=topic,
            articles=sum(article.lang == "vi" for article in articles),
            english=sum(article.lang == "en" for article in articles),
            asks=sum(len(article.ask) for article in articles),
            single_source=sum(v.single_source for a in articles for v in a.versions),
            oldest=min((article.reviewed for article in articles), default=None),
        )
        for topic, articles in by_topic.items()
    ]


def about_to_change(knowledge: Knowledge, today: date) -> list[tuple[Article, Version]]:
    """Versions that begin within 90 days, soonest first: their announcement is being shown."""
    coming = [
        (article, version)
        for article in knowledge.articles.values()
        for version in article.versions
        if today < version.since <= today + SOON
    ]
    return sorted(coming, key=lambda pair: (pair[1].since, pair[0].id))


def to_review(knowledge: Knowledge, today: date) -> list[Article]:
    """Articles whose review is a year old, or will be within 90 days; the oldest first."""
    old = [a for a in knowledge.articles.values() if today - a.reviewed > REVIEWED - SOON]
    return sorted(old, key=lambda article: (article.reviewed, article.id))


def resting_on(knowledge: Knowledge, document: str) -> Iterator[Resting]:
    """Every version of every article that rests on a law: "Nghị định 144/2021", or its number alone."""
    for article in knowledge.articles.values():
        for version in article.versions:
            for law in version.law:
                if same_law(law.document, document):
                    yield Resting(article=article, version=version, law=law)


def law_place(law: Law) -> str:
    """Where in a law: "Điều 7 khoản 2 điểm a"; empty where only the document is named."""
    parts = (("Điều", law.article), ("khoản", law.clause), ("điểm", law.point))
    return " ".join(f"{name} {value}" for name, value in parts if value)
