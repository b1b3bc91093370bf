"""The scripts of a desk's page, each with the hash that the browser checks it by; modules with all they import."""

import re
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from bot.channels.web.integrity import integrity

HERE = Path(__file__).parent / "static"
# fonts, libsodium and the sealing script: the same as citizens get
SHARED = Path(__file__).parents[1] / "web/static"
SEALING = (
    "vendor/libsodium/libsodium-sumo.js",
    "vendor/libsodium/libsodium-wrappers.js",
    "sealing.js",
)
ON_DEMAND = ("docx", "age")  # folders of what others wrote, loaded when it is wanted
IMPORTED = re.compile(r"""(?:from |import\()"\./([\w-]+\.js)\"""")


@dataclass(frozen=True, slots=True)
class Script:
    url: str
    integrity: str


@dataclass(frozen=True, slots=True)
class Scripts:
    """`plain` run in order; `modules` are fetched beforehand, which checks them; `entry` is a module that runs."""

    plain: tuple[Script, ...]
    modules: tuple[Script, ...]
    entry: Script


def scripts_of(entry: str) -> Scripts:
    """The scripts of a page whose own is `entry`: "login"."""
    first = f"{entry}.js"
    return Scripts(
        plain=tuple(shared(name) for name in SEALING),
        modules=tuple(own(name) for name in sorted(imported(first) - {first})),
        entry=own(first),
    )


def imported(first: str) -> set[str]:
    """A module and all that it imports, and that those import."""
    found, left = set(), [first]
    while left:
        name = left.pop()
        if name not in found:
            found.add(name)
            left += IMPORTED.findall((HERE / name).read_text("utf-8"))
    return found


def on_demand() -> dict[str, str]:
    """Address → hash of the modules that others wrote."""
    files = (file for folder in ON_DEMAND for file in (SHARED / "vendor" / folder).rglob("*.js"))
    scripts = (shared(str(file.relative_to(SHARED))) for file in sorted(files))
    return {script.url: script.integrity for script in scripts}


def _script(folder: Path, address: str, name: str) -> Script:
    return Script(f"{address}/{name}", integrity(folder / name))


own = partial(_script, HERE, "/static/desk")
shared = partial(_script, SHARED, "/static/shared")
