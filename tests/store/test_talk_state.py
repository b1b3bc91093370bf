"""A talk's state may be an older program's, or broken: then the talk is new, never an exception."""

import pytest

from bot.store.talks import from_json, to_json
from handlers.message import Talk


@pytest.mark.parametrize(
    "state",
    [
        "",
        "null",
        "{",
        "[]",
        "[" * 100_000,  # too deep for the reader
        '{"flow": 5}',
        '{"data": 3}',
        '{"offered": 5}',
        '{"at": "x"}',
        '{"at": 1e300}',  # no such year
        '{"at": NaN}',
        '{"subject": 3}',
        '{"subject": {"article": "a"}}',
        '{"subject": {"article": "a", "topic": "t", "slots": 3}}',
        '{"subject": {"article": "a", "topic": "t", "on": "2027-13-01"}}',
    ],
)
def test_a_state_that_cannot_be_read_is_a_new_talk(state: str) -> None:
    assert from_json(state) == Talk()


def test_what_a_newer_program_adds_is_passed_over() -> None:
    assert from_json('{"flow": "tip", "mood": "calm"}') == Talk(flow="tip")


def test_an_empty_talk_takes_no_room() -> None:
    assert to_json(Talk()) == "{}"
