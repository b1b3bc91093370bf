"""The bodies a directive gives tasks to: what people call them, and what they are today."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from knowledge.faults import Fault, KnowledgeError
from knowledge.tables import read_table

COLUMNS = ("key", "name", "aliases", "level", "now", "since", "basis", "note")
SINCE = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")  # a year, a month or a day: no more than is known
DISTRICT = (" huyện", " cấp huyện")
SAID_SO = (
    "không còn",
    "nay là",
    "trước",
    "khi đó",
    "vẫn còn",
    "cũ",
)  # a sentence that speaks of what was
SENTENCE = re.compile(r"(?<=[.!?])\s|\n")
SINGLE_SOURCE = "một nguồn"  # how `note` begins where only one source was found


@dataclass(frozen=True, slots=True, kw_only=True)
class Agency:
    """A body. `now`: what it is today; `since`: ISO year, month or day; "" where unchanged."""

    key: str
    name: str
    aliases: tuple[str, ...]
    level: str
    now: str = ""
    since: str = ""
    basis: str = ""
    note: str = ""

    @property
    def single_source(self) -> bool:
        return self.note.startswith(SINGLE_SOURCE)


def became(agency: Agency) -> str:
    """What an agency is today, as a plain sentence; it must have changed."""
    is_now = "nay" if agency.now.startswith("không còn") else "nay là"
    when = f"từ {'/'.join(reversed(agency.since.split('-')))}" if agency.since else ""
    doubt = f"{SINGLE_SOURCE}, cần kiểm lại" if agency.single_source else ""
    aside = "; ".join(part for part in (when, doubt) if part)
    return f"{agency.name} {is_now} {agency.now}{f' ({aside})' if aside else ''}."


def old_names(agency: Agency) -> tuple[str, ...]:
    """What only the body of before was called, in small letters: its name, and its aliases of the district."""
    of_district = (alias for alias in agency.aliases if alias.endswith(DISTRICT))
    short = agency.name.removesuffix(" tỉnh")
    names = dict.fromkeys(name.lower() for name in (agency.name, short, *of_district))
    now = agency.now.lower()
    return tuple(name for name in names if now and " " in name and name not in now)


def gone(text: str, agencies: Iterable[Agency]) -> Iterator[Agency]:
    """The bodies of before that a text names as if they were still there."""
    for sentence in SENTENCE.split(text.lower()):
        if not any(word in sentence for word in SAID_SO):
            yield from (
                agency
                for agency in agencies
                if (pattern := _by_old_name(agency)) and pattern.search(sentence)
            )


@cache
def _by_old_name(agency: Agency) -> re.Pattern[str] | None:
    names = "|".join(map(re.escape, old_names(agency)))
    return re.compile(rf"\b(?:{names})\b") if names else None


def load_agencies(path: Path) -> dict[str, Agency]:
    """The agencies of a CSV file by key; KnowledgeError with every faulty line."""
    rows = read_table(path, COLUMNS)
    faults = [Fault(path, line, text) for line, row in rows for text in _row_faults(row)]
    keys = [row["key"] for _, row in rows]
    doubles = {key for key in keys if keys.count(key) > 1}
    faults += [Fault(path, n, f"trùng key «{r['key']}»") for n, r in rows if r["key"] in doubles]
    if faults:
        raise KnowledgeError(sorted(faults))
    return {row["key"]: _agency(row) for _, row in rows}


def _row_faults(row: Mapping[str, Any]) -> Iterator[str]:
    if None in row or None in row.values():
        yield f"dòng phải có đúng {len(COLUMNS)} cột; ô có dấu phẩy đặt trong ngoặc kép"
        return
    if not row["key"] or not row["name"]:
        yield "thiếu key hoặc name"
    if row["since"] and not SINCE.fullmatch(row["since"]):
        yield "since phải dạng 2025, 2025-07 hoặc 2025-07-01"
    if row["now"] and not row["basis"]:
        yield "có «now» thì phải có «basis»"


def _agency(row: Mapping[str, str]) -> Agency:
    aliases = tuple(alias.strip() for alias in row["aliases"].split(";") if alias.strip())
    plain = {key: row[key].strip() for key in COLUMNS if key != "aliases"}
    return Agency(aliases=aliases, **plain)
