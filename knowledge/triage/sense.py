"""Hears danger, somebody accused, and a wish, in words that no phrase foresaw: a linear model of how people talk.

It learns from lines of people (words/danger.txt, told.txt, wishes.txt) beside what only sounds like them (talk.txt),
what people ask elsewhere, and the phrasings of articles. It knows words, pairs of words, signs (words/signs.toml),
and what the phrases of danger.py, offence.py and manner.py found: it weighs them, instead of a rule for each case.
"""

from collections import ChainMap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from hashlib import blake2b
from itertools import pairwise
from pathlib import Path

import numpy as np

from knowledge.concepts import Concepts
from knowledge.linear import Floats, Vocabulary, fit
from knowledge.triage.phrases import Said
from knowledge.triage.words import lines, read, table
from knowledge.vietnamese import fold

KNOWLEDGE = Path(__file__).parents[1]
SHIPPED = KNOWLEDGE / "weights"  # made by `make install`
LEARNT_FROM = ("danger", "told", "talk", "elsewhere", "wishes")
TAUGHT_BY = ("concepts.py", "linear.py", "vietnamese.py")
TABLES = ("signs", "triage_accusation", "triage_emergency", "triage_manner")
# weights of the kinds beside a word's; chosen on messages held back, like the bounds in danger.py and offence.py
PAIR, APART, MARKED, LABEL = 0.7, 0.5, 0.5, 1.5
TRUST = 1.0
LEAST = 4  # examples a feature occurs in: rarer ones doubled the memory and told next to nothing
# the columns of the weights; from WISHED on those of `wishes`, in their order
DANGER, TOLD, WISHED = 0, 1, 2
HEADING = "# "

Labels = Iterable[str]


def danger(said: Said, found: Labels) -> float:
    """How surely danger is told as there, about 0 to 1; `found`: `labels` of danger.py."""
    return _heard(said, DANGER, found)


def told(said: Said, found: Labels) -> float:
    """How surely an offence of somebody is told; `found`: `labels` of offence.py."""
    return _heard(said, TOLD, found)


def wished(said: Said, found: Labels) -> Mapping[str, float]:
    """How surely each flow is wished for; `found`: `labels` of manner.py."""
    return {flow: _heard(said, WISHED + at, found) for at, flow in enumerate(wishes())}


@cache
def wishes() -> Mapping[str, Sequence[str]]:
    """The flows, and how people wish for them."""
    found: dict[str, list[str]] = {}
    flow = ""
    for line in lines("wishes"):
        if line.startswith(HEADING):
            flow = line.removeprefix(HEADING)
        else:
            found.setdefault(flow, []).append(line)
    return found


@lru_cache(maxsize=2)  # a message is looked at by several; none but the last stays in memory
def signs(said: Said) -> frozenset[str]:
    """The signs of a message: dangers by their names in words/signs.toml, and manners of telling."""
    return frozenset(_signs()(said.line.split(), said.plain.split()))


def train() -> tuple[Vocabulary, Floats]:
    """Learn from the lines of the shipped files; the columns: danger, told, and each wish."""
    from knowledge.triage import danger, manner, offence

    taught = list(_taught())
    typed = [(fold(line), column) for line, column in taught]  # as on phones
    said = [(read(line), column) for line, column in [*taught, *typed]]
    named = (danger.labels, offence.labels, manner.labels)
    seen = [[_features(each) | _labelled(each, find(each)) for each, _ in said] for find in named]
    looks = zip(*(examples[: len(taught)] for examples in seen), strict=True)
    vocabulary = Vocabulary.of((dict(ChainMap(*each)) for each in looks), least=LEAST)
    wide = (1, 1, len(wishes()))
    columns = [
        fit(
            [vocabulary.read(each) for each in examples],
            [_within(column, first, count) for _, column in said],
            rows=len(vocabulary),
            classes=count,
            trust=TRUST,
        )
        for examples, first, count in zip(seen, (DANGER, TOLD, WISHED), wide, strict=True)
    ]
    return vocabulary, np.hstack(columns)


def _within(column: int | None, first: int, count: int) -> tuple[int, ...]:
    """The place of a column among some that stand side by side, if it is one of them."""
    return () if column is None or not first <= column < first + count else (column - first,)


