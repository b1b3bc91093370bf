"""Reads a CSV or TOML file of the knowledge; what is wrong has its line."""

import csv
import re
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from knowledge.faults import Fault, KnowledgeError

Row = dict[str, str]
LINE = re.compile(
    r"at line (\d+)"
)  # in what tomllib says; it has no other place for it in this Python


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


def read_toml(path: Path) -> dict[str, Any]:
    """The tables of a TOML file; KnowledgeError where it is unreadable or written wrongly."""
    try:
        content = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        raise KnowledgeError([Fault(path, 1, "không đọc được tệp này (cần UTF-8)")]) from None
    try:
        return tomllib.loads(content)
    except tomllib.TOMLDecodeError as error:
        found = LINE.search(str(error))
        line = int(found[1]) if found else content.count("\n") + 1
        text = "dòng này viết sai cách TOML: xem dấu bằng, dấu nháy, ngoặc, hay tên đã có ở trên"
        raise KnowledgeError([Fault(path, line, text)]) from None
