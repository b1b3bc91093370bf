"""Finds the article that answers: a linear model over what was typed, what it leaves unexplained, and the slots."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal, NamedTuple
from weakref import WeakMethod

import numpy as np

from knowledge import evidence
from knowledge.article import Article
from knowledge.concepts import concepts
from knowledge.evidence import Evidence, Judged, Telling
from knowledge.learned import Learned, learned_of, topics
from knowledge.lexicon import polite
from knowledge.slots import Slots, implied, slots_fit, stated, tokens, worded
from knowledge.vietnamese import fold, syllables

CANDIDATES = 10  # articles that are judged
FOUND = 8  # articles that a search gives at most
CACHED = 50  # questions whose judgement is kept; whole answers are kept by handlers.answer

ANSWER = 0.5  # where the topic of the best article is this probable, it is answered …
OWN = 0.12  # … unless the article itself is hardly more probable than others
SILENT = 0.65  # not ours this probably: said so
OFFERED = 4
ALIKE = 2  # of one topic, among those offered first


class Hit(NamedTuple):
    """An article and how probable it is that it answers, 0 to 1."""

    article: Article
    score: float


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do with what was found."""

    outcome: Literal["answer", "choose", "fallback"]
    hits: tuple[Hit, ...] = ()


class Search:
    """Searches articles; built once for a state of the knowledge."""

    def __init__(self, articles: Sequence[Article], learned: Learned | None = None) -> None:
        self.articles = tuple(articles)
        self.learned = learned or learned_of(self.articles)
        self._lexicon = self.learned.lexicon
        self._scoring = self.learned.scoring
        self._gallery = self.learned.gallery
        self._nothing = polite()
        self._narrowed = [_narrowed(article, articles) for article in articles]
        order = topics(articles)
        self._topic = np.array([order.index(a.topic) for a in articles], dtype=np.intp)
        # by a weak reference: a search that is replaced is gone at once, with its weights
        judged = WeakMethod(self._judged)
        self._judge = lru_cache(CACHED)(lambda question, slots: judged()(question, slots))  # type: ignore[misc]

    def find(self, question: str, slots: Slots, audience: str | None = None) -> tuple[Hit, ...]:
        """The articles that may answer, best first, at most 8; those that contradict a stated slot left out."""
        dateless = replace(slots, on=None) if slots.on else slots
        judged = self._judge(worded(question), dateless)
        names = frozenset(stated(slots))
        weighed: list[tuple[float, Article]] = []
        for one in judged.candidates:
            article = self.articles[one.place]
            fit = slots_fit(slots, article.slots)
            if fit is not None:
                broad = bool(self._narrowed[one.place] & names)
                weighed.append((evidence.weight(one, fit, broad), article))
        whole = sum(weight for weight, _ in weighed) + evidence.elsewhere(judged)
        weighed.sort(key=lambda pair: -pair[0])
        return tuple(Hit(article, weight / whole) for weight, article in weighed[:FOUND])

    def decide(self, hits: Sequence[Hit]) -> Decision:
        """Answer where the topic is sure, offer where it is near, be silent where it would be a guess."""
        if not hits or 1 - sum(hit.score for hit in hits) > SILENT:
            return Decision("fallback")
        best = hits[0]
        subject = sum(hit.score for hit in hits if hit.article.topic == best.article.topic)
        if subject >= ANSWER and best.score >= OWN:
            return Decision("answer", tuple(hits[:1]))
        return Decision("choose", _mixed(hits)[:OFFERED])

    def _judged(self, question: str, slots: Slots) -> Judged:
        typed = syllables(question)
        forms = [self._lexicon.known(word) for word in typed]
        known = [form for form in forms if form]
        shown = [form[0] if form else word for word, form in zip(typed, forms, strict=True)]
        plain = fold(" ".join(shown)).split(" ")
        meant = concepts(shown, plain)
        names = meant.keys() | implied(slots)
        likely = self._scoring(known, names, tokens(slots))
        told = self._told(plain, meant)
        if not (told or meant or any(stated(slots))):
            return Judged()
        like, subject = likely.articles, likely.topics.take(self._topic)
        likes = evidence.LIKE * like + evidence.SUBJECT * subject
        best = likes.argpartition(-min(CANDIDATES, len(likes)))[-CANDIDATES:]
        places: list[int] = best.tolist()
        own, of_topic = like[best].tolist(), subject[best].tolist()
        strange = self._gallery.strange(told, places)
        candidates = map(Evidence, places, own, of_topic, strange)
        return Judged(tuple(candidates), float(likely.topics[-1]), len(typed))

    def _told(self, plain: Sequence[str], meant: Mapping[str, set[int]]) -> list[Telling]:
        """The words, folded, that a question is about."""
        weight_of, rarest, nothing = self.learned.idf.get, self.learned.rarest, self._nothing
        weighed = [
            (place, word, weight_of(word, rarest))
            for place, word in enumerate(plain)
            if word not in nothing and not word.isdigit()
        ]
        whole = sum([weight for _, _, weight in weighed]) or 1.0
        return [
            Telling(word, weight / whole, [name for name, at in meant.items() if place in at])
            for place, word, weight in weighed
        ]


def _narrowed(article: Article, articles: Sequence[Article]) -> frozenset[str]:
    """The slots by which a broad article's buttons narrow it: one stated asks for a row, not for it."""
    rows = [other.slots for other in articles if other.id in article.choices]
    return frozenset(name for row in rows for name in row) - frozenset(article.slots)


def _mixed(hits: Sequence[Hit]) -> tuple[Hit, ...]:
    """No topic fills an offer: its third and further articles come last."""
    seen: Counter[str] = Counter()
    first: list[Hit] = []
    last: list[Hit] = []
    for hit in hits:
        seen[hit.article.topic] += 1
        (first if seen[hit.article.topic] <= ALIKE else last).append(hit)
    return (*first, *last)
