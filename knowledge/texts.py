"""Every word the service says that is not knowledge: one catalogue, by dotted key, with placeholders."""

import string
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from knowledge.faults import Fault, KnowledgeError
from knowledge.tables import read_toml


@dataclass(frozen=True, slots=True)
class Texts:
    """The catalogue: `texts("ask.fallback", phone="113")`; KeyError for an unknown key or a missing value."""

    by_key: Mapping[str, str]

    def __call__(self, key: str, /, **values: str | int) -> str:
        return self.by_key[key].format_map(values)

    def __contains__(self, key: str) -> bool:
        return key in self.by_key

    def in_language(self, lang: str) -> "Texts":
        """The catalogue with the texts of `[lang.…]` in the place of the Vietnamese ones."""
        return Texts({**self.by_key, **self.table(lang)})

    def table(self, prefix: str) -> dict[str, str]:
        """The texts below a prefix, in the file's order, by the rest of their key."""
        start = f"{prefix}."
        return {k.removeprefix(start): v for k, v in self.by_key.items() if k.startswith(start)}


def placeholders(text: str) -> frozenset[str]:
    """The names that a text wants values for; ValueError where its braces don't match."""
    return frozenset(name for _, name, _, _ in string.Formatter().parse(text) if name)


def load_texts(path: Path) -> Texts:
    """The catalogue of a TOML file; KnowledgeError where it can't be read or holds anything but texts."""
    try:
        by_key = dict(_flat(read_toml(path)))
    except ValueError as error:
        raise KnowledgeError([Fault(path, 1, f"«{error}» phải là một dòng chữ")]) from None
    faults = [
        Fault(path, 1, f"«{key}»: dấu ngoặc {{ }} không khớp")
        for key, text in by_key.items()
        if not _fits(text)
    ]
    if faults:
        raise KnowledgeError(faults)
    return Texts(by_key)


def _fits(text: str) -> bool:
    try:
        placeholders(text)
    except ValueError:
        return False
    return True


def _flat(table: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{key}.")
        elif isinstance(value, str):
            yield f"{prefix}{key}", value.strip()
        else:
            raise ValueError(key)
