"""What surrounds a directive's sections on paper: its head and title, each page's number, its signatures."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from itertools import groupby

from knowledge.ingest.documents import Document, Line
from knowledge.ingest.numbering import Family, is_of, mark_of, words

EDGE = 2  # lines at the top and the bottom of a page where its number, header or footer stands
TITLE_LINES = 5
TITLE_LINE = 160  # letters
FULL = 0.8  # of the widest line: so long is one that the printer broke
ENDS = tuple('.;:!?…”"»/')  # after which something new may begin
CLOSED = tuple(".;!?…/")  # after which a paragraph may end


def joined(lines: Iterable[Line]) -> str:
    """Lines as one running text."""
    return " ".join(line.text for line in lines if line.text)


def without_furniture(document: Document) -> tuple[list[Line], list[Line]]:
    """The lines, and those that the printer put on each page: its number, header, footer."""
    pages = [list(page) for _, page in groupby(document.lines, key=lambda line: line.page)]
    edges = [line for page in pages for line in {*page[:EDGE], *page[-EDGE:]}]
    number = re.compile(words()["page"], re.IGNORECASE)
    looked_at = edges if len(pages) > 1 else document.lines
    dropped = {line for line in looked_at if number.fullmatch(line.text)}
    if len(pages) > 1:
        dropped |= _repeated(edges, _without_page, 2)
        dropped |= _repeated(edges, _without_digits, max(3, len(pages) // 2))
    kept = [line for line in document.lines if line not in dropped]
    return kept, sorted(dropped, key=lambda line: line.number)


def _repeated(edges: Sequence[Line], form: Callable[[Line], str], least: int) -> set[Line]:
    """The lines that stand on so many pages in the same form; what is numbered is text all the same."""
    often = Counter(map(form, edges))
    return {line for line in edges if often[form(line)] >= least and not mark_of(line.text)}


def _without_page(line: Line) -> str:
    """A line without its page's number, alone or as in "2/5", at its end."""
    return re.sub(rf"\b{line.page}(?=(\s*/\s*\d+)?\W*$)", "#", line.text, count=1)


def _without_digits(line: Line) -> str:
    return re.sub(r"\d+", "#", line.text)


def around_kind(lines: Sequence[Line]) -> tuple[list[Line], list[Line]]:
    """The lines to the one that says "directive" by itself, and those below; all below where none does."""
    kind = re.compile(rf"\W*(?:{words()['kind']})\W*", re.IGNORECASE)
    for at, line in enumerate(lines):
        if kind.fullmatch(line.text):
            return list(lines[: at + 1]), list(lines[at + 1 :])
        if is_of(line.text, Family.NUMBER):
            break
    return [], list(lines)


def title_of(lines: Sequence[Line], wrapped: bool) -> tuple[list[Line], list[Line]]:
    """The lines of the title, and what is below it."""
    opening = re.compile(rf"(?:{words()['opening']})\b", re.IGNORECASE)
    width = max((len(line.text) for line in lines), default=0)
    most = FULL * width if wrapped else TITLE_LINE
    end = 0
    for at, line in enumerate(lines[:TITLE_LINES]):
        lower = line.text[0].islower()
        runs_on = at == 0 or lower or not (opening.match(line.text) or len(line.text) > most)
        ended = at > 0 and (line.after_gap or lines[at - 1].text.endswith(CLOSED))
        is_text = line.text.endswith(ENDS) or len(line.text) > TITLE_LINE
        if ended or not runs_on or is_text or mark_of(line.text):
            break
        end = at + 1
    return list(lines[:end]), list(lines[end:])


def cut_tail(lines: Sequence[Line]) -> tuple[list[Line], list[Line]]:
    """The sections, and what stands below the text's end: receivers, signature, annexes."""
    tail, end = re.compile(words()["tail"]), re.compile(words()["end"])
    for at, line in enumerate(lines):
        if tail.match(line.text):
            return list(lines[:at]), list(lines[at:])
        if end.search(line.text[-20:]):
            return list(lines[: at + 1]), list(lines[at + 1 :])
    return list(lines), []


def head_of(lines: Sequence[Line]) -> tuple[list[Line], list[Line]]:
    """The lines above the title that say something, and the others."""
    said = re.compile(r"\w")
    known = [line for line in lines if said.search(line.text)]
    return known, [line for line in lines if not said.search(line.text)]


def number_of(lines: Iterable[Line]) -> str:
    """The directive's number; "" where the head names none."""
    match = re.search(words()["number"], joined(lines), re.IGNORECASE)
    return re.sub(r"\s+", "", match[1]) if match else ""


def issued_on(lines: Iterable[Line]) -> date | None:
    """The day under the motto; None where there is none."""
    match = re.search(words()["dated"], joined(lines), re.IGNORECASE)
    try:
        return date(int(match[3]), int(match[2]), int(match[1])) if match else None
    except ValueError:
        return None


def issuer_of(lines: Sequence[Line]) -> str:
    """The name in capitals above the number; beside the nation's motto or not."""
    said = []
    for line in lines[:-1]:  # the last one says what paper it is
        plain = re.sub(words()["motto"], "", line.text, flags=re.IGNORECASE).strip(" -_*")
        if plain and plain == plain.upper() and re.search(r"[^\W\d]", plain):
            said.append(plain)
        elif said and plain:
            break
    return " ".join(said)
