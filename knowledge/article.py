"""What an article is: questions, and on any day one answer with the law it rests on (docs/knowledge.md)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

Range = tuple[float, float]  # from, up to but not including


@dataclass(frozen=True, slots=True, kw_only=True)
class Law:
    """A place in a law: `document` with its number, then article, clause, point where known."""

    document: str
    article: str | None = None
    clause: str | None = None
    point: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """The answer from `since` to `until` (both included; None: still in force)."""

    since: date
    until: date | None
    short: str
    text: str
    law: tuple[Law, ...] = ()
    source: str | None = None
    single_source: bool = False
    line: int = 1

    def in_force(self, on: date) -> bool:
        return self.since <= on and (self.until is None or on <= self.until)


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """One matter: how people ask for it, and its versions in order of time."""

    id: str
    topic: str
    title: str
    label: str
    audience: tuple[str, ...]
    ask: tuple[str, ...]
    utterances: tuple[str, ...] = ()  # further ways to ask, only taught
    versions: tuple[Version, ...]
    reviewed: date
    slots: Mapping[str, str | Range] = field(default_factory=dict)
    choices: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    actions: tuple[str, ...] = ()
    lang: str = "vi"
    of: str | None = None  # the article that this one translates
    path: Path = Path()

    def on(self, day: date) -> Version | None:
        """The version in force on a day; None before the first one."""
        return next((v for v in self.versions if v.in_force(day)), None)

    def after(self, day: date) -> Version | None:
        """The next version to come after a day; None if no change is known."""
        return next((v for v in self.versions if v.since > day), None)


def in_language(articles: Iterable[Article], lang: str) -> tuple[Article, ...]:
    """The articles of a language: "vi" or "en"."""
    return tuple(article for article in articles if article.lang == lang)
