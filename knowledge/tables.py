"""Reads a CSV file of the knowledge, each row with its line."""

import csv
from collections.abc import Sequence
from pathlib import Path

from knowledge.faults import Fault, KnowledgeError

Row = dict[str, str]


def read_table(path: Path, columns: Sequence[str]) -> list[tuple[int, Row]]:
    """The rows, each with the number of its line; KnowledgeError where it is unreadable or has other columns."""
    try:
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file)
            if tuple(reader.fieldnames or ()) != tuple(columns):
                raise KnowledgeError([Fault(path, 1, f"dòng đầu phải là: {','.join(columns)}")])
            return [(reader.line_num, row) for row in reader]
    except (OSError, UnicodeDecodeError, csv.Error):
        raise KnowledgeError([Fault(path, 1, "không đọc được tệp CSV mã UTF-8")]) from None
