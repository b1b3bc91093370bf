"""Further ways in which people put what an article answers: `utterances.txt` in the folder of a topic or a directive.

An article's `ask` lines are few and chosen; these are many, and only taught. docs/knowledge.md has the form.
"""

from collections.abc import Collection
from pathlib import Path

from knowledge.faults import Fault, KnowledgeError

FILE = "utterances.txt"
HEADING = "# "
LONGEST = 400  # characters of a line


def load_utterances(folder: Path, known: Collection[str]) -> dict[str, tuple[str, ...]]:
    """The utterances of every topic below a folder by article id; KnowledgeError with every fault.

    `known`: the ids of articles that there are.
    """
    found: dict[str, tuple[str, ...]] = {}
    faults: list[Fault] = []
    for path in sorted(folder.glob(f"*/{FILE}")):
        try:
            for id, lines in read_utterances(path, known).items():
                found[id] = (*found.get(id, ()), *lines)
        except KnowledgeError as error:
            faults.extend(error.faults)
    if faults:
        raise KnowledgeError(faults)
    return found


def read_utterances(path: Path, known: Collection[str]) -> dict[str, tuple[str, ...]]:
    """The utterances of one file by the id above them; KnowledgeError with every fault."""
    found: dict[str, list[str]] = {}
    faults: list[Fault] = []
    under: list[str] | None = None
    for number, line in enumerate(_lines(path), 1):
        if line.startswith(HEADING):
            id = line.removeprefix(HEADING).strip()
            under = found.setdefault(id, [])
            if id not in known:
                text = f"không có «{id}»: sửa dòng «# id» hoặc bỏ cả đoạn"
                faults.append(Fault(path, number, text))
        elif line and under is None:
            faults.append(Fault(path, number, "câu này chưa thuộc bài nào: thêm dòng «# id»"))
        elif len(line) > LONGEST:
            faults.append(Fault(path, number, f"câu quá dài: tối đa {LONGEST} ký tự"))
        elif line and under is not None:
            under.append(line)
    if faults:
        raise KnowledgeError(faults)
    return {id: tuple(dict.fromkeys(lines)) for id, lines in found.items()}


def _lines(path: Path) -> list[str]:
    try:
        return [line.strip() for line in path.read_text("utf-8").splitlines()]
    except (OSError, UnicodeDecodeError):
        raise KnowledgeError([Fault(path, 1, "không đọc được tệp này (cần UTF-8)")]) from None
