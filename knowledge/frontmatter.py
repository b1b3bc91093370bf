"""Reads a Markdown file with YAML front matter, remembering on which line each value stands."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from knowledge.faults import Fault, KnowledgeError

FENCE = "---"
# the C reader where PyYAML was built with it: a hundred articles load in a quarter of the time
Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

Place = tuple[str | int, ...]

# what the reader complains of, and what to do about it
REMEDIES = {
    "mapping values are not allowed": "có dấu hai chấm trong lời, hoặc thiếu xuống dòng: đặt lời trong ngoặc kép",
    "cannot start any token": "dùng dấu cách thay dấu tab; lời bắt đầu bằng @, %, ` thì đặt trong ngoặc kép",
    "tab character": "dùng dấu cách thay dấu tab",
    "unexpected end of stream": "thiếu dấu ngoặc kép đóng",
    "did not find expected ',' or": "thiếu dấu phẩy hoặc ngoặc đóng",
    "did not find expected": "thụt lề không đều, hoặc lời có ngoặc kép ở giữa",
    "undefined alias": "lời bắt đầu bằng dấu *: đặt trong ngoặc kép",
}
DAY = "tag:yaml.org,2002:timestamp"


@dataclass(frozen=True, slots=True)
class Page:
    """A file: its values, its body, and the line of every value by its place, e.g. ("versions", 0, "law")."""

    path: Path
    values: Mapping[str, Any]
    body: str
    body_line: int
    lines: Mapping[Place, int] = field(default_factory=dict)

    def line(self, *place: str | int) -> int:
        """The line of a value, or of the nearest thing around it."""
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place, 1)

    def fault(self, text: str, *place: str | int) -> Fault:
        return Fault(self.path, self.line(*place), text)


def read_page(path: Path) -> Page:
    """The page of a file; KnowledgeError with the file and line where it can't be read."""
    try:
        return parse_page(path, path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError):
        text = "không đọc được tệp: hãy lưu lại tệp với mã UTF-8"
        raise KnowledgeError([Fault(path, 1, text)]) from None


def parse_page(path: Path, text: str) -> Page:
    """The page of a file's text (see `read_page`)."""
    head, _, rest = text.partition("\n")
    front, fence, body = rest.partition(f"\n{FENCE}\n")
    if head.strip() != FENCE or not fence:
        text = "thiếu phần đầu giữa hai dòng ---"
        raise KnowledgeError([Fault(path, 1, text)])
    node, loader = None, Loader(front)
    try:
        node = loader.get_single_node()
        values = loader.construct_document(node) if node else None
    except (yaml.YAMLError, ValueError) as error:
        wrong = list(_impossible_days(node)) or [(_error_line(error), _error_text(error))]
        raise KnowledgeError([Fault(path, line, text) for line, text in wrong]) from None
    finally:
        loader.dispose()
    if not isinstance(values, dict):
        raise KnowledgeError([Fault(path, 2, "phần đầu phải là các dòng «tên: giá trị»")])
    lines: dict[Place, int] = {}
    _note_lines(node, (), lines)
    return Page(path, values, body, front.count("\n") + 4, lines)


def sections(page: Page) -> dict[str, tuple[int, str]]:
    """The parts of the body under `## heading`: heading → (line, text)."""
    found: dict[str, tuple[int, list[str]]] = {}
    current: list[str] | None = None
    for number, line in enumerate(page.body.splitlines(), page.body_line):
        if line.startswith("## "):
            current = []
            found[line[3:].strip()] = (number, current)
        elif current is not None:
            current.append(line)
    return {heading: (number, "\n".join(text).strip()) for heading, (number, text) in found.items()}


def _note_lines(node: yaml.Node | None, place: Place, lines: dict[Place, int]) -> None:
    if node is None:
        return
    lines.setdefault(place, node.start_mark.line + 2)  # the fence is line 1
    children: Sequence[tuple[str | int, yaml.Node]] = ()
    if isinstance(node, yaml.MappingNode):
        children = [(str(key.value), value) for key, value in node.value]
        for key, _ in node.value:
            lines[(*place, str(key.value))] = key.start_mark.line + 2
    elif isinstance(node, yaml.SequenceNode):
        children = list(enumerate(node.value))
    for key, child in children:
        _note_lines(child, (*place, key), lines)


def _error_line(error: Exception) -> int:
    begun = "end of stream" in str(error)  # where what is never closed was opened
    mark = getattr(error, "context_mark" if begun else "problem_mark", None)
    return mark.line + 2 if mark else 1


def _error_text(error: Exception) -> str:
    problem = str(getattr(error, "problem", ""))
    remedy = next(
        (text for said, text in REMEDIES.items() if said in problem), "xem docs/knowledge.md"
    )
    return f"phần đầu viết sai cách: {remedy}"


def _impossible_days(node: yaml.Node | None) -> Iterator[tuple[int, str]]:
    """The lines of what is written like a day and is none: 2026-13-45."""
    if isinstance(node, yaml.ScalarNode) and node.tag == DAY:
        try:
            date.fromisoformat(node.value[:10])
        except ValueError:
            yield node.start_mark.line + 2, f"không có ngày «{node.value}»: viết dạng 2025-12-15"
    for child in node.value if isinstance(node, yaml.CollectionNode) else ():
        for each in child if isinstance(child, tuple) else (child,):
            yield from _impossible_days(each)