def _taught() -> Iterator[tuple[str, int | None]]:
    """The lines to learn from, and the column of each; None: none of them."""
    columns = {"danger": DANGER, "told": TOLD}
    for name in ("danger", "told", "talk", "elsewhere"):
        for line in lines(name):
            yield line, columns.get(name)
    for at, said in enumerate(wishes().values()):
        for line in said:
            yield line, WISHED + at
    for line in _asked():
        yield line, None


def file() -> Path:
    """Where the weights are kept that this program learns from these lines."""
    own = sorted(Path(__file__).parent.glob("*.py"))
    sources = [*own, *(KNOWLEDGE / name for name in TAUGHT_BY)]
    taught = [*map(lines, LEARNT_FROM), *(lines(name, "toml") for name in TABLES)]
    taught += [path.read_text("utf-8").splitlines() for path in sources]
    return SHIPPED / f"sense-{blake2b(repr(taught).encode(), digest_size=16).hexdigest()}.npz"


def save() -> None:
    """Learn, and keep it in the package, where it is not kept yet, or was before an article changed."""
    SHIPPED.mkdir(exist_ok=True)
    if not file().exists() or file().stat().st_mtime < _changed():
        vocabulary, weights = train()
        np.savez(file(), names=np.array(vocabulary.names), weights=weights)


def _changed() -> float:
    """When a shipped article or clause was last written: what they are asked is no danger, and no telling."""
    taught = (
        path for folder in ("articles", "directive") for path in (KNOWLEDGE / folder).rglob("*")
    )
    return max(path.stat().st_mtime for path in taught)


@cache
def _model() -> tuple[Vocabulary, Floats]:
    """As kept; else learnt now."""
    if not file().exists():
        return train()
    with np.load(file(), allow_pickle=False) as kept:
        return Vocabulary(kept["names"].tolist()), kept["weights"].astype(np.float16)


def _heard(said: Said, column: int, found: Labels) -> float:
    vocabulary, weights = _model()
    unit, scores = _plainly(said)
    row_of = vocabulary.rows.get
    rows = [row for label in found if (row := row_of(f"&{label}")) is not None]
    extra = float(weights[rows, column].sum()) * LABEL / unit if rows else 0.0
    return (1 + scores[column] + extra) / 2


@lru_cache(maxsize=2)
def _plainly(said: Said) -> tuple[float, Sequence[float]]:
    """What a message's words alone are worth, for each column, and how long they are as features."""
    vocabulary, weights = _model()
    found = _words(said)
    unit = _length(found)
    rows, values = vocabulary.read(found)
    values[:-1] /= unit  # the last is the bias
    return unit, (values @ weights.take(rows, axis=0)).tolist()


def _features(said: Said) -> dict[str, float]:
    found = _words(said)
    unit = _length(found)
    return {name: weight / unit for name, weight in found.items()}


def _labelled(said: Said, found: Labels) -> dict[str, float]:
    return dict.fromkeys([f"&{label}" for label in found], LABEL / _length(_words(said)))


def _words(said: Said) -> dict[str, float]:
    words = said.plain.split()
    found = {f"={word}": MARKED for word in said.line.split()}
    found |= dict.fromkeys(words, 1.0)
    found |= {f"{first}_{third}": APART for first, third in zip(words, words[2:], strict=False)}
    found |= {f"{first} {second}": PAIR for first, second in pairwise(words)}
    found |= {f"#{sign}": 1.0 for sign in signs(said)}
    return found


def _length(found: dict[str, float]) -> float:
    return sum([weight * weight for weight in found.values()]) ** 0.5 or 1.0


@cache
def _signs() -> Concepts:
    data = table("signs")
    named = {name: danger["phrases"] for name, danger in data["danger"].items()}
    return Concepts(named | data["manner"])


def _asked() -> Iterator[str]:
    """The phrasings of the shipped articles, and of the newest directive."""
    from knowledge.article import in_language
    from knowledge.load import load_knowledge

    known = load_knowledge()
    for article in (*known.searched(), *in_language(known.articles.values(), "en")):
        yield from article.ask
        yield from article.utterances
