"""Answers from knowledge that is not learnt yet: old questions as before, new phrasings by likeness to them."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from knowledge.article import Article
from knowledge.learned import Learned, features_of, phrasings
from knowledge.search import Decision, Hit
from knowledge.slots import Slots, slots_fit
from knowledge.vietnamese import fold

LIKE = 0.65  # cosine from which on a question is one of the new phrasings, typed otherwise (docs/knowledge.md)
MOST = 2_000  # new phrasings that are looked at


class Finder(Protocol):
    """What searches articles: `Search`, or a `Guess`."""

    @property
    def articles(self) -> Sequence[Article]: ...

    @property
    def learned(self) -> Learned: ...

    def find(self, question: str, slots: Slots, audience: str | None = None) -> tuple[Hit, ...]: ...

    def decide(self, hits: Sequence[Hit]) -> Decision: ...


class Guess:
    """Searches like `Search` for the seconds that learning takes; made in a moment."""

    def __init__(self, before: Finder, articles: Sequence[Article]) -> None:
        """`before`: the search of other articles, or of other words of these."""
        self.articles = tuple(articles)
        self.learned = before.learned
        self._before = before
        self._now = {article.id: article for article in articles}
        had = {article.id: phrasings(article) for article in before.articles}
        self._fresh: list[tuple[Mapping[str, float], Article]] = []
        for article in articles:
            new = [line for line in phrasings(article) if line not in had.get(article.id, ())]
            typed = dict.fromkeys([*new, *map(fold, new)])  # with marks, and as on phones
            self._fresh += [(features_of(line), article) for line in typed]
        del self._fresh[MOST:]

    def find(self, question: str, slots: Slots, audience: str | None = None) -> tuple[Hit, ...]:
        """The articles that may answer, best first, as they are now."""
        found = self._before.find(question, slots, audience)
        hits = [
            hit._replace(article=self._now[id])
            for hit in found
            if (id := hit.article.id) in self._now
        ]
        near = self._nearest(question, slots)
        return (
            (near, *(hit for hit in hits if hit.article != near.article)) if near else tuple(hits)
        )

    def decide(self, hits: Sequence[Hit]) -> Decision:
        """As `Search` does."""
        return self._before.decide(hits)

    def _nearest(self, question: str, slots: Slots) -> Hit | None:
        """The article of the new phrasing that is most like a question, if one is."""
        asked = features_of(question)
        likes = ((_likeness(asked, line), article) for line, article in self._fresh)
        fitting = (
            (like, a) for like, a in likes if like >= LIKE and slots_fit(slots, a.slots) is not None
        )
        like, article = max(fitting, key=lambda pair: pair[0], default=(0.0, None))
        return Hit(article, min(like, 1.0)) if article else None


def _likeness(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    """The cosine of two texts, both of length one."""
    return sum([value * other[name] for name, value in one.items() if name in other])
