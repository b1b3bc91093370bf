"""`binhan officer` and `binhan audit`, as an administrator types them."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.cli import binhan, run


class Admin:
    """Somebody at the machine, with a configuration of their own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.config = folder / "config.toml"
        self.config.write_text('[console]\npublic_url = "https://desk.example.vn"\n', "utf-8")

    def types(self, *words: str) -> Result:
        return CliRunner().invoke(
            binhan, [*words, "--config", str(self.config)], standalone_mode=False
        )

    def adds(self, login: str, area: str = "ben-sao") -> Result:
        who = ("--name", "Nguyễn Thị Lan", "--role", "duty", "--area", area)
        return self.types("officer", "add", login, *who)


@pytest.fixture
def admin(tmp_path: Path) -> Admin:
    return Admin(tmp_path)


def test_an_invitation_is_a_link_whose_code_no_server_logs(admin: Admin) -> None:
    said = admin.adds("lan.nt").output

    assert re.search(r"https://desk\.example\.vn/moi#[\w-]{32}\n", said)
    assert "72 giờ" in said


def test_an_officer_is_added_once_listed_disabled_and_invited_again(admin: Admin) -> None:
    admin.adds("lan.nt")
    again = admin.adds("lan.nt")
    waiting = admin.types("officer", "list").output
    admin.types("officer", "disable", "lan.nt")
    closed = admin.types("officer", "list").output
    back = admin.types("officer", "reinvite", "lan.nt").output

    assert "đã có tài khoản «lan.nt»" in str(again.exception)
    assert "chưa nhận lời mời" in waiting
    assert "đã khoá" in closed
    assert "/moi#" in back


@pytest.mark.parametrize(
    ("login", "area", "why"),
    [
        ("Lan", "ben-sao", "LOGIN"),  # a capital letter
        ("lan", "khong-co-xa-nay", "--area"),  # no such commune
        ("lan", "ben-sao-khu-cau-da", "--area"),  # a hamlet has no desk
    ],
)
def test_wrong_use_says_what_is_wrong(admin: Admin, login: str, area: str, why: str) -> None:
    assert why in str(admin.adds(login, area).exception)


def test_an_unknown_officer_is_said_with_the_remedy(admin: Admin) -> None:
    assert "binhan officer list" in str(admin.types("officer", "disable", "ai-do").exception)


def test_the_log_is_verified_and_a_noted_head_is_found_again(
    admin: Admin, capsys: pytest.CaptureFixture[str]
) -> None:
    admin.adds("lan.nt")
    first = admin.types("audit", "verify")
    head = re.search(r"Đầu chuỗi: (\S+)", first.output)
    assert head
    admin.types("officer", "disable", "lan.nt")

    assert admin.types("audit", "verify", "--head", head[1]).return_value == 0
    assert admin.types("audit", "verify", "--head", "1:0000").return_value == 1


def test_mistakes_are_one_line_and_exit_2(admin: Admin, capsys: pytest.CaptureFixture[str]) -> None:
    code = run(
        binhan.main,
        args=["officer", "disable", "ai-do", "--config", str(admin.config)],
        standalone_mode=False,
    )

    assert code == 2
    assert capsys.readouterr().err.count("\n") == 1
