"""`binhan zalo`: consent, state, and what the real Zalo does otherwise; by hand, against the fake as a process."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.cli import binhan
from bot.commands.zalo import _code_of
from bot.config import Config, Secret, Secrets, ZaloApp, ZaloOa, missing_secrets, read_secrets
from tests.fakes.zalo import APP_ID, APP_SECRET
from tests.process.program import Zalo, fake_zalo

PERSON = "8400000000000000007"
Run = Callable[..., Result]


@pytest.fixture
def zalo() -> Iterator[Zalo]:
    with fake_zalo() as zalo:
        yield zalo


@pytest.fixture
def run(zalo: Zalo, tmp_path: Path) -> Run:
    """Runs `binhan zalo …` on an empty folder."""
    config = tmp_path / "config.toml"
    config.write_text(
        f'[[zalo_oa]]\narea = "tinh-mau"\nenabled = true\napi_base = "{zalo.base}"\noauth_base = "{zalo.base}"\n'
    )
    env = {"BINHAN_ZALO_OA_APP_ID": APP_ID, "BINHAN_ZALO_OA_SECRET": APP_SECRET}

    def run(*arguments: str, said: str = "") -> Result:
        command = ["zalo", *arguments, "--config", str(config)]
        return CliRunner(env=env).invoke(binhan, command, input=said, standalone_mode=False)

    return run


def logged_in(zalo: Zalo, run: Run) -> Result:
    return run("login", "tinh-mau", "--refresh-token", said=zalo.tell("grant")["refresh_token"])


def test_a_consent_is_asked_for_and_kept(zalo: Zalo, run: Run) -> None:
    shown = run("login", "tinh-mau", said="http://x/?none=1\n")
    (challenge,) = re.findall(r"Code Challenge: +(\S+)", shown.output)
    code = zalo.tell("code", challenge=challenge)["code"]

    done = run(
        "login", "tinh-mau", said=f"http://127.0.0.1:8080/zalo-oa/xong?code={code}&oa_id=4\n"
    )

    assert "Đã giữ token" in done.output
    assert "Công an tỉnh Mẫu" in done.output
    assert run("status").return_value == 0


def test_an_address_of_another_consent_is_refused() -> None:
    with pytest.raises(Exception, match="lần xin phép khác"):
        _code_of("http://x/?code=abc&state=theirs", "ours")

    assert _code_of("http://x/?code=abc&state=ours", "ours") == "abc"


@pytest.mark.parametrize("account", ["tinh-mau", "xa-khac"])
def test_without_a_login_each_command_says_what_to_do(run: Run, account: str) -> None:
    found = run("probe", account)

    if account == "tinh-mau":
        assert run("status").return_value == 1
        assert "binhan zalo login tinh-mau" in run("status").output
    else:
        assert "không có tài khoản Zalo «xa-khac»" in str(found.exception)


def test_a_used_token_is_refused_in_one_clear_line(zalo: Zalo, run: Run) -> None:
    token = zalo.tell("grant")["refresh_token"]
    assert "Đã giữ token" in run("login", "tinh-mau", "--refresh-token", said=token).output

    again = run("login", "tinh-mau", "--refresh-token", said=token)

    assert "Zalo từ chối" in str(again.exception)
    assert run("status").return_value == 0  # what was kept is still there


def test_a_deaf_webhook_is_noticed_by_what_people_said(zalo: Zalo, run: Run) -> None:
    logged_in(zalo, run)
    assert run("status").return_value == 0
    zalo.tell("pass", hours=-0.5)
    zalo.tell("say", person=PERSON, text="có ai không")
    zalo.tell("pass", hours=0.5)

    found = run("status")

    assert found.return_value == 1
    assert "webhook im" in found.output


def test_the_probe_finds_nothing_where_zalo_is_as_supposed(zalo: Zalo, run: Run) -> None:
    logged_in(zalo, run)
    zalo.tell("say", person=PERSON, text="chào")
    zalo.tell("oa", per_minute=2000)

    found = run("probe", "tinh-mau", "--person", PERSON)

    assert "≠" not in found.output
    assert "= Sáu nút: -210" in found.output
    assert "Phải tự tay thử" in found.output
    assert found.return_value == 0


def test_the_probe_says_what_is_otherwise(zalo: Zalo, run: Run) -> None:
    logged_in(zalo, run)
    zalo.tell("say", person=PERSON, text="chào")
    zalo.tell("oa", oa_type=4, verified=False, per_minute=300)

    found = run("probe", "tinh-mau", "--person", PERSON)

    assert "= Gửi chữ: 0 trên /v2.0/oa/message" in found.output
    assert "≠ Dấu tích: chưa xác thực" in found.output
    assert "≠ Lệnh gọi/phút: 300" in found.output
    assert found.return_value == 1


def test_a_token_that_is_used_twice_costs_nothing_but_tells_its_error(zalo: Zalo, run: Run) -> None:
    logged_in(zalo, run)

    found = run("probe", "tinh-mau", "--refresh-twice")

    assert "= Token dùng hai lần: lỗi -14999" in found.output
    assert run("status").return_value == 0  # the new pair was kept first


def test_accounts_have_apps_of_their_own_or_the_common_one(tmp_path: Path) -> None:
    config = Config(zalo_oa=(ZaloOa(area="tinh-mau"), ZaloOa(name="xa-hai")), folder=tmp_path)
    environment = {
        "BINHAN_ZALO_OA_APP_ID": "1",
        "BINHAN_ZALO_OA_SECRET": "chung",
        "BINHAN_ZALO_OA_XA_HAI_SECRET": "rieng",
    }

    apps = read_secrets(config, environment).zalo_oa

    assert [(app.app_id, app.secret.reveal()) for app in apps.values()] == [
        ("1", "chung"),
        ("1", "rieng"),
    ]
    assert "chung" not in str(apps)


def test_accounts_of_one_app_need_their_numbers() -> None:
    """Their events come to one address, and nothing else tells them apart."""
    app = ZaloApp(app_id="1", secret=Secret("x"))
    oas = (ZaloOa(name="a", enabled=True), ZaloOa(name="b", enabled=True, oa_id="42"))

    (fault,) = missing_secrets(Config(zalo_oa=oas), Secrets(zalo_oa={"a": app, "b": app}))

    assert "«a»: cần oa_id" in fault
