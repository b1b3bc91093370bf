"""What the search learns from the articles' phrasings: it takes seconds, so it is kept beside the knowledge."""

import json
import math
import os
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b
from io import BytesIO
from pathlib import Path
from sys import intern
from zipfile import BadZipFile

import numpy as np

from knowledge.article import Article, in_language
from knowledge.concepts import concept_words, concepts
from knowledge.evidence import Portrait, portrait
from knowledge.features import features
from knowledge.ranker import MOST, Ranker
from knowledge.slots import Slots, implied, said, tokens, worded
from knowledge.vietnamese import fold, syllables

HERE = Path(__file__).parent
ELSEWHERE = {"vi": "elsewhere.txt", "en": "elsewhere.en.txt"}
SHIPPED = HERE / "weights"  # made by `make install`
KEPT = 6  # files of a folder: an older state may come back
TAUGHT_BY = (  # the modules and word lists that learning hangs on: a change of another costs no new learning
    *("article.py", "calendar.py", "concepts.py", "days.py", "evidence.py", "features.py"),
    *("learned.py", "lexicon.py", "linear.py", "numerals.py", "ranker.py"),
    *("slots.py", "vietnamese.py"),
    *("words/concepts.toml", "words/elsewhere.txt", "words/elsewhere.en.txt"),
    *("words/search.toml", "words/typing.toml"),
)


@dataclass(frozen=True, slots=True)
class Learned:
    """The weight of each word (the rarest's too), all words known, a portrait of each article, and the ranker.

    The ranker knows the articles and the topics by their places.
    """

    idf: Mapping[str, float]
    rarest: float
    words: frozenset[str]
    portraits: tuple[Portrait, ...]
    ranker: Ranker


@dataclass(frozen=True, slots=True)
class _Line:
    """A phrasing to learn from: its words, their concepts, and what it states."""

    words: tuple[str, ...]
    concepts: frozenset[str]
    slots: Slots


def topics(articles: Iterable[Article]) -> list[str]:
    """The topics in the order of their places."""
    return sorted({article.topic for article in articles})


def learn(articles: Sequence[Article]) -> Learned:
    """Learn from the phrasings of articles, and from what people ask elsewhere."""
    own = [[_line(text) for text in _texts(article)] for article in articles]
    others = [_line(text) for text in elsewhere_lines(articles[0].lang if articles else "vi")]
    lines = [line for each in own for line in each]
    counts = Counter(word for line in lines for word in {fold(word) for word in line.words})
    spoken = (line.words for line in (*lines, *others))
    return Learned(
        {word: math.log(1 + len(lines) / n) for word, n in counts.items()},
        math.log(1 + len(lines)),
        concept_words().union(*spoken),
        tuple(
            portrait(article, [line.concepts for line in each])
            for article, each in zip(articles, own, strict=True)
        ),
        _trained(articles, own, others),
    )


def learned_of(articles: Sequence[Article], folder: Path | None = None) -> Learned:
    """What was learnt of these articles before, in `folder` or as shipped; else learnt now, and kept in `folder`."""
    name = f"{digest(articles)}.npz"
    for place in (folder, SHIPPED):
        if place and (known := load(place / name)):
            return known
    learned = learn(articles)
    if folder:
        with suppress(OSError):  # a full disk costs a slower start, nothing else
            save(learned, folder / name)
    return learned


def save(learned: Learned, file: Path) -> None:
    """Keep it in a file, whole or not at all; only the newest of the folder stay. OSError as the disk gives it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    unfinished = file.with_suffix(f".{os.getpid()}")
    unfinished.write_bytes(to_bytes(learned))
    unfinished.replace(file)
    older = sorted(file.parent.glob("*.npz"), key=lambda each: each.stat().st_mtime)[:-KEPT]
    for each in older:
        each.unlink(missing_ok=True)


def load(file: Path) -> Learned | None:
    """What a file holds; None where there is none, or a damaged one."""
    try:
        return from_bytes(file.read_bytes())
    except (OSError, ValueError, KeyError, TypeError, EOFError, BadZipFile):
        return None


def to_bytes(learned: Learned) -> bytes:
    """As bytes that hold numbers and text only; nothing in them is ever run."""
    words = {
        "idf": learned.idf,
        "rarest": learned.rarest,
        "words": sorted(learned.words),
        "portraits": [[p.words, p.concepts, dict(p.core)] for p in learned.portraits],
        "rows": learned.ranker.names,
    }
    packed = BytesIO()
    text = np.frombuffer(json.dumps(words, ensure_ascii=False).encode(), dtype=np.uint8)
    np.savez(packed, words=text, **learned.ranker.parts())  # type: ignore[arg-type]
    return packed.getvalue()


def from_bytes(packed: bytes) -> Learned:
    """The opposite of `to_bytes`; or one of the errors that `load` knows for anything else."""
    with np.load(BytesIO(packed), allow_pickle=False) as arrays:
        words = json.loads(arrays["words"].tobytes())
        ranker = Ranker(words["rows"], arrays)
    return Learned(
        words["idf"],
        words["rarest"],
        frozenset(words["words"]),
        tuple(
            Portrait(tuple(map(intern, spoken)), tuple(map(intern, meant)), core)
            for spoken, meant, core in words["portraits"]
        ),
        ranker,
    )


def digest(articles: Sequence[Article]) -> str:
    """A name for what these articles teach this program: 32 hex digits."""
    found = blake2b(_program(), digest_size=16)
    for article in articles:
        shorts = [version.short + version.text for version in article.versions]
        parts = (article.id, article.topic, *_texts(article), *shorts)
        found.update("\x1f".join(parts).encode() + b"\x1e")
    return found.hexdigest()


@cache
def elsewhere_lines(lang: str = "vi") -> tuple[str, ...]:
    """What people ask in a language that is not ours to answer."""
    return tuple((HERE / "words" / ELSEWHERE[lang]).read_text("utf-8").splitlines())


@cache
def _program() -> bytes:
    """The code and the word lists that learning hangs on."""
    return blake2b(b"\x1e".join((HERE / name).read_bytes() for name in TAUGHT_BY)).digest()


def _trained(
    articles: Sequence[Article], own: Sequence[Sequence[_Line]], others: Sequence[_Line]
) -> Ranker:
    order = topics(articles)
    taught: list[tuple[_Line, int | None]] = [
        (line, place) for place, each in enumerate(own) for line in each
    ]
    taught += [(line, None) for line in others]
    taught = taught[:: max(1, -(-len(taught) // MOST))]
    seen = [
        features([(word, 1.0) for word in line.words], line.concepts, tokens(line.slots))
        for line, _ in taught
    ]
    subjects = [order.index(article.topic) for article in articles]
    return Ranker.trained(seen, [owner for _, owner in taught], subjects)


def _line(text: str) -> _Line:
    words, slots = syllables(worded(text)), said(text)
    return _Line(tuple(words), frozenset(concepts(words).keys() | implied(slots)), slots)


def _texts(article: Article) -> tuple[str, ...]:
    newest = article.versions[-1].short if article.versions else ""
    said = (*article.ask, *article.utterances)
    return tuple(dict.fromkeys((*said, article.title, article.label, newest)))


def main() -> None:
    """Learn from the shipped articles and keep it in the package: `python -m knowledge.learned`."""
    from knowledge.load import load_knowledge
    from knowledge.triage import sense

    sense.save()
    known = load_knowledge()
    for articles in (known.searched(), in_language(known.articles.values(), "en")):
        file = SHIPPED / f"{digest(articles)}.npz"
        if articles and load(file) is None:
            save(learn(articles), file)


if __name__ == "__main__":
    main()
