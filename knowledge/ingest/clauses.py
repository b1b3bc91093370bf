"""A directive's paper → draft clauses with all that words alone can tell; what they mean is for a person to say."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

from knowledge.agencies import Agency
from knowledge.calendar import year_name
from knowledge.ingest.bodies import Bodies, address, sentences
from knowledge.ingest.documents import Document, DocumentError
from knowledge.ingest.margins import joined
from knowledge.ingest.numbering import words
from knowledge.ingest.outline import Doubt, Left, Outline, Piece, outline
from knowledge.topics import TOPICS
from knowledge.vietnamese import clean, fold

CLAUSES = 300  # a directive has twenty
TITLE = 80  # letters of a clause's title, as `kb check` allows
YEARS = range(2020, 2060)  # told by name ("Đinh Mùi") too: a name returns after 60 years
YEAR = re.compile(r"(?<!\d)20\d\d(?!\d)")


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftClause:
    """A clause as far as words tell it. `section`, `source`: the paper's own words, to be replaced by ours."""

    id: str
    title: str
    agencies: tuple[str, ...]
    lead: str | None
    supports: tuple[str, ...]
    reports_to: tuple[str, ...]
    names: tuple[str, ...]
    deadlines: tuple[str, ...]
    topics: tuple[str, ...]
    keywords: tuple[str, ...]
    section: str
    source: str
    page: int
    lines: tuple[int, int]  # of the paper, first and last


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A directive to be reviewed; `tet` 0 and `issued` None where the paper doesn't say."""

    number: str
    issued: date | None
    issuer: str
    title: str
    tet: int
    by: tuple[str, ...]
    clauses: tuple[DraftClause, ...]
    left: tuple[Left, ...]
    doubts: tuple[Doubt, ...]


def ingest(document: Document, agencies: Mapping[str, Agency]) -> Draft:
    """The draft of a paper; DocumentError where it has no numbered section, or clauses without end."""
    bodies = Bodies(agencies)
    paper = outline(document, bodies.first_in)
    if len(paper.pieces) > CLAUSES:
        raise DocumentError("too_many", most=CLAUSES)
    return Draft(
        number=paper.number,
        issued=paper.issued,
        issuer=paper.issuer,
        title=paper.title,
        tet=tet_year(paper.title),
        by=_by(paper, bodies),
        clauses=tuple(_clause(piece, bodies) for piece in paper.pieces),
        left=paper.left,
        doubts=paper.doubts,
    )


def tet_year(title: str) -> int:
    """The year of the Tết that a title names, by number or by name; 0 where it names none."""
    if years := YEAR.findall(title):
        return int(years[-1])
    plain = fold(title)
    return next((year for year in YEARS if fold(year_name(year)) in plain), 0)


def deadlines(text: str) -> tuple[str, ...]:
    """The days and terms of a text, as it words them, each once, in its order."""
    found: list[tuple[int, str]] = []
    taken: set[int] = set()
    for pattern in _deadline_patterns():
        for match in pattern.finditer(text):
            if taken.isdisjoint(range(*match.span())):
                found.append((match.start(), " ".join(match[0].split())))
                taken.update(range(*match.span()))
    return tuple(dict.fromkeys(words for _, words in sorted(found)))


def topics(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The topics that a text's words suggest, and those words as the paper has them."""
    said = f" {' '.join(_words(text))} "
    hits = [
        (topic, phrase)
        for topic, phrases in words()["topics"].items()
        for phrase in phrases
        if f" {' '.join(_words(phrase))} " in said
    ]
    suggested = {topic for topic, _ in hits}
    ordered = (topic for topic in TOPICS if topic in suggested)
    return ("directive", *ordered), tuple(dict.fromkeys(phrase for _, phrase in hits))


def _clause(piece: Piece, bodies: Bodies) -> DraftClause:
    section, source = joined(piece.heading), joined(piece.lines)
    own = bodies.spoken_to(source) if piece.heading or "closing" in piece.id else ()
    spoken_to = own or bodies.spoken_to(section or source, anywhere=True)
    roles = bodies.roles(source)
    supports = _others(roles["with"], spoken_to)
    reports_to = _others(roles["reports_to"], spoken_to)
    found_topics, keywords = topics(source)
    return DraftClause(
        id=piece.id,
        title=_cut(address(section or source)),
        agencies=spoken_to,
        lead=spoken_to[0] if len(spoken_to) == 1 and _leads(source) else None,
        supports=supports,
        reports_to=reports_to,
        names=_others(roles["names"], (*spoken_to, *supports, *reports_to)),
        deadlines=deadlines(source),
        topics=found_topics,
        keywords=keywords,
        section=section,
        source=source,
        page=piece.lines[0].page,
        lines=(piece.lines[0].number, piece.lines[-1].number),
    )


def _cut(title: str) -> str:
    """A title that is not too long, cut between words."""
    whole = title if len(title) <= TITLE else title[: TITLE + 1].rpartition(" ")[0]
    return whole[:TITLE].rstrip(" ,;:")


def _leads(text: str) -> bool:
    return bool(re.match(rf"(?i:(?:\w+\s+){{0,8}}?(?:{words()['lead']})\b)", text))


def _others(keys: Iterable[str], known: Sequence[str]) -> tuple[str, ...]:
    return tuple(key for key in dict.fromkeys(keys) if key not in known)


def _by(paper: Outline, bodies: Bodies) -> tuple[str, ...]:
    """Who orders: named in the sentence before the first section, and at the top of the paper."""
    orders = [*sentences(paper.order)][-1:]
    named = (*orders, paper.issuer.lower())
    return tuple(dict.fromkeys(key for text in named for key in bodies.named(text)))


def _words(text: str) -> list[str]:
    return [word for part in sentences(text) for word in re.findall(r"\w+", clean(part))]


@cache
def _deadline_patterns() -> tuple[re.Pattern[str], ...]:
    day = words()["day"]
    return tuple(
        re.compile(rf"\b{pattern.replace('DAY', day)}", re.IGNORECASE)
        for pattern in words()["deadlines"]
    )
