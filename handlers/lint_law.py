"""Whether a figure of law that a warning states is that of the day: the article that the sentence is about decides."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from handlers.message import Value
from handlers.proof import About, Finding, Place, Proof
from knowledge.article import Article
from knowledge.figures import Figure, Kind, figures
from knowledge.load import Knowledge
from knowledge.vietnamese import fold

SENTENCE = re.compile(r"[^.!?\n]+(?:[.,]\d+[^.!?\n]*)*")
OF_LAW = re.compile(r"\b(?:phat|tu|tich thu|hinh su|tam giu|tuoc|tru|nong do|mg/l|xu ly|cai tao)\b")
ARGUABLE = (Kind.SUM, Kind.MEASURE)

# whose figures a warning of a topic may state; a topic that is not here: any article's
TOPICS_OF: Mapping[str, tuple[str, ...]] = {
    "fireworks": (
        "fireworks-penalty",
        "fireworks-criminal",
        "fireworks-legal-use",
        "fireworks-buy",
    ),
    "traffic": (
        "drink-driving-motorbike",
        "drink-driving-car",
        "drink-driving-bicycle",
        "drink-driving-other",
        "traffic-other",
    ),
    "gambling": ("gambling",),
    "theft": ("theft-robbery",),
    "fake-news": ("cyber-fake-news", "report-crime-false"),
    "fire": ("fire-safety", "fireworks-penalty", "wildlife-environment"),
    "scams": ("scam-what", "scam-report", "black-credit", "money-exchange", "cyber-fake-news"),
}


def misquoted(proof: Proof, knowledge: Knowledge, about: About) -> Iterator[Finding]:
    """A figure of law has to stand in an article in force on that day: in the one that the sentence is about,
    if that is sure, else in one of the warning's topic."""
    on = proof.day
    of_topic = [
        article
        for article in knowledge.articles.values()
        if article.topic in TOPICS_OF.get(proof.topic, (article.topic,))
    ]
    for sentence in SENTENCE.findall(proof.text):
        stated = {figure for figure in figures(sentence) if figure.kind in ARGUABLE}
        if not stated or not OF_LAW.search(fold(sentence)):
            continue
        article = about(sentence)
        for figure in sorted(stated):
            if found := _judged(figure, article, of_topic, on):
                yield found


def _judged(
    figure: Figure, article: Article | None, of_topic: Sequence[Article], on: date
) -> Finding | None:
    if article and _states(article, figure, on):
        return None
    version = article.on(on) if article else None
    values: dict[str, Value] = {"figure": figure.shown, "day": f"{on:%d/%m/%Y}"}
    values["now"] = version.short if version else ""
    ended = [article] if article else of_topic
    if _anywhere(of_topic, figure, on) and not (article and _ended(article, figure, on)):
        return Finding(key="lint.law_other", place=Place.TEXT, values=values) if version else None
    key = (
        "lint.law_ended" if any(_ended(each, figure, on) for each in ended) else "lint.law_unknown"
    )
    return Finding(key=key, place=Place.TEXT, stops=True, values=values)


def _anywhere(articles: Iterable[Article], figure: Figure, on: date) -> bool:
    return any(_states(article, figure, on) for article in articles)


def _states(article: Article, figure: Figure, on: date) -> bool:
    """Whether the version of a day states it, by itself or as the end of a range."""
    version = article.on(on)
    told = figures(f"{version.short} {version.text}") if version else frozenset()
    return figure in told or any(figure in each.ends for each in told)


def _ended(article: Article, figure: Figure, on: date) -> bool:
    return any(
        figure in figures(f"{version.short} {version.text}")
        for version in article.versions
        if version.until and version.until < on
    )
