"""Kill -9 while a Zalo token is being renewed: it goes on, or says at once that a person must log in."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.cli import binhan
from tests.process.program import Bot, Zalo, fake_zalo, wait_until, zalo_bot

OAUTH = "/v4/oa/access_token"
PERSON = "8400000000000000007"
QUESTION, ANSWER = "đốt pháo nổ phạt bao nhiêu", "20–40 triệu"


@pytest.fixture
def zalo() -> Iterator[Zalo]:
    with fake_zalo() as zalo:
        yield zalo


@pytest.fixture
def bot(zalo: Zalo, tmp_path: Path) -> Iterator[Bot]:
    bot = zalo_bot(tmp_path, zalo.base, quiet_seconds=0.2, questions_per_second=1000)
    bot.environment = {
        **bot.environment,
        "BINHAN_ZALO_OA_REFRESH_TOKEN": zalo.tell("grant")["refresh_token"],
    }
    yield bot
    bot.close()


def begin(bot: Bot, zalo: Zalo) -> None:
    bot.start()
    hook = f"http://127.0.0.1:{bot.port}/webhook/zalo-oa/tinh"
    assert zalo.tell("hook", url=hook) == {"status": 200}


def renewing(bot: Bot, zalo: Zalo, how: str) -> None:
    """The program's first answer needs a token, and the answer to that does not come."""
    begin(bot, zalo)
    zalo.tell("fail", path=OAUTH, how=how)
    zalo.tell("say", person=PERSON, text=QUESTION)


def asked(zalo: Zalo) -> int:
    return int(zalo.state()["oauth_calls"])


def test_killed_before_zalo_saw_the_token_it_is_renewed_at_the_next_start(
    bot: Bot, zalo: Zalo
) -> None:
    renewing(bot, zalo, "slow")
    wait_until(lambda: asked(zalo) == 1)

    bot.kill()
    begin(bot, zalo)

    zalo.hears(PERSON, ANSWER)
    assert zalo.state()["rotations"] == 2  # the grant's, and one


def test_killed_after_zalo_rotated_a_person_is_called_and_a_login_ends_it(
    bot: Bot, zalo: Zalo
) -> None:
    renewing(bot, zalo, "held")
    wait_until(lambda: zalo.state()["rotations"] == 2)

    bot.kill()
    begin(bot, zalo)
    wait_until(lambda: "binhan zalo login tinh" in bot.log.read_text("utf-8"))
    for number in range(5):
        zalo.tell("say", person=PERSON, text=f"112 là số gì, hỏi lần {number}")
    assert asked(zalo) == 2  # the lost one, and one more to know: never a loop

    config, token = str(bot.folder / "config.toml"), zalo.tell("grant")["refresh_token"]
    bot.environment = {k: v for k, v in bot.environment.items() if "REFRESH" not in k}
    ill = CliRunner(env=dict(bot.environment)).invoke(
        binhan, ["zalo", "status", "--config", config], standalone_mode=False
    )
    assert "binhan zalo login tinh" in ill.output
    well = CliRunner(env=dict(bot.environment)).invoke(
        binhan,
        ["zalo", "login", "tinh", "--refresh-token", "--config", config],
        input=f"{token}\n",
        standalone_mode=False,
    )

    assert "Đã giữ token" in well.output
    assert token not in well.output
    zalo.hears(PERSON, ANSWER)  # the running program took the new pair by itself


def test_killed_after_the_pair_was_kept_it_is_used_as_it_is(bot: Bot, zalo: Zalo) -> None:
    begin(bot, zalo)
    zalo.tell("say", person=PERSON, text=QUESTION)
    zalo.hears(PERSON, ANSWER)

    bot.kill()
    begin(bot, zalo)
    zalo.tell("say", person=PERSON, text="/khancap")

    zalo.hears(PERSON, "cấp cứu")
    assert asked(zalo) == 1
    log = bot.log.read_text("utf-8")
    for secret in ("xin-dung-ghi", PERSON, "app-secret", "oa-secret", "đốt pháo"):
        assert secret not in log
