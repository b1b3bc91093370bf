"""ES modules as a browser takes them without a bundler: what a module imports comes along, by relative addresses."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

IMPORT = re.compile(r"""^((?:import|export)\b[^"'`;]*?\bfrom\s*)(["'])([^"']+)\2""", re.MULTILINE)
ENTRIES = {"@scure/base": "@scure/base/index.js"}  # packages that are imported by their bare name


def gathered(modules: Path, entry: str) -> dict[str, str]:
    """An entry (a path inside node_modules) and all that it imports: path → text with relative imports."""
    found: dict[str, str] = {}
    waiting = [entry]
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        text = (modules / name).read_text("utf-8")
        waiting += imported(name, text)
        found[name] = IMPORT.sub(lambda match, here=name: _relative(match, here), text)
    return found


def imported(name: str, text: str) -> Iterator[str]:
    """The paths inside node_modules that a module's imports mean."""
    for match in IMPORT.finditer(text):
        yield _meant(match[3], name)


def _relative(match: "re.Match[str]", here: str) -> str:
    to = os.path.relpath(_meant(match[3], here), os.path.dirname(here))
    return f'{match[1]}"{to if to.startswith(".") else "./" + to}"'


def _meant(name: str, here: str) -> str:
    if name.startswith("."):
        return os.path.normpath(os.path.join(os.path.dirname(here), name))
    return ENTRIES.get(name, name)
