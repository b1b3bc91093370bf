"""A wheel holds all it needs, and one without its front-end files is not built."""

import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

from knowledge.article import in_language
from knowledge.learned import digest
from knowledge.triage import sense
from tests.shipped import KNOWLEDGE

ROOT = Path(__file__).parents[2]
BUILD = [sys.executable, "-m", "build", "--no-isolation", "--wheel", "--outdir"]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run([*BUILD, str(folder), str(ROOT)], check=True, capture_output=True)
    return next(folder.glob("*.whl"))


def test_a_wheel_holds_knowledge_texts_pages_and_fonts(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())

    assert "knowledge/texts.vi.toml" in names
    assert "knowledge/articles/fireworks-penalty/fireworks-penalty-use.md" in names
    assert "knowledge/directive/ct-tet-2024/9.3.md" in names
    assert "bot/store/migrations/0001_start.sql" in names
    assert any(name.startswith("bot/web/templates/") for name in names)
    assert any(name.endswith("vietnamese-400-normal.woff2") for name in names)


def test_a_wheel_carries_what_was_learnt_of_this_knowledge_and_nothing_older(wheel: Path) -> None:
    known = KNOWLEDGE
    english = in_language(known.articles.values(), "en")
    current = {f"{digest(known.searched())}.npz", f"{digest(english)}.npz", sense.file().name}

    names = (Path(name) for name in zipfile.ZipFile(wheel).namelist())

    assert {path.name for path in names if path.suffix == ".npz"} == current


def test_an_installed_wheel_answers(wheel: Path, tmp_path: Path) -> None:
    """Its dependencies come from this environment: the lock is what CI installs them by."""
    venv.create(tmp_path / "env", with_pip=False)
    python = tmp_path / "env/bin/python"
    site = next((tmp_path / "env/lib").glob("python3*/site-packages"))
    zipfile.ZipFile(wheel).extractall(site)
    mine = Path(next(path for path in sys.path if path.endswith("site-packages")))
    for package in mine.iterdir():
        if not (site / package.name).exists() and "binhan" not in package.name:
            (site / package.name).symlink_to(package)

    command = [
        str(python),
        "-c",
        "from bot.cli import main; main()",
        "ask",
        "đốt pháo nổ phạt bao nhiêu",
    ]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=True)

    assert "20–40 triệu" in done.stdout


def test_a_wheel_without_its_front_end_files_is_not_built(tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    tree.mkdir()
    for name in (
        "pyproject.toml",
        "README.md",
        "LICENSE",
        "deploy",
        "bot",
        "handlers",
        "knowledge",
        "scheduler",
    ):
        (tree / name).symlink_to(ROOT / name)
    (tree / "bot").unlink()
    (tree / "bot").mkdir()
    (tree / "bot/__init__.py").symlink_to(ROOT / "bot/__init__.py")

    done = subprocess.run(
        [*BUILD, str(tmp_path / "dist"), str(tree)], capture_output=True, text=True, check=False
    )

    assert done.returncode != 0
    assert "make vendor" in done.stdout + done.stderr
