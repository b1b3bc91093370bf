"""The command line keeps its contract (DESIGN §3): JSON keys, order, exit codes, one clear line."""

import json
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from bot import cli
from bot.commands.ask import answer_line, batch_line
from bot.config import Config
from tests.shipped import ANSWERER

KEYS = [
    "id",
    "outcome",
    "article",
    "topic",
    "clauses",
    "score",
    "directive",
    "choices",
    "flow",
    "emergency",
    "text",
]
TODAY = date(2026, 11, 23)
ROOT = Path(__file__).parents[2]


def run(*arguments: str, stdin: str = "", cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "bot", *arguments]
    return subprocess.run(
        command, input=stdin, cwd=cwd, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        (
            "đốt pháo nổ phạt bao nhiêu",
            {"outcome": "answer", "article": "fireworks-penalty-use", "topic": "fireworks-penalty"},
        ),
        ("sở công thương làm gì", {"clauses": ["5"], "directive": "ct-tet-2024"}),
        ("tôi muốn báo tin", {"outcome": "flow", "flow": "tip"}),
        ("chú em ở ấp 3 làm pháo", {"outcome": "flow", "flow": "tip"}),
        ("đăng ký nhận cảnh báo", {"outcome": "flow", "flow": "subscribe"}),
        ("cứu với nhà em đang cháy", {"outcome": "emergency", "emergency": "114"}),
        ("giá vàng hôm nay", {"outcome": "fallback", "article": None, "choices": []}),
    ],
)
def test_every_key_is_there_whatever_the_outcome(
    question: str, expected: dict[str, object]
) -> None:
    line = answer_line("q1", question, ANSWERER, Config(), TODAY, None)

    assert list(line) == KEYS
    assert {key: line[key] for key in expected} == expected
    assert 0 <= line["score"] <= 1
    assert line["text"]


def test_choices_carry_article_topic_and_title() -> None:
    line = answer_line(None, "xe máy có cồn phạt bao nhiêu", ANSWERER, Config(), TODAY, None)

    assert len(line["choices"]) == 4
    assert all(set(choice) == {"article", "topic", "title"} for choice in line["choices"])


@pytest.mark.parametrize(
    "raw",
    [b"", b"[]", b"3", b'{"id": 1}', b'{"id": 1, "q": 3}', b'{"q": ""}', b"\xff", b"[" * 100_000],
)
def test_a_bad_line_of_a_batch_says_so_in_its_place(raw: bytes) -> None:
    line = batch_line(raw, ANSWERER, Config(), TODAY, None)

    assert set(line) == {"id", "error"}


def test_a_batch_answers_in_order_and_ends_with_1_if_a_line_was_bad() -> None:
    lines = '{"id": "a", "q": "112 là số gì"}\nxx\n{"id": "c", "q": "cháy nhà gọi số mấy"}\n'

    done = run("ask", "--batch", "-", stdin=lines)

    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [answer["id"] for answer in answers] == ["a", None, "c"]
    assert "error" in answers[1]
    assert done.returncode == 1


def test_as_of_answers_by_the_law_of_that_day() -> None:
    done = run("ask", "--as-of", "2024-02-10", "đốt pháo nổ phạt bao nhiêu")

    assert "5–10 triệu" in done.stdout
    assert "20–40 triệu" not in done.stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ["nonsense"],
        ["ask"],
        ["ask", "a", "--batch", "b"],
        ["ask", "--as-of", "tomorrow", "x"],
        ["serve", "--config", "nowhere.toml"],
        ["kb", "check", "--folder", "nowhere"],
    ],
)
def test_wrong_use_is_one_line_and_2(arguments: list[str]) -> None:
    done = run(*arguments)

    assert done.returncode == 2
    assert len(done.stderr.strip().splitlines()) == 1
    assert "Traceback" not in done.stderr


def test_a_wrong_configuration_names_every_key_at_once(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(
        '[server]\nlisten = 8080\npublic_url = "ftp://x"\n[telegram]\nmode = "pigeon"\nspeed = 1\n'
        "[limits]\nbody_bytes = 0\n[colour]\n",
        "utf-8",
    )

    done = run("serve", "--config", str(tmp_path / "config.toml"))

    assert done.returncode == 2
    keys = ("server.listen", "server.public_url", "telegram.mode", "telegram.speed")
    for key in (*keys, "limits.body_bytes", "colour"):
        assert key in done.stderr


def test_values_that_cannot_be_meant_are_all_named(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(
        '[server]\nlisten = "nowhere"\npublic_url = "ftp://x"\n[telegram]\nmode = "pigeon"\n'
        '[limits]\nbody_bytes = 0\n[database]\nurl = "mysql://x"\n[knowledge]\npath = "gone"\n',
        "utf-8",
    )

    done = run("serve", "--config", str(tmp_path / "config.toml"))

    assert done.returncode == 2
    keys = ("server.listen", "server.public_url", "telegram.mode", "limits.body_bytes")
    for key in (*keys, "database.url", "knowledge.path"):
        assert key in done.stderr


def test_a_channel_without_its_secret_is_refused(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("[telegram]\nenabled = true\n", "utf-8")

    done = run("serve", "--config", str(tmp_path / "config.toml"))

    assert done.returncode == 2
    assert "BINHAN_TELEGRAM_TOKEN" in done.stderr


def test_doctor_says_what_is_missing(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("", "utf-8")

    done = run("doctor", "--config", str(tmp_path / "config.toml"))

    assert done.returncode == 1
    assert "office.duty" in done.stdout
    assert (tmp_path / "data/secrets.toml").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("kb eval", "thiếu FILE; xem: binhan kb eval --help"),
        ("kb check --as-of tomorrow", "--as-of: giá trị không hợp lệ; xem: binhan kb check --help"),
        ("kb frobnicate", "không có lệnh «frobnicate»; xem: binhan kb --help"),
        ("kb stats --foo", "không có tuỳ chọn --foo; xem: binhan kb stats --help"),
        ("kb learn 1 2", "thừa tham số; xem: binhan kb learn --help"),
        ("kb replay nothing", "không mở được tệp «nothing»: xem lại tên và quyền đọc"),
    ],
)
def test_a_command_typed_wrongly_is_one_line_that_says_where_to_look(
    typed: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code = cli.run(cli.binhan.main, args=typed.split(), standalone_mode=False, prog_name="binhan")

    assert (code, capsys.readouterr().err) == (2, f"binhan: {said}\n")


def test_the_program_alone_shows_what_it_can_do(capsys: pytest.CaptureFixture[str]) -> None:
    code = cli.run(cli.binhan.main, args=[], standalone_mode=False, prog_name="binhan")

    assert code == 2
    assert capsys.readouterr().err.startswith("Usage: binhan")
