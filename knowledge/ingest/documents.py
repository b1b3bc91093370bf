"""Official papers as their offices send them (.txt, .docx, .pdf) → lines of clean text, or one sentence why not."""

import io
import logging
import unicodedata
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FILE_BYTES = 20_000_000
UNPACKED_BYTES = 50_000_000  # of a .docx: a zip file may hold a thousand times its size
PARTS = 2_000  # files in a .docx
PAGES = 100  # of a .pdf; a directive has ten
PAGE_BYTES = 1_000_000  # of one page's drawing instructions
CHARACTERS = 300_000  # of text; a directive has thirty thousand
WRAPPED = 140  # a text whose lines are all shorter was broken by hand or by a printer

BULLETS = dict.fromkeys((*range(0xE000, 0xF900), 0x25AA, 0x25CF, 0x25A0, 0x2023, 0x27A2), "•")
DASHES = dict.fromkeys(
    (0x2010, 0x2011, 0x2012, 0x2013, 0x2014, 0x2015, 0x2212, 0xFE63, 0xFF0D), "-"
)
AS_WRITTEN = str.maketrans(BULLETS | DASHES)
INVISIBLE = {"Cc", "Cf", "Cs", "Cn"}


class DocumentError(Exception):
    """A paper that can't be taken in. `key`: its words in the catalogue, below `ingest`."""

    def __init__(self, key: str, **values: str | int) -> None:
        super().__init__(key)
        self.key = key
        self.values = values


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line with something on it; `number` counts from 1."""

    number: int
    text: str
    page: int = 1
    after_gap: bool = False  # an empty line stands above it


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A paper's lines; `wrapped`: a paragraph may run over several of them."""

    lines: tuple[Line, ...]
    wrapped: bool


def read_document(path: Path) -> Document:
    """The lines of a paper by its kind; DocumentError where it is too large or can't be read."""
    read = READERS.get(path.suffix.lower())
    if read is None:
        raise DocumentError("kind", name=path.name)
    try:
        if path.stat().st_size > FILE_BYTES:
            raise DocumentError("too_large", name=path.name, most=FILE_BYTES // 1_000_000)
        raw = path.read_bytes()
    except OSError:
        raise DocumentError("unreadable", name=path.name) from None
    try:
        document = read(raw)
    except DocumentError as error:
        raise DocumentError(error.key, **{"name": path.name, **error.values}) from None
    if not document.lines:
        raise DocumentError("no_text", name=path.name)
    return document


def clean_line(text: str) -> str:
    """One way to write a letter, a space, a dash, a bullet; nothing invisible."""
    text = unicodedata.normalize("NFC", text).translate(AS_WRITTEN)
    kept = (
        c if unicodedata.category(c) not in INVISIBLE else " " if c.isspace() else "" for c in text
    )
    return " ".join("".join(kept).split())


def _document(pages: Iterable[Iterable[str]], wrapped: bool | None = None) -> Document:
    """The document of pages of raw lines; `wrapped` None: to be told by the lengths of the lines."""
    lines = []
    number = letters = 0
    for page, raw_lines in enumerate(pages, 1):
        gap = False
        for raw in raw_lines:
            number += 1
            letters += len(raw)
            if letters > CHARACTERS:
                raise DocumentError("too_long", most=CHARACTERS)
            text = clean_line(raw)
            if text:
                lines.append(Line(number=number, text=text, page=page, after_gap=gap))
            gap = not text
    if wrapped is None:
        wrapped = max((len(line.text) for line in lines), default=0) < WRAPPED
    return Document(lines=tuple(lines), wrapped=wrapped)


# .txt


def _read_txt(raw: bytes) -> Document:
    text = _decoded(raw)
    if "\0" in text:
        raise DocumentError("not_text")
    return _document(page.splitlines() for page in text.expandtabs(4).split("\f"))


def _decoded(raw: bytes) -> str:
    marked = raw.startswith((b"\xff\xfe", b"\xfe\xff"))  # what Notepad calls "Unicode"
    try:
        return raw.decode("utf-16" if marked else "utf-8-sig")
    except UnicodeDecodeError:
        raise DocumentError("not_text") from None


# .docx


def _read_docx(raw: bytes) -> Document:
    _refuse_bomb(raw)
    from knowledge.ingest.word_files import (
        paragraphs,  # here, not above: `binhan ask` must not wait for it
    )

    try:
        lines = [line for said in paragraphs(raw) for line in said.split("\n")]
    except Exception:  # whatever the library says of a broken file
        raise DocumentError("broken") from None
    return _document([lines], wrapped=False)


def _refuse_bomb(raw: bytes) -> None:
    """What a part says of its size binds: the zip reader stops there."""
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        raise DocumentError("broken") from None
    if any(part.flag_bits & 1 for part in parts):
        raise DocumentError("locked")
    if len(parts) > PARTS or sum(part.file_size for part in parts) > UNPACKED_BYTES:
        raise DocumentError("bomb", most=UNPACKED_BYTES // 1_000_000)


# .pdf


def _read_pdf(raw: bytes) -> Document:
    if b"%PDF-" not in raw[:1024]:
        raise DocumentError("broken")
    with _quiet("pypdf"):
        try:
            pages = list(_pdf_pages(raw))
        except DocumentError:
            raise
        except Exception:  # whatever the library says of a broken file
            raise DocumentError("broken") from None
    document = _document(pages, wrapped=True)
    if not document.lines:
        raise DocumentError("scan")
    return document


def _pdf_pages(raw: bytes) -> Iterator[list[str]]:
    import pypdf  # here, not above: `binhan ask` must not wait for it

    reader = pypdf.PdfReader(io.BytesIO(raw))
    if reader.is_encrypted and not _unlocked(reader):
        raise DocumentError("locked")
    if len(reader.pages) > PAGES:
        raise DocumentError("pages", most=PAGES)
    for page in reader.pages:
        contents = page.get_contents()
        if contents is not None and len(contents.get_data()) > PAGE_BYTES:
            raise DocumentError("bomb", most=PAGE_BYTES // 1_000_000)
        yield page.extract_text().splitlines()


def _unlocked(reader: Any) -> bool:
    """Whether the empty password opens it, as it does where only printing is forbidden."""
    try:
        return bool(reader.decrypt(""))
    except Exception:  # an unknown cipher, or one whose library is not installed
        return False


@contextmanager
def _quiet(library: str) -> Iterator[None]:
    """A library keeps its complaints about a file to itself: ours is the one line that is shown."""
    log = logging.getLogger(library)
    before = log.level
    log.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        log.setLevel(before)


READERS: dict[str, Callable[[bytes], Document]] = {
    ".txt": _read_txt,
    ".docx": _read_docx,
    ".pdf": _read_pdf,
}
