"""Searching at today's size, at 5,000 and at 100,000 phrasings, beside rapidfuzz over all and bm25s alone."""

import random
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import bm25s
from rapidfuzz import fuzz, process

from knowledge.article import Article
from knowledge.load import SHIPPED, load_articles
from knowledge.search import Search
from knowledge.slots import Slots
from knowledge.vietnamese import clean, fold, syllables

SIZES = (0, 5_000, 100_000)  # 0: as shipped
ASKED = 300
OPENERS = (
    "cho hỏi",
    "em hỏi",
    "bác cho biết",
    "giúp em",
    "tôi muốn biết",
    "ở quê",
    "tết này",
    "dạ",
)


@dataclass(frozen=True, slots=True)
class Timing:
    """Milliseconds."""

    p50: float
    p99: float


def grown(articles: Sequence[Article], size: int) -> tuple[Article, ...]:
    """The articles with phrasings made from their own until there are so many in all."""
    chance = random.Random(size)  # noqa: S311 - not for secrets
    each = size // len(articles) if size else 0
    return tuple(
        replace(a, ask=(*a.ask, *(_variant(a, chance) for _ in range(each - len(a.ask)))))
        for a in articles
    )


def measure(size: int) -> dict[str, Timing | int | float]:
    """Times of our search and of its two peers over the same phrasings and the same new questions."""
    articles = grown(tuple(load_articles(SHIPPED / "articles").values()), size)
    lines = [line for article in articles for line in article.ask]
    chance = random.Random(7)  # noqa: S311
    questions = [f"{chance.choice(OPENERS)} {chance.choice(lines)} {n}" for n in range(ASKED)]
    start = time.perf_counter()
    search = Search(articles)
    built = time.perf_counter() - start
    folded = [fold(clean(line)) for line in lines]
    alone = bm25s.BM25()
    alone.index([syllables(line) for line in folded], show_progress=False)
    fuzzy = questions if len(lines) < 20_000 else questions[:20]
    return {
        "phrasings": len(lines),
        "built": built,
        "ours": timed(lambda q: search.find(q, Slots()), questions),
        "bm25s": timed(lambda q: alone.get_scores(syllables(fold(clean(q)))).argmax(), questions),
        "rapidfuzz": timed(
            lambda q: process.extractOne(fold(clean(q)), folded, scorer=fuzz.token_set_ratio), fuzzy
        ),
    }


def timed(work: Callable[[str], object], questions: Sequence[str]) -> Timing:
    taken = []
    for question in questions:
        start = time.perf_counter()
        work(question)
        taken.append((time.perf_counter() - start) * 1000)
    return Timing(statistics.median(taken), sorted(taken)[int(len(taken) * 0.99) - 1])


def _variant(article: Article, chance: random.Random) -> str:
    words = chance.choice(article.ask).split()
    words.insert(
        chance.randrange(len(words) + 1), chance.choice(("thì", "mà", "này", "vậy", "luôn"))
    )
    return f"{chance.choice(OPENERS)} {' '.join(words)} {chance.randrange(10**6)}"
