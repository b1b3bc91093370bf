"""An invented directive of an invented province as offices would send it: typed, in Word, printed."""

import html
import shutil
import subprocess
from pathlib import Path

import docx

TEXT = Path(__file__).with_name("invented_directive.txt").read_text("utf-8")
CHROMIUM = next(
    (
        found
        for name in ("chromium", "chromium-browser", "google-chrome")
        if (found := shutil.which(name))
    ),
    None,
)
# one font for every letter: two of them side by side would part the words
STYLE = (
    "p { margin: 4pt 0; text-indent: 1cm; font: 14pt/1.3 DejaVu Serif, serif; text-align: justify }"
)


def typed(path: Path, text: str = TEXT) -> Path:
    path.write_text(text, "utf-8")
    return path


def in_word(path: Path, text: str = TEXT) -> Path:
    """A .docx with the head in a table, as such papers have it, and a page's number in the footer."""
    document = docx.Document()
    left, right, below = _parts(text)
    cells = document.add_table(rows=1, cols=2).rows[0].cells
    cells[0].text, cells[1].text = "\n".join(left), "\n".join(right)
    for line in below:
        document.add_paragraph(line)
    document.sections[0].footer.paragraphs[0].text = "Trang 1"
    document.save(str(path))
    return path


def printed(path: Path, text: str = TEXT) -> Path:
    """A .pdf by the machine's Chromium, which puts the day, the title, the address and the page on each page."""
    left, right, below = ("".join(map(_paragraph, lines)) for lines in _parts(text))
    page = path.with_suffix(".html")
    head = f"<table><tr><td>{left}</td><td>{right}</td></tr></table>"
    page.write_text(f'<meta charset="utf-8"><style>{STYLE}</style>{head}{below}', "utf-8")
    assert CHROMIUM
    options = ["--headless", "--no-sandbox", "--disable-gpu", f"--print-to-pdf={path}"]
    subprocess.run([CHROMIUM, *options, page.as_uri()], check=True, capture_output=True)
    return path


def _parts(text: str) -> tuple[list[str], list[str], list[str]]:
    """The head's left side, its right side, and the lines below."""
    top, below = text.split("\n\n", 1)
    lines = top.splitlines()
    return lines[:3], lines[3:], below.splitlines()


def _paragraph(line: str) -> str:
    return f"<p>{html.escape(line)}</p>" if line else ""
