"""Finds the article that answers: a linear model over what was typed, what it leaves unexplained, and the slots."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Literal

import numpy as np

from knowledge.article import Article
from knowledge.features import features, phrasing
from knowledge.lexicon import Lexicon, polite
from knowledge.ranker import Ranker
from knowledge.slots import Slots, slots_fit
from knowledge.vietnamese import clean, fold, syllables

ELSEWHERE = Path(__file__).parent / "words" / "elsewhere.txt"
CANDIDATES = 16  # articles that are judged
FOUND = 8  # articles that a search gives at most
CACHED = 1000  # questions whose judgement is kept; whole answers are kept by handlers.answer

# calibrated on phrasings held back (docs/knowledge.md): what each is worth, as the exponent of a likelihood
LIKE, SUBJECT, STRANGE, SLOT = 10.0, 5.9, -1.8, 1.5
ELSE, FOREIGN, LOST = (
    2.8,
    10.5,
    0.5,
)  # not ours to answer: at all, by its likeness to such, by unknown words
BROAD = -2.0  # of a broad article's slots, where the question states what its buttons ask for
ANSWER = 0.55  # a topic this probable is answered, by its best article
SILENT = 0.55  # not ours this probably: said so
OFFERED = 4


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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Judged:
    """An article's and its topic's likeness to a question, and the share it never speaks of; of the question itself,
    its likeness to what is asked elsewhere, and the share of words that nobody knows."""

    place: int
    like: float
    subject: float
    strange: float
    foreign: float
    lost: float


class Search:
    """Searches articles; built once for a state of the knowledge."""

    def __init__(self, articles: Sequence[Article]) -> None:
        self._articles = tuple(articles)
        lines = [
            (place, syllables(clean(line)))
            for place, article in enumerate(self._articles)
            for line in _lines(article)
        ]
        counts: Counter[str] = Counter(fold(w) for _, words in lines for w in set(words))
        self._idf = {word: math.log(1 + len(lines) / n) for word, n in counts.items()}
        self._rarest = math.log(1 + len(lines))
        others = [syllables(clean(line)) for line in elsewhere_lines()]
        spoken = [*(words for _, words in lines), *others]
        self._lexicon = Lexicon(word for words in spoken for word in words)
        self._own = [_own_words(article) for article in self._articles]
        self._narrowed = [_narrowed(a, self._articles) for a in self._articles]
        self._ranker = self._train(lines, others)
        self._judge = lru_cache(CACHED)(self._judged)

    def find(self, question: str, slots: Slots, audience: str | None = None) -> tuple[Hit, ...]:
        """The articles that may answer, best first, at most 8; those that contradict a stated slot left out."""
        said = stated(slots)
        weighed: list[tuple[float, Article]] = []
        judged = self._judge(clean(question))
        for one in judged:
            article = self._articles[one.place]
            fit = slots_fit(slots, article.slots)
            if fit is None:
                continue
            if self._narrowed[one.place] & said:
                fit += BROAD
            weighed.append((_weight(one, fit), article))
        whole = sum(weight for weight, _ in weighed) + _elsewhere(judged)
        weighed.sort(key=lambda pair: -pair[0])
        return tuple(Hit(article, weight / whole) for weight, article in weighed[:FOUND])

    def decide(self, hits: Sequence[Hit]) -> Decision:
        """Answer where the topic is sure, offer where it is near, be silent where it would be a guess."""
        if not hits or 1 - sum(hit.score for hit in hits) > SILENT:
            return Decision("fallback")
        topics: Counter[str] = Counter()
        for hit in hits:
            topics[hit.article.topic] += hit.score  # type: ignore[assignment]
        topic, mass = topics.most_common(1)[0]
        if mass >= ANSWER:
            return Decision("answer", tuple(h for h in hits if h.article.topic == topic)[:1])
        return Decision("choose", tuple(hits[:OFFERED]))

    def _train(self, lines: Sequence[tuple[int, list[str]]], others: Sequence[list[str]]) -> Ranker:
        """The ranker; its classes: the articles, what people ask elsewhere, and the topics."""
        elsewhere = len(self._articles)
        topics = sorted({article.topic for article in self._articles})
        self._topic = [elsewhere + 1 + topics.index(a.topic) for a in self._articles]
        taught: list[tuple[dict[int, float], tuple[int, ...]]] = [
            (features(phrasing(ws)), (place, self._topic[place])) for place, ws in lines
        ]
        taught += [(features(phrasing(words)), (elsewhere,)) for words in others]
        classes = elsewhere + 1 + len(topics)
        return Ranker([f for f, _ in taught], [owner for _, owner in taught], classes)

    def _judged(self, question: str) -> tuple[_Judged, ...]:
        typed = syllables(question)
        forms = [self._lexicon.known(word) for word in typed]
        known = [form for form in forms if form]
        if not known:
            return ()
        scores = self._ranker.scores(features(known))
        count = len(self._articles)
        likes = scores[:count] + SUBJECT * scores[self._topic]
        top = np.argsort(likes)[::-1][:CANDIDATES]
        telling = self._telling(typed, forms)
        lost = _strange(telling, self._lexicon.folded)
        return tuple(
            _Judged(
                place=int(place),
                like=float(scores[place]),
                subject=float(scores[self._topic[place]]),
                strange=_strange(telling, self._own[place]),
                foreign=float(scores[count]),
                lost=lost,
            )
            for place in top
        )

    def _telling(
        self, typed: Sequence[str], forms: Sequence[tuple[str, float] | None]
    ) -> list[tuple[str, float]]:
        """What a question is about: its words that say something, folded, each with its weight."""
        found = []
        for word, form in zip(typed, forms, strict=True):
            plain = fold(form[0] if form else word)
            if plain not in polite() and not plain.isdigit():
                found.append((plain, self._idf.get(plain, self._rarest)))
        return found


def stated(slots: Slots) -> frozenset[str]:
    """The names of the slots that a question states."""
    names = ("vehicle", "level", "weight", "age")
    return frozenset(name for name in names if getattr(slots, name) is not None)


@cache
def elsewhere_lines() -> tuple[str, ...]:
    """What people ask that is not ours to answer."""
    return tuple(ELSEWHERE.read_text("utf-8").splitlines())


def _strange(telling: Sequence[tuple[str, float]], own: frozenset[str]) -> float:
    """The share of what was asked, by weight, that an article never speaks of."""
    whole = strange = 0.0
    for word, weight in telling:
        whole += weight
        if word not in own:
            strange += weight
    return strange / whole if whole else 0.0


def _narrowed(article: Article, articles: Sequence[Article]) -> frozenset[str]:
    """The slots by which a broad article's buttons narrow it: one stated asks for a row, not for it."""
    rows = [other.slots for other in articles if other.id in article.choices]
    return frozenset(name for row in rows for name in row) - frozenset(article.slots)


def _lines(article: Article) -> tuple[str, ...]:
    newest = article.versions[-1].short if article.versions else ""
    return tuple(dict.fromkeys((*article.ask, article.title, article.label, newest)))


def _own_words(article: Article) -> frozenset[str]:
    """Folded words that an article uses, its answers' too: none of them is strange to it."""
    texts = [article.title, article.label, *article.ask]
    for version in article.versions:
        texts += [version.short, version.text]
    return frozenset(word for text in texts for word in syllables(fold(text)))


def _weight(judged: _Judged, fit: float) -> float:
    return math.exp(
        LIKE * judged.like + SUBJECT * judged.subject + STRANGE * judged.strange + SLOT * fit
    )


def _elsewhere(judged: Sequence[_Judged]) -> float:
    """The weight of "not ours to answer"."""
    if not judged:
        return 1.0
    return math.exp(ELSE + FOREIGN * max(judged[0].foreign, 0.0) + LOST * judged[0].lost)
