"""Takes a directive's paper apart: its head, sections, dashes, closing paragraphs, and whatever is none of these.

Every line ends up in exactly one place, so that nothing is lost and nothing is made up.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from knowledge.ingest.documents import Document, DocumentError, Line
from knowledge.ingest.margins import (
    CLOSED,
    ENDS,
    FULL,
    around_kind,
    cut_tail,
    head_of,
    issued_on,
    issuer_of,
    joined,
    number_of,
    title_of,
    without_furniture,
)
from knowledge.ingest.numbering import Family, Mark, is_of, mark_of, section_family, words

CLOSING = "closing"
NARROW = 50  # letters: no printer breaks a line so short
SKIP = 3  # a section's number may run ahead so far: a number was forgotten

Starts = Callable[[str], bool]  # whether a text begins with the name of an agency


class Why(StrEnum):
    """Why a line is in no clause."""

    HEAD = "head"
    PREAMBLE = "preamble"
    GROUP = "group"  # the heading of several sections
    PAGE = "page"  # a page's number, header or footer
    TAIL = "tail"  # signature, receivers, annexes


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of the paper that becomes a clause; `heading` is its section's where that has several."""

    id: str
    heading: tuple[Line, ...]
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Left:
    """A line that is in no clause, and why."""

    line: Line
    why: Why


@dataclass(frozen=True, slots=True)
class Doubt:
    """A line whose numbering is odd. `key`: its words in the catalogue, below `ingest`."""

    line: Line
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """A paper taken apart. `head`: the lines that `number`, `issued`, `issuer` and `title` come from."""

    number: str
    issued: date | None
    issuer: str
    title: str
    head: tuple[Line, ...]
    order: str  # the sentence before the first section: who orders
    pieces: tuple[Piece, ...]
    left: tuple[Left, ...]
    doubts: tuple[Doubt, ...]


@dataclass(slots=True)
class _Section:
    """A section while it is read."""

    number: str
    lines: list[Line]
    items: list[list[Line]]

    @property
    def last(self) -> list[Line]:
        return self.items[-1] if self.items else self.lines

    @property
    def all(self) -> list[Line]:
        return [*self.lines, *(line for item in self.items for line in item)]


def outline(document: Document, starts_with_agency: Starts) -> Outline:
    """A paper taken apart; DocumentError where it has no numbered section."""
    lines, furniture = without_furniture(document)
    top, below = around_kind(lines)
    title, body = title_of(below, document.wrapped) if top else ([], below)
    family = section_family([mark for line in body if (mark := mark_of(line.text))])
    start = next((at for at, line in enumerate(body) if is_of(line.text, family)), len(body))
    main, tail = cut_tail(body[start:])
    if not main:
        raise DocumentError("no_numbering")
    reader = _Reader(family, _Wraps(document))
    for line in main:
        reader.read(line)
    reader.end()
    closing = tuple(_closing(reader.sections[-1], document.wrapped, starts_with_agency))
    head, unused = head_of(top)
    left = [
        *(Left(line, Why.HEAD) for line in unused),
        *(Left(line, Why.PREAMBLE) for line in body[:start]),
        *(Left(line, Why.GROUP) for line in reader.groups),
        *(Left(line, Why.TAIL) for line in tail),
        *(Left(line, Why.PAGE) for line in furniture),
    ]
    return Outline(
        number=number_of(head),
        issued=issued_on(head),
        issuer=issuer_of(head),
        title=joined(title),
        head=(*head, *title),
        order=joined(body[max(0, start - 3) : start]),
        pieces=(*_pieces(reader.sections), *closing),
        left=tuple(sorted(left, key=lambda one: one.line.number)),
        doubts=tuple(reader.doubts),
    )


# the sections


class _Wraps:
    """Tells a line that the printer broke from one that ends by itself."""

    def __init__(self, document: Document) -> None:
        self._full = max(NARROW, FULL * max(len(line.text) for line in document.lines))
        self._wrapped = document.wrapped

    def breaks(self, before: Line | None) -> bool:
        """Whether the line runs on, so that a dash below it is only a hyphen."""
        if not self._wrapped or before is None:
            return False
        return len(before.text) >= self._full and not before.text.endswith((*ENDS, ","))


