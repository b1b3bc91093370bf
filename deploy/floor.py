"""Checks our scripts and styles against the oldest browsers that are promised (docs/operations.md names them).

First it tries what it must refuse; what it says then of ours means something.
"""

import os
import subprocess
import sys

from vendor import ROOT, npm, program

NODE = 22  # the oldest that the tools below promise to run on
TOOLS = {
    ".js": ("eslint", "eslint/bin/eslint.js"),
    ".css": ("stylelint", "stylelint/bin/stylelint.mjs"),
}
OLDEST = "chrome 109, firefox 115, safari 16.4, ios_saf 16.4"  # browserslist's names
HERE = ROOT / "deploy" / "floor"
OURS = ("bot/web/static", "bot/console/static")
TOO_NEW = "deploy/floor/too-new"


def found(ending: str, paths: list[str]) -> subprocess.CompletedProcess[str]:
    """What the tool for files of an ending says of some of them."""
    name, script = TOOLS[ending]
    config = HERE / f"{name}.config.mjs"
    command = [*program("node", NODE), str(HERE / "node_modules" / script)]
    environment = os.environ | {"BROWSERSLIST": OLDEST}
    return subprocess.run(
        [*command, "--config", str(config), *paths],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def files(ending: str, folders: tuple[str, ...]) -> list[str]:
    """Our own files below some folders; what others wrote is theirs to look after."""
    all_of_them = (
        file for folder in folders for file in sorted((ROOT / folder).rglob(f"*{ending}"))
    )
    return [str(file.relative_to(ROOT)) for file in all_of_them if "vendor" not in file.parts]


def main() -> int:
    if not (HERE / "node_modules").is_dir():
        subprocess.run([*npm(NODE), "ci", "--silent"], cwd=HERE, check=True)
    faults = 0
    for ending in TOOLS:
        control = found(ending, files(ending, (TOO_NEW,)))
        if TOO_NEW not in control.stdout + control.stderr:
            print(f"what is too new is not seen: deploy/floor, {ending}")
            faults += 1
        said = found(ending, files(ending, OURS))
        if said.returncode:
            print(said.stdout + said.stderr)
            faults += 1
    return min(faults, 1)


if __name__ == "__main__":
    sys.exit(main())
