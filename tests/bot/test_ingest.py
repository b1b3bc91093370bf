"""`binhan kb ingest`: a draft and a summary of a paper, or one clear line and exit 2."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.bot.test_cli import ROOT, run
from tests.knowledge.own import put
from tests.knowledge.papers import TEXT, in_word, typed


def test_a_directive_becomes_a_draft_and_a_summary(tmp_path: Path) -> None:
    paper = in_word(tmp_path / "chi-thi.docx")

    done = run("kb", "ingest", str(paper), "--out", str(tmp_path / "drafts"))

    assert done.returncode == 0, done.stderr
    assert len(list((tmp_path / "drafts/ct-tet-2027").glob("*.md"))) == 19
    rows = {line.split()[0]: line for line in done.stdout.splitlines() if line}
    assert "27/CT-UBND" in done.stdout
    assert "ubnd-huyen, cac-so" in rows["1"]
    assert "trước ngày 20/12/2026" in rows["1"]
    assert "fake-goods" in rows["5"]
    assert "closing" in rows
    assert "Mùa lễ năm trước" in done.stdout  # what no clause took


def test_a_draft_in_the_knowledge_is_told_by_check_and_answers_nobody(tmp_path: Path) -> None:
    folder = tmp_path / "knowledge"
    shipped = ROOT / "knowledge"
    folder.mkdir()
    for name in ("articles", "agencies.csv", "hotlines.toml", "texts.vi.toml"):
        (folder / name).symlink_to(shipped / name)
    config = tmp_path / "config.toml"
    config.write_text('[knowledge]\npath = "knowledge"\n', "utf-8")
    paper = typed(tmp_path / "x.txt")

    written = run("kb", "ingest", str(paper), "--config", str(config))
    checked = run("kb", "check", "--config", str(config))
    asked = run("ask", "--config", str(config), "công an tỉnh làm gì theo chỉ thị")

    assert written.returncode == 0, written.stderr
    assert checked.returncode == 1
    assert "directive/ct-tet-2027/9.3.md:1: bản nháp" in checked.stdout
    assert asked.returncode == 0, asked.stderr
    assert "lừa đảo, cho vay nặng lãi" not in asked.stdout


def test_a_folder_that_holds_articles_only_takes_a_directive_too(tmp_path: Path) -> None:
    put(tmp_path / "own")
    config = tmp_path / "config.toml"
    config.write_text('[knowledge]\npath = "own"\n', "utf-8")

    done = run("kb", "ingest", str(typed(tmp_path / "x.txt")), "--config", str(config))

    assert done.returncode == 0, done.stderr
    assert (tmp_path / "own" / "directive" / "ct-tet-2027" / "directive.md").exists()


def test_without_a_folder_of_their_own_nothing_is_written_into_the_program(tmp_path: Path) -> None:
    done = run("kb", "ingest", str(typed(tmp_path / "x.txt")), cwd=ROOT)

    assert_one_line(done)
    assert "knowledge.path" in done.stderr


@pytest.mark.parametrize("text", ["", "Không có mục nào.\n", "\0\1\2"])
def test_what_is_no_directive_is_one_line_and_2(tmp_path: Path, text: str) -> None:
    paper = typed(tmp_path / "x.txt", text)

    done = run("kb", "ingest", str(paper), "--out", str(tmp_path / "drafts"))

    assert_one_line(done)
    assert not (tmp_path / "drafts").exists()


@pytest.mark.parametrize(
    "options",
    [
        ["gone.txt"],
        ["x.txt", "--id", "../x"],
        ["x.txt", "--out", "x.txt"],
        ["x.txt", "--out", "x.txt/below"],
        ["x.odt"],
    ],
)
def test_wrong_use_is_one_line_and_2(tmp_path: Path, options: list[str]) -> None:
    typed(tmp_path / "x.txt")
    typed(tmp_path / "x.odt")
    names = [str(tmp_path / o) if o.startswith(("x", "gone")) else o for o in options]

    assert_one_line(run("kb", "ingest", *names))


def test_a_draft_is_not_overwritten_without_force(tmp_path: Path) -> None:
    paper = typed(tmp_path / "x.txt", TEXT)
    command = ["kb", "ingest", str(paper), "--out", str(tmp_path)]
    run(*command)

    again, forced = run(*command), run(*command, "--force")

    assert_one_line(again)
    assert "--force" in again.stderr
    assert forced.returncode == 0, forced.stderr


def test_asking_does_not_load_what_reads_papers() -> None:
    code = (
        "import sys; from bot.cli import binhan; "
        "binhan.main(['ask', 'pháo'], standalone_mode=False); "
        "assert not {'docx', 'pypdf', 'lxml'} & set(sys.modules)"
    )

    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=False)

    assert done.returncode == 0, done.stderr.decode()


def assert_one_line(done: "subprocess.CompletedProcess[str]") -> None:
    assert done.returncode == 2
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    assert "Traceback" not in done.stderr
