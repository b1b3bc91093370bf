"""A report as a workbook: what officers hand up and sort further; every sum is a formula over the rows it adds."""

from collections.abc import Callable, Sequence
from io import BytesIO

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from handlers.report import REPORTED, Report, why
from knowledge.texts import Texts

# what people wrote stays what it is: no formula, no link
OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
Name = Callable[[str], str]
Cell = str | int | float


def workbook(report: Report, texts: Texts, area_name: Name) -> bytes:
    """The .xlsx: the summary, recipients by commune and channel, reasons, households by hamlet."""
    out = BytesIO()
    with xlsxwriter.Workbook(out, OPTIONS) as book:
        bold = book.add_format({"bold": True, "bottom": 1, "text_wrap": True})
        strong = book.add_format({"bold": True, "top": 1})

        def page(key: str, head: Sequence[str], rows: Sequence[Sequence[Cell]], sums: int) -> None:
            """A sheet with a head; its last `sums` columns are added up below."""
            sheet = book.add_worksheet(texts(f"report.sheet_{key}"))
            sheet.write_row(0, 0, head, bold)
            sheet.freeze_panes(1, 0)
            for place, row in enumerate(rows, 1):
                sheet.write_row(place, 0, row)
            for column, name in enumerate(head):
                sheet.set_column(column, column, max(12, min(48, len(name) + 4)))
            if sums and rows:
                columns = range(len(head) - sums, len(head))
                _add_up(sheet, rows, columns, texts("report.total"), strong)

        page("summary", [texts("report.what"), texts("report.value")], summary(report, texts), 0)
        page(
            "lines",
            [
                texts("report.area"),
                texts("report.channel"),
                *(texts(f"delivery.{state}") for state in REPORTED),
                texts("report.audience"),
            ],
            [
                [
                    area_name(line.area),
                    texts(f"channel.{line.channel}"),
                    *(line[state] for state in REPORTED),
                    line.audience,
                ]
                for line in report.lines
            ],
            len(REPORTED) + 1,
        )
        page(
            "reasons",
            [texts(f"report.{key}") for key in ("channel", "state", "reason", "count")],
            [
                [
                    texts(f"channel.{each.channel}"),
                    texts(f"delivery.{each.state}"),
                    why(each.reason, texts),
                    each.count,
                ]
                for each in report.reasons
            ],
            1,
        )
        page(
            "hamlets",
            [texts(f"report.{key}") for key in ("area", "hamlet", "households", "told")],
            [
                [area_name(each.area.parent or ""), each.area.name, each.area.households, each.told or 0]
                for each in report.hamlets
            ],
            2,
        )  # fmt: skip
    return out.getvalue()


def summary(report: Report, texts: Texts) -> list[tuple[str, Cell]]:
    """What and how much, for the head of a report on any paper."""
    told = report.broadcast
    rows: list[tuple[str, Cell]] = [
        (texts("report.title"), told.title or told.text.replace("**", "").partition("\n")[0]),
        (texts("report.stage"), texts(f"stage.{told.stage}")),
        (texts("report.audience"), report.total.audience),
        *((texts(f"delivery.{state}"), report.total[state]) for state in REPORTED),
        (texts("report.seen"), report.tally.seen),
        (texts("report.households"), report.households),
        (texts("report.told"), report.households_told),
    ]
    if report.took is not None:
        rows.append((texts("report.minutes"), round(report.took.total_seconds() / 60, 1)))
    if report.per_minute is not None:
        rows.append((texts("report.per_minute"), round(report.per_minute)))
    return rows


def _add_up(
    sheet: Worksheet, rows: Sequence[Sequence[Cell]], columns: range, label: str, strong: object
) -> None:
    """A row of sums; the value stands beside each formula, for viewers that don't calculate."""
    end = len(rows) + 1
    sheet.write(end, 0, label, strong)
    for column in columns:
        letter = xlsxwriter.utility.xl_col_to_name(column)
        value = sum(row[column] for row in rows)  # type: ignore[misc]
        sheet.write_formula(end, column, f"=SUM({letter}2:{letter}{end})", strong, value)
