"""A log line holds events and identifiers, never what a person or an exception said."""

import json
import logging

from bot.config import Secret
from bot.logs import JsonLines, incident


def line(record: logging.LogRecord) -> dict[str, object]:
    return dict(json.loads(JsonLines().format(record)))


def record(name: str, message: str, **more: object) -> logging.LogRecord:
    made = logging.LogRecord(name, logging.INFO, __file__, 1, message, (), None)
    for key, value in more.items():
        setattr(made, key, value)
    return made


def test_an_event_carries_only_what_is_allowed() -> None:
    shown = line(record("bot.service", "message failed", channel="web", text="lời của người dân"))

    assert shown["event"] == "message failed"
    assert shown["channel"] == "web"
    assert "lời của người dân" not in str(shown)


def test_an_exception_is_its_type_and_frames() -> None:
    try:
        raise ValueError("lời của người dân")
    except ValueError as error:
        made = record("bot.service", "message failed")
        made.exc_info = (ValueError, error, error.__traceback__)

    shown = line(made)

    assert shown["error"] == "ValueError"
    assert "test_logs.py" in str(shown["frames"])
    assert "lời của người dân" not in str(shown)


def test_what_other_libraries_say_is_not_repeated() -> None:
    assert "4242:token" not in str(line(record("aiohttp.server", "GET /bot4242:token/x")))


def test_an_incident_is_told_with_the_line() -> None:
    token = incident.set("abcd1234")

    assert line(record("bot.service", "message failed"))["incident"] == "abcd1234"
    incident.reset(token)


def test_a_secret_prints_as_stars() -> None:
    secret = Secret("4242:token")

    assert "token" not in f"{secret} {secret!r} {secret!s} {[secret]} {secret:>20}"
    assert secret.reveal() == "4242:token"
