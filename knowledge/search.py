"""Finds the article that answers: BM25 for candidates, a weighed likeness to judge them, slots for rows."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Literal

import bm25s
import numpy as np

from knowledge.article import Article
from knowledge.lexicon import Lexicon, polite
from knowledge.slots import Slots, slots_fit
from knowledge.vietnamese import clean, fold, syllables

CANDIDATES = 24  # phrasings that BM25 hands to the judge
FOUND = 8  # articles that a search gives at most
CACHED = 20_000  # questions whose judgement is kept

PAIR = 1.2  # weight of two words side by side
TRIGRAM = 0.35  # weight of three letters of a word
POLITE = 0.25  # weight of a word that says nothing

# calibrated on phrasings held back (docs/knowledge.md): what a likeness is worth as a probability
BIAS, NEAREST, WHOLE, STRANGE, SLOT = -3.4, 6.0, 6.0, -4.0, 1.1
BROAD = -2.0  # of a broad article's slots, where the question states what its buttons ask for
ANSWER = 0.60  # from this score on, and this far ahead of the next, an article is the answer
AHEAD = 0.10
CHOOSE = 0.30  # from this score on it is worth offering
NEAR_BEST = 0.45  # of the best score: what is offered beside it
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


@dataclass(frozen=True, slots=True)
class _Judged:
    """An article's likeness to a question, slots aside."""

    place: int
    nearest: float
    whole: float
    strange: float


class Search:
    """Searches articles; built once for a state of the knowledge."""

    def __init__(self, articles: Sequence[Article]) -> None:
        self._articles = tuple(articles)
        phrasings = [
            (place, clean(line)) for place, a in enumerate(self._articles) for line in _lines(a)
        ]
        words = [syllables(line) for _, line in phrasings]
        self._owner = np.array([place for place, _ in phrasings], dtype=np.int32)
        self._lexicon = Lexicon(word for line in words for word in line)
        self._weigh(words)
        self._index(words)
        self._narrowed = [_narrowed(a, self._articles) for a in self._articles]
        self._judge = lru_cache(CACHED)(self._judged)

    def find(self, question: str, slots: Slots, audience: str | None = None) -> tuple[Hit, ...]:
        """The articles that may answer, best first, at most 8; those that contradict a stated slot left out."""
        found = []
        for judged in self._judge(clean(question)):
            article = self._articles[judged.place]
            fit = slots_fit(slots, article.slots)
            if fit is None:
                continue
            if self._narrowed[judged.place] & stated(slots):
                fit += BROAD
            found.append(Hit(article, _probability(judged, fit)))
        found.sort(key=lambda hit: -hit.score)
        return tuple(found[:FOUND])

    def decide(self, hits: Sequence[Hit]) -> Decision:
        """Answer where it is sure, offer where it is near, be silent where it would be a guess."""
        if not hits or hits[0].score < CHOOSE:
            return Decision("fallback")
        best = hits[0]
        rival = hits[1].score if len(hits) > 1 else 0.0
        if best.score >= ANSWER and best.score - rival >= AHEAD * (1 - best.score) * 2:
            return Decision("answer", (best,))
        near = tuple(h for h in hits if h.score >= max(CHOOSE * 0.6, best.score * NEAR_BEST))
        return Decision("choose", near[:OFFERED])

    def _weigh(self, lines: Sequence[Sequence[str]]) -> None:
        """How telling each feature is: rare ones more than common ones."""
        counts: Counter[str] = Counter()
        for line in lines:
            counts.update(set(_features(line)))
        total = len(lines)
        self._idf = {f: math.log(1 + total / n) for f, n in counts.items()}
        self._rarest = math.log(1 + total)

    def _index(self, lines: Sequence[Sequence[str]]) -> None:
        self._ids: dict[str, int] = {}
        corpus = [
            [self._ids.setdefault(f, len(self._ids)) for f in _plain_features(line)]
            for line in lines
        ]
        vocabulary = {str(number): number for number in range(len(self._ids))}
        self._bm25 = bm25s.BM25()
        self._bm25.index((corpus, vocabulary), show_progress=False)
        self._vectors = [self._vector(_features(line)) for line in lines]
        self._wholes = self._sum_by_article()
        self._own = [self._own_words(place) for place in range(len(self._articles))]

    def _vector(self, features: Iterable[str]) -> dict[str, float]:
        """Weights of a phrasing's features, of length one; marked forms ride along outside the length."""
        weights = {f: self._idf[f] * _share(f) for f in set(features)}
        length = math.sqrt(sum(w * w for f, w in weights.items() if not f.startswith("="))) or 1.0
        return {f: w / length for f, w in weights.items()}

    def _sum_by_article(self) -> list[dict[str, float]]:
        sums: list[dict[str, float]] = [defaultdict(float) for _ in self._articles]
        for place, vector in zip(self._owner.tolist(), self._vectors, strict=True):
            for feature, weight in vector.items():
                sums[place][feature] += weight
        return [_unit(whole) for whole in sums]

    def _own_words(self, place: int) -> frozenset[str]:
        """Folded words that the article itself uses, its answers' too: none of them is strange to it."""
        article = self._articles[place]
        texts = [article.title, article.label, *article.ask]
        for version in article.versions:
            texts += [version.short, version.text]
        return frozenset(fold(word) for text in texts for word in syllables(clean(text)))

    def _judged(self, question: str) -> tuple[_Judged, ...]:
        typed = syllables(question)
        known = [self._lexicon.known(word) for word in typed]
        features = _question_features(known)
        plain = [id for f in features if (id := self._ids.get(_unmarked(f))) is not None]
        if not plain:
            return ()
        weights = {f: self._idf.get(f, self._rarest) * _share(f) * w for f, w in features.items()}
        lost = sum(self._rarest**2 for word, k in zip(typed, known, strict=True) if _lost(word, k))
        length = math.sqrt(sum(w * w for w in weights.values()) + lost) or 1.0
        telling = self._telling(typed, known)
        scores = self._bm25.get_scores(plain)
        top = (
            np.argpartition(scores, -CANDIDATES)[-CANDIDATES:]
            if len(scores) > CANDIDATES
            else range(len(scores))
        )
        nearest: dict[int, float] = {}
        for line in top:
            place = int(self._owner[line])
            likeness = _dot(weights, self._vectors[line]) / length
            nearest[place] = max(nearest.get(place, 0.0), likeness)
        return tuple(
            _Judged(
                place,
                near,
                _dot(weights, self._wholes[place]) / length,
                _strange(telling, self._own[place]),
            )
            for place, near in nearest.items()
        )

    def _telling(
        self, typed: Sequence[str], known: Sequence[tuple[str, float] | None]
    ) -> list[tuple[str, float]]:
        """What a question is about: its words that say something, folded, each with its weight."""
        found = []
        for word, form in zip(typed, known, strict=True):
            plain = fold(form[0] if form else word)
            if plain not in polite() and not plain.isdigit():
                weight = self._idf.get(plain, self._rarest) if form else self._rarest
                found.append((plain, weight))
        return found


