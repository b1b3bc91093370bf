"""What the search learns from the articles' phrasings: it takes seconds, so it is kept beside the knowledge."""

import json
import math
import os
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache, cached_property
from hashlib import blake2b
from io import BytesIO
from pathlib import Path
from sys import intern
from weakref import WeakValueDictionary
from zipfile import BadZipFile

import numpy as np

from knowledge.article import Article, in_language
from knowledge.concepts import concept_words, concepts
from knowledge.evidence import Gallery, Portrait, portrait
from knowledge.features import features
from knowledge.lexicon import Lexicon
from knowledge.linear import Features, Vocabulary
from knowledge.ranker import MOST, Ranker
from knowledge.scoring import Scoring
from knowledge.slots import Slots, implied, said, tokens, worded
from knowledge.vietnamese import fold, syllables

HERE = Path(__file__).parent
ELSEWHERE = {"vi": "elsewhere.txt", "en": "elsewhere.en.txt"}
SHIPPED = HERE / "weights"  # made by `make install`
DIGITS = 32  # of a digest
LEAST = 3  # phrasings a feature occurs in: rarer ones took a sixth of the memory and told next to nothing
POLITE = 10  # how far learning stands back behind answering
KEPT = 6  # files of a folder: an older state may come back
TAUGHT_BY = (  # the modules and word lists that learning hangs on: a change of another costs no new learning
    *("article.py", "calendar.py", "concepts.py", "days.py", "evidence.py", "features.py"),
    *("learned.py", "lexicon.py", "linear.py", "numerals.py", "ranker.py", "scoring.py"),
    *("slots.py", "vietnamese.py"),
    *("words/concepts.toml", "words/elsewhere.txt", "words/elsewhere.en.txt"),
    *("words/search.toml", "words/typing.toml"),
)


@dataclass(frozen=True)
class Learned:
    """The weight of each word (the rarest's too), all words known, a portrait of each article, and the ranker.

    The ranker knows the articles and the topics by their places. What a search looks up is made of these once, for
    all searches.
    """

    idf: Mapping[str, float]
    rarest: float
    words: frozenset[str]
    portraits: tuple[Portrait, ...]
    ranker: Ranker

    @cached_property
    def lexicon(self) -> Lexicon:
        return Lexicon(self.words)

    @cached_property
    def gallery(self) -> Gallery:
        return Gallery(self.portraits)

    @cached_property
    def scoring(self) -> Scoring:
        return Scoring(self.ranker)


_in_use: WeakValueDictionary[str, Learned] = WeakValueDictionary()  # by the name of its articles


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
    own = [[_line(text) for text in phrasings(article)] for article in articles]
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
    if known := known_of(articles, folder):
        return known
    learned = learn(articles)
    if folder:
        keep(learned, articles, folder)
    return learned


def known_of(articles: Sequence[Article], folder: Path | None = None) -> Learned | None:
    """What was learnt of these articles before: in use already, in `folder` or as shipped; None: they are new."""
    name = _name(articles)
    if in_use := _in_use.get(name):
        return in_use
    places = (place for place in (folder, SHIPPED) if place)
    known = next(filter(None, (load(place / name) for place in places)), None)
    if known:
        _in_use[name] = known
    return known


def keep(learned: Learned, articles: Sequence[Article], folder: Path) -> None:
    """Keep what these articles have taught in a folder; a full disk costs a slower start, nothing else."""
    with suppress(OSError):
        save(learned, folder / _name(articles))


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


def received(said: bytes, articles: Sequence[Article]) -> Learned | None:
    """What `main` said of a folder; None where it failed, or where it is of other articles."""
    name, packed = said[:DIGITS], said[DIGITS:]
    return from_bytes(packed) if name == digest(articles).encode() else None


def to_bytes(learned: Learned) -> bytes:
    """As bytes that hold numbers and text only; nothing in them is ever run."""
    words = {
        "idf": learned.idf,
        "rarest": learned.rarest,
        "words": sorted(learned.words),
        "portraits": [[p.words, p.concepts] for p in learned.portraits],
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
            Portrait(tuple(map(intern, spoken)), tuple(map(intern, meant)))
            for spoken, meant in words["portraits"]
        ),
        ranker,
    )


def _name(articles: Sequence[Article]) -> str:
    return f"{digest(articles)}.npz"


def digest(articles: Sequence[Article]) -> str:
    """A name for what these articles teach this program: 32 hex digits."""
    found = blake2b(_program(), digest_size=DIGITS // 2)
    for article in articles:
        shorts = [version.short + version.text for version in article.versions]
        parts = (article.id, article.topic, *phrasings(article), *shorts)
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
    seen = [_seen(line) for line, _ in taught]
    typed = [_seen(_as_typed(line)) for line, _ in taught]
    owners = [owner for _, owner in taught]
    subjects = [order.index(article.topic) for article in articles]
    return Ranker.trained(
        [*seen, *typed], [*owners, *owners], subjects, vocabulary=Vocabulary.of(seen, least=LEAST)
    )


def features_of(text: str) -> Features:
    """What a ranker sees of a phrasing."""
    return _seen(_line(text))


def _seen(line: _Line) -> Features:
    return features([(word, 1.0) for word in line.words], line.concepts, tokens(line.slots))


def _as_typed(line: _Line) -> _Line:
    """The same on a phone, without its marks."""
    return _line(fold(" ".join(line.words)))


def _line(text: str) -> _Line:
    words, slots = syllables(worded(text)), said(text)
    return _Line(tuple(words), frozenset(concepts(words).keys() | implied(slots)), slots)


def phrasings(article: Article) -> tuple[str, ...]:
    """The lines that an article is learnt from."""
    newest = article.versions[-1].short if article.versions else ""
    said = (*article.ask, *article.utterances)
    return tuple(dict.fromkeys((*said, article.title, article.label, newest)))


def main(*arguments: str) -> None:
    """`python -m knowledge.learned`: learn from the shipped articles, and keep that in the package, nothing older.

    `python -m knowledge.learned FOLDER`: learn from an admin's folder; on standard output the digest, then the bytes.
    """
    from concurrent.futures import ProcessPoolExecutor

    from knowledge.load import load_knowledge
    from knowledge.triage import sense

    if arguments:
        os.nice(POLITE)
        articles = load_knowledge(Path(arguments[0])).searched()
        sys.stdout.buffer.write(digest(articles).encode() + to_bytes(learn(articles)))
        return
    known = load_knowledge()
    taught = (known.searched(), in_language(known.articles.values(), "en"))
    with (
        ProcessPoolExecutor() as beside
    ):  # the two models of what is said, and of what it means, take as long
        hearing = beside.submit(sense.save)
        for articles in taught:
            if known_of(articles) is None:
                save(learn(articles), SHIPPED / _name(articles))
        hearing.result()
    for file in set(SHIPPED.glob("*.npz")) - {sense.file(), *(SHIPPED / _name(a) for a in taught)}:
        file.unlink(missing_ok=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
