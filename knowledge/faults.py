"""What is wrong with a file of the knowledge, where, and what to do: all faults at once, never the first alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One fault: the file, its line (counted from 1), and a sentence that says the remedy."""

    path: Path
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.text}"


class KnowledgeError(Exception):
    """The knowledge can't be used as it is."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(f"{len(faults)} faults")
        self.faults = tuple(faults)