def _strange(telling: Sequence[tuple[str, float]], own: frozenset[str]) -> float:
    """The share of what was asked, by weight, that an article never speaks of."""
    whole = strange = 0.0
    for word, weight in telling:
        whole += weight
        if word not in own:
            strange += weight
    return strange / whole if whole else 0.0


def stated(slots: Slots) -> frozenset[str]:
    """The names of the slots that a question states."""
    names = ("vehicle", "level", "weight", "age")
    return frozenset(name for name in names if getattr(slots, name) is not None)


def _narrowed(article: Article, articles: Sequence[Article]) -> frozenset[str]:
    """The slots by which a broad article's buttons narrow it: one stated asks for a row, not for it."""
    rows = [other.slots for other in articles if other.id in article.choices]
    return frozenset(name for row in rows for name in row) - frozenset(article.slots)


def _lines(article: Article) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*article.ask, article.title, article.label)))


def _features(line: Sequence[str]) -> list[str]:
    """A phrasing's words and pairs, folded and as written ("="), and the letters of its words."""
    plain = [fold(word) for word in line]
    marked = [f"={word}" for word in line]
    return [
        *plain,
        *marked,
        *(f"{a} {b}" for a, b in pairwise(plain)),
        *(f"={a} {b}" for a, b in pairwise(line)),
        *(t for word in plain for t in _trigrams(word)),
    ]


def _plain_features(line: Sequence[str]) -> list[str]:
    plain = [fold(word) for word in line]
    return [*plain, *(f"{a} {b}" for a, b in pairwise(plain))]


def _question_features(known: Sequence[tuple[str, float] | None]) -> dict[str, float]:
    """A question's features and how far each is trusted: as written where marks were typed, else folded."""
    features: dict[str, float] = {}
    for form in known:
        if form:
            features[_feature(form[0])] = form[1]
            for trigram in _trigrams(fold(form[0])):
                features[trigram] = form[1]
    for first, second in pairwise(known):
        if first and second:
            features[_pair(first[0], second[0])] = min(first[1], second[1])
    return features


def _feature(form: str) -> str:
    return f"={form}" if form != fold(form) else form


def _pair(first: str, second: str) -> str:
    if first != fold(first) and second != fold(second):
        return f"={first} {second}"
    return f"{fold(first)} {fold(second)}"


def _unmarked(feature: str) -> str:
    return fold(feature[1:]) if feature.startswith("=") else feature


def _trigrams(word: str) -> list[str]:
    framed = f"^{word}$"
    return [f"~{framed[i : i + 3]}" for i in range(len(framed) - 2)] if len(word) > 2 else []


@lru_cache(maxsize=200_000)
def _share(feature: str) -> float:
    """The weight of a feature's kind."""
    if feature.startswith("~"):
        return TRIGRAM
    if " " in feature:
        return PAIR
    return POLITE if fold(feature.removeprefix("=")) in polite() else 1.0


def _lost(word: str, form: tuple[str, float] | None) -> bool:
    return form is None and fold(word) not in polite() and not word.isdigit()


def _dot(question: Mapping[str, float], other: Mapping[str, float]) -> float:
    return sum(question[f] * other[f] for f in question.keys() & other.keys())


def _unit(whole: Mapping[str, float]) -> dict[str, float]:
    length = math.sqrt(sum(w * w for f, w in whole.items() if not f.startswith("="))) or 1.0
    return {f: w / length for f, w in whole.items()}


def _probability(judged: _Judged, fit: float) -> float:
    z = (
        BIAS
        + NEAREST * judged.nearest
        + WHOLE * judged.whole
        + STRANGE * judged.strange
        + SLOT * fit
    )
    return 1 / (1 + math.exp(-z))
