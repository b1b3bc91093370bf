"""The telephone numbers that may be shown, each with the day it was last checked."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from knowledge.faults import Fault, KnowledgeError
from knowledge.tables import read_toml


@dataclass(frozen=True, slots=True, kw_only=True)
class Hotline:
    """A number: `name` is who answers, `use` what it is for, `since` the first day it may be named."""

    number: str
    name: str
    use: str
    source: str
    checked: date
    since: date = date.min


def load_hotlines(path: Path) -> dict[str, Hotline]:
    """The hotlines of a TOML file by number; KnowledgeError where it can't be used."""
    try:
        return {line["number"]: Hotline(**line) for line in read_toml(path)["hotline"]}
    except (KeyError, TypeError):
        remedy = "mỗi [[hotline]] cần number, name, use, source, checked"
        raise KnowledgeError([Fault(path, 1, remedy)]) from None
