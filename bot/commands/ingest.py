"""`binhan kb ingest`: next year's directive becomes a draft that a person reviews, without a programmer."""

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

import click

from bot.commands.options import FILE, config_option, day
from bot.commands.publish import own_folder
from bot.config import read_config
from knowledge.ingest.clauses import Draft, DraftClause, ingest
from knowledge.ingest.documents import DocumentError, read_document
from knowledge.ingest.drafts import LEFT_OVER, draft_files, draft_id, why, write_draft
from knowledge.load import load_knowledge
from knowledge.texts import Texts

SHOWN = 70  # letters of a line that was not understood
MOST_SHOWN = 15  # of them; the file has all


@click.command(
    "ingest",
    epilog="Ví dụ: binhan kb ingest chi-thi.docx --out kien-thuc/directive",
    short_help="Đọc một chỉ thị thành bản nháp để duyệt.",
)
@click.argument("file", type=FILE)
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help="Thư mục nhận bản nháp; mặc định: directive trong thư mục kiến thức riêng.",
)
@click.option("--id", "chosen_id", help="Tên thư mục của chỉ thị; mặc định: ct-tet-<năm>.")
@click.option("--force", is_flag=True, help="Thay bản nháp đã có; mục đã duyệt không bao giờ mất.")
@config_option
def kb_ingest(
    file: Path, out: Path | None, chosen_id: str | None, force: bool, config_path: Path | None
) -> None:
    """Đọc chỉ thị (.txt, .docx, .pdf) có đánh số; ghi từng mục, từng gạch đầu dòng thành bản nháp chờ duyệt."""
    config = read_config(config_path)
    out = out or own_folder(config) / "directive"
    knowledge = load_knowledge(config.knowledge_folder)
    texts, agencies = knowledge.texts, knowledge.agencies
    try:
        draft = ingest(read_document(file), agencies)
        id = chosen_id or draft_id(draft, file.stem)
        files = draft_files(draft, id, agencies, texts, day(None))
        target = write_draft(files, out, id, force)
    except DocumentError as error:
        raise click.ClickException(texts(f"ingest.{error.key}", **error.values)) from None
    click.echo("\n".join(summary(draft, texts)))
    click.echo(texts("ingest.written", count=len(draft.clauses), folder=str(target)))


def summary(draft: Draft, texts: Texts) -> Iterator[str]:
    """What was found, a row a section; then every kind of thing that a person must look at."""
    issued = f"{draft.issued:%d/%m/%Y}" if draft.issued else ""
    for name, value in (
        ("number", draft.number),
        ("issued", issued),
        ("issuer", draft.issuer),
        ("title", draft.title),
        ("tet", str(draft.tet or "")),
    ):
        yield texts(f"ingest_head.{name}", value=value or texts("ingest.not_found"))
    yield ""
    yield from table([tuple(texts.table("ingest_column").values()), *rows(draft)])
    yield ""
    yield from not_understood(draft, texts)


def rows(draft: Draft) -> Iterator[tuple[str, ...]]:
    """A row a section: its items, agencies, deadlines and topics."""
    for section, found in groupby(draft.clauses, key=lambda clause: clause.id.partition(".")[0]):
        clauses = list(found)
        items = sum("." in clause.id for clause in clauses)
        yield (
            section,
            str(items or "–"),
            _listed(clauses, "agencies"),
            _listed(clauses, "deadlines"),
            _listed(clauses, "topics"),
        )


def _listed(clauses: list[DraftClause], name: str) -> str:
    values = (value for clause in clauses for value in getattr(clause, name))
    return ", ".join(value for value in dict.fromkeys(values) if value != "directive") or "–"


def table(lines: list[tuple[str, ...]]) -> Iterator[str]:
    """Columns side by side, each as wide as its widest cell, the last one free."""
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        cells = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        yield "  ".join(cells).rstrip()


def not_understood(draft: Draft, texts: Texts) -> Iterator[str]:
    """The lines in no clause, what is oddly numbered, and clauses for which no agency was found."""
    nobody = [clause.id for clause in draft.clauses if not clause.agencies]
    if nobody:
        yield texts("ingest.nobody", ids=", ".join(nobody))
    for doubt in draft.doubts:
        yield texts(
            "ingest.doubt_line",
            number=doubt.line.number,
            why=why(doubt.key, texts),
            text=short(doubt.line.text),
        )
    yield texts("ingest.left", count=len(draft.left), file=LEFT_OVER)
    for one in draft.left[:MOST_SHOWN]:
        number, text = one.line.number, short(one.line.text)
        yield texts("ingest.left_line", number=number, why=why(one.why, texts), text=text)
    if len(draft.left) > MOST_SHOWN:
        yield texts("ingest.left_more", count=len(draft.left) - MOST_SHOWN, file=LEFT_OVER)


def short(text: str) -> str:
    return text if len(text) <= SHOWN else f"{text[:SHOWN].rstrip()}…"
