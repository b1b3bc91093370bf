"""Checks our scripts and styles against the oldest browsers that are promised (docs/operations.md names them).

First it tries what it must refuse; what it says then of ours means something.
"""

import os
import subprocess
import sys

from vendor import ROOT, npm

OLDEST = "chrome 109, firefox 115, safari 16.4, ios_saf 16.4"  # browserslist's names
HERE = ROOT / "deploy" / "floor"
OURS = ("bot/web/static", "bot/console/static")
TOO_NEW = "deploy/floor/too-new"


def found(tool: str, paths: list[str]) -> subprocess.CompletedProcess[str]:
    """What a tool says of some files."""
    config = HERE / f"{tool}.config.mjs"
    command = [*npm(), "exec", "--prefix", str(HERE), "--", tool, "--config", str(config), *paths]
    environment = os.environ | {"BROWSERSLIST": OLDEST}
    return subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )


def files(ending: str, folders: tuple[str, ...]) -> list[str]:
    """Our own files below some folders; what others wrote is theirs to look after."""
    all_of_them = (
        file for folder in folders for file in sorted((ROOT / folder).rglob(f"*{ending}"))
    )
    return [str(file.relative_to(ROOT)) for file in all_of_them if "vendor" not in file.parts]


def main() -> int:
    if not (HERE / "node_modules").is_dir():
        subprocess.run([*npm(), "ci", "--silent"], cwd=HERE, check=True)
    faults = 0
    for tool, ending in (("eslint", ".js"), ("stylelint", ".css")):
        if found(tool, files(ending, (TOO_NEW,))).returncode == 0:
            print(f"{tool} does not see what is too new: deploy/floor")
            faults += 1
        said = found(tool, files(ending, OURS))
        if said.returncode:
            print(said.stdout or said.stderr)
            faults += 1
    return min(faults, 1)


if __name__ == "__main__":
    sys.exit(main())
