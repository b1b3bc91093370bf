"""Finds the article that answers: a linear model over what was typed, what it leaves unexplained, and the slots."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from pathlib import Path
from typing import Literal

import numpy as np

from knowledge import evidence
from knowledge.article import Article
from knowledge.concepts import concept_words, concepts
from knowledge.evidence import Evidence, Judged, Telling, portrait
from knowledge.features import features
from knowledge.lexicon import Lexicon, polite
from knowledge.ranker import MOST, Ranker
from knowledge.slots import Slots, said, slots_fit, worded
from knowledge.vietnamese import fold, syllables

ELSEWHERE = Path(__file__).parent / "words" / "elsewhere.txt"
CANDIDATES = 10  # articles that are judged
FOUND = 8  # articles that a search gives at most
CACHED = 1000  # questions whose judgement is kept; whole answers are kept by handlers.answer

ANSWER = 0.5  # a topic this probable is answered, by its best article
SILENT = 0.58  # not ours this probably: said so
OFFERED = 4
ALIKE = 2  # of one topic, among those offered first


@dataclass(frozen=True, slots=True)
class Hit:
    """An article and how probable it is that it answers, 0 to 1."""

    article: Article
    score: float


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do with what was found."""

    outcome: Literal["answer", "choose", "fallback"]
    hits: tuple[Hit, ...] = ()


@dataclass(frozen=True, slots=True)
class _Line:
    """A phrasing to learn from: its words, their concepts, and what it states."""

    words: tuple[str, ...]
    concepts: frozenset[str]
    slots: Slots


class Search:
    """Searches articles; built once for a state of the knowledge."""

    def __init__(self, articles: Sequence[Article]) -> None:
        self._articles = tuple(articles)
        own = [[_line(text) for text in _texts(article)] for article in articles]
        others = [_line(text) for text in elsewhere_lines()]
        lines = [line for each in own for line in each]
        counts = Counter(word for line in lines for word in {fold(word) for word in line.words})
        self._idf = {word: math.log(1 + len(lines) / n) for word, n in counts.items()}
        self._rarest = math.log(1 + len(lines))
        spoken = (line.words for line in (*lines, *others))
        self._lexicon = Lexicon(concept_words().union(*spoken))
        self._portraits = [
            portrait(article, [line.concepts for line in each])
            for article, each in zip(articles, own, strict=True)
        ]
        self._narrowed = [_narrowed(article, articles) for article in articles]
        topics = sorted({article.topic for article in articles})
        self._topic = [len(articles) + 1 + topics.index(a.topic) for a in articles]
        self._ranker = self._trained(own, others, len(articles) + 1 + len(topics))
        self._judge = lru_cache(CACHED)(self._judged)

    def find(self, question: str, slots: Slots, audience: str | None = None) -> tuple[Hit, ...]:
        """The articles that may answer, best first, at most 8; those that contradict a stated slot left out."""
        judged = self._judge(worded(question), replace(slots, on=None))
        names = frozenset(_stated(slots))
        weighed: list[tuple[float, Article]] = []
        for one in judged.candidates:
            article = self._articles[one.place]
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
        topics: dict[str, float] = defaultdict(float)
        for hit in hits:
            topics[hit.article.topic] += hit.score
        topic = max(topics, key=topics.__getitem__)
        if topics[topic] >= ANSWER:
            return Decision("answer", tuple(h for h in hits if h.article.topic == topic)[:1])
        return Decision("choose", _mixed(hits)[:OFFERED])

    def _trained(
        self, own: Sequence[Sequence[_Line]], others: Sequence[_Line], classes: int
    ) -> Ranker:
        """The ranker; its classes: the articles, what people ask elsewhere, and the topics."""
        taught: list[tuple[_Line, tuple[int, ...]]]
        taught = [(line, (at, self._topic[at])) for at, each in enumerate(own) for line in each]
        taught += [(line, (len(own),)) for line in others]
        taught = taught[:: max(1, -(-len(taught) // MOST))]
        seen = [
            features([(word, 1.0) for word in line.words], line.concepts, _tokens(line.slots))
            for line, _ in taught
        ]
        return Ranker(seen, [owners for _, owners in taught], classes)

    def _judged(self, question: str, slots: Slots) -> Judged:
        typed = syllables(question)
        forms = [self._lexicon.known(word) for word in typed]
        known = [form for form in forms if form]
        if all(form.isdigit() for form, _ in known) and not any(_stated(slots)):
            return Judged()
        shown = [form[0] if form else word for word, form in zip(typed, forms, strict=True)]
        meant = concepts(shown)
        names = meant.keys() | _implied(slots)
        scores = self._ranker.scores(features(known, names, _tokens(slots)))
        told = self._told(shown, meant)
        count = len(self._articles)
        likes = evidence.LIKE * scores[:count] + evidence.SUBJECT * scores[self._topic]
        best = np.argpartition(-likes, min(CANDIDATES, count) - 1)[:CANDIDATES].tolist()
        return Judged(
            tuple(
                Evidence(
                    place,
                    float(scores[place]),
                    float(scores[self._topic[place]]),
                    self._portraits[place].strange(told),
                    self._portraits[place].missing(names),
                )
                for place in best
            ),
            float(scores[count]),
        )

    def _told(self, shown: Sequence[str], meant: dict[str, set[int]]) -> list[Telling]:
        """The words that a question is about."""
        told = []
        for place, word in enumerate(fold(" ".join(shown)).split(" ")):
            if word not in polite() and not word.isdigit():
                own = frozenset(name for name, places in meant.items() if place in places)
                told.append(Telling(word, self._idf.get(word, self._rarest), own))
        return told


@cache
def elsewhere_lines() -> tuple[str, ...]:
    """What people ask that is not ours to answer."""
    return tuple(ELSEWHERE.read_text("utf-8").splitlines())


def _stated(slots: Slots) -> Iterable[str]:
    """The names of the slots that a question states."""
    names = ("vehicle", "level", "weight", "age")
    return (name for name in names if getattr(slots, name) is not None)


def _tokens(slots: Slots) -> Iterable[str]:
    """What a question states, as the ranker is told it: a number by its slot's name alone."""
    return (value if isinstance(value := getattr(slots, n), str) else n for n in _stated(slots))


def _implied(slots: Slots) -> frozenset[str]:
    """The concept that a stated level speaks of, whatever the words."""
    return frozenset({"drugs" if slots.level == "drugs" else "drink"} if slots.level else ())


def _line(text: str) -> _Line:
    words, slots = tuple(syllables(worded(text))), said(text)
    return _Line(words, frozenset(concepts(words).keys() | _implied(slots)), slots)


def _texts(article: Article) -> tuple[str, ...]:
    newest = article.versions[-1].short if article.versions else ""
    return tuple(dict.fromkeys((*article.ask, article.title, article.label, newest)))


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
