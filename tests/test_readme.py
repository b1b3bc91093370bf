"""The README's commands do what it says."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")
BLOCKS = re.findall(r"```sh\n(.*?)```", README, flags=re.DOTALL)
COMMANDS = [line for block in BLOCKS for line in block.splitlines() if ".venv/bin/binhan" in line]


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_of_the_readme_runs(command: str) -> None:
    here = command.replace(".venv/bin/binhan", f"{sys.executable} -m bot")

    done = subprocess.run(here, shell=True, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S602

    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()


def test_make_offers_what_the_readme_names() -> None:
    shown = subprocess.run(
        ["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True, env=os.environ
    ).stdout

    for target in re.findall(r"`?make (run|test|help|install|\w+)\n", README):
        assert re.search(rf"^{target}\b", shown, flags=re.MULTILINE), target


def test_the_conversation_of_the_readme_is_what_people_hear() -> None:
    talk = re.search(r"```text\n(.*?)```", README, flags=re.DOTALL)
    assert talk
    said = re.findall(r"^bạn> (.*)$", talk[1], flags=re.MULTILINE)
    answers = re.split(r"^bạn> .*$", talk[1], flags=re.MULTILINE)[1:]

    command = [sys.executable, "-m", "bot", "chat"]
    lines = "\n".join(said) + "\n"
    done = subprocess.run(
        command, input=lines, cwd=ROOT, capture_output=True, text=True, check=True
    )

    heard = " ".join(done.stdout.split())
    for answer in answers:
        for part in re.split(r"…", " ".join(answer.split())):
            assert part.strip() in heard