class _Reader:
    """Reads line by line into sections with their items, and headings over several sections."""

    def __init__(self, family: Family, wraps: _Wraps) -> None:
        self.sections: list[_Section] = []
        self.groups: list[Line] = []
        self.doubts: list[Doubt] = []
        self._family = family
        self._wraps = wraps
        self._item_family: Family | None = None
        self._group: _Section | None = None  # below a heading over several sections
        self._before: Line | None = None

    def read(self, line: Line) -> None:
        mark = self._sure_mark(line)
        self._before = line
        odd = _oddness(mark, self.sections) if mark and mark.family is self._family else None
        if mark and odd is not None and odd != "repeated":
            self._open(_Section(str(mark.number), [replace(line, text=mark.rest)], []))
        elif mark and mark.family is Family.ROMAN and self._family is not Family.ROMAN:
            self._open(_Section(CLOSING, [line], []))
        else:
            self._go_on(line, None if odd else mark)
        if odd:
            self.doubts.append(Doubt(line, odd))

    def end(self) -> None:
        """A last heading without sections below it closes the directive."""
        if self._group and self._group.items:
            self.sections.append(self._group)
            self._group = None
        self._end_group()

    def _sure_mark(self, line: Line) -> Mark | None:
        mark = mark_of(line.text)
        if mark and self._wraps.breaks(self._before) and not self._follows(mark):
            self.doubts.append(Doubt(line, "hyphen"))
            return None
        return mark

    def _follows(self, mark: Mark) -> bool:
        """Whether a mark is the number of the very next section."""
        return mark.family is self._family and not _oddness(mark, self.sections)

    def _open(self, section: _Section) -> None:
        self._end_group()
        self._item_family = None
        if section.number == CLOSING:
            self._group = section
        else:
            self.sections.append(section)

    def _end_group(self) -> None:
        self.groups.extend(self._group.all if self._group else ())
        self._group = None

    def _go_on(self, line: Line, mark: Mark | None) -> None:
        here = self._group or self.sections[-1]
        if mark and self._item_family is None:
            self._item_family = mark.family
        if mark and mark.family is self._item_family:
            here.items.append([replace(line, text=mark.rest)])
        elif self._group and not here.items:
            here.items.append([line])  # a paragraph below the heading
        else:
            here.last.append(line)


def _oddness(mark: Mark, sections: Sequence[_Section]) -> str:
    """How a section's number doesn't follow the last one's: "" where it does."""
    last = int(sections[-1].number) if sections else 0
    if mark.number == last + 1:
        return ""
    return "skipped" if not sections or last < mark.number <= last + SKIP else "repeated"


def _pieces(sections: Sequence[_Section]) -> Iterator[Piece]:
    for section in sections:
        heading = tuple(section.lines)
        if not section.items:
            yield Piece(section.number, (), heading)
        for place, item in enumerate(section.items, 1):
            yield Piece(f"{section.number}.{place}", heading, tuple(item))


def _closing(last: _Section, wrapped: bool, starts_with_agency: Starts) -> Iterator[Piece]:
    """The closing paragraphs, taken out of the last section, where they stand without a number."""
    if last.number == CLOSING:
        return
    lines = last.last
    sure = bool(last.items) and not wrapped  # a paragraph of its own, below dashes
    starts: list[int] = []
    for at in range(1, len(lines)):
        before, line = lines[at - 1], lines[at]
        if mark_of(line.text) or not before.text.endswith(CLOSED) or not _is_capital(line):
            continue
        if sure or _opens_closing(line) or starts_with_agency(line.text):
            starts.append(at)
    if not starts:
        return
    parts = [lines[a:b] for a, b in zip(starts, [*starts[1:], len(lines)], strict=True)]
    del lines[starts[0] :]
    yield from (Piece(f"{CLOSING}.{n}", (), tuple(part)) for n, part in enumerate(parts, 1))


def _is_capital(line: Line) -> bool:
    return line.text[0].isupper()


def _opens_closing(line: Line) -> bool:
    return line.text.lower().startswith(tuple(words()["closing"]))
