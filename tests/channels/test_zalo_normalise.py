"""An event as it is read: whatever shape it has, nothing is raised, and no name is decoded."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.channels.fields import decode
from bot.channels.zalo_oa.normalise import Event, Reader, Reason
from handlers.message import Chat, Kind

NOW = datetime(2026, 11, 25, 8, 0, tzinfo=UTC)
STAMP = str(int(NOW.timestamp() * 1000))
READ = Reader(account="tinh", oa_id="42")
PERSON = "8412345678901234567890"  # longer than a number of JavaScript's
CHAT = Chat("zalo_oa", "tinh", PERSON)


def event(name: str = "user_send_text", message: Any = None, **more: Any) -> dict[str, Any]:
    return {
        "app_id": "36",
        "sender": {"id": PERSON},
        "recipient": {"id": "42"},
        "event_name": name,
        "message": {"msg_id": "m1", **(message or {})},
        "timestamp": STAMP,
        **more,
    }


def said(message: Any = None, name: str = "user_send_text") -> tuple[Kind, str]:
    found = READ(event(name, message), NOW).message
    assert found is not None
    assert found.chat == CHAT
    return found.kind, found.text


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("image", Kind.PHOTO),
        ("audio", Kind.VOICE),
        ("sticker", Kind.STICKER),
        ("gif", Kind.STICKER),
        ("video", Kind.OTHER),
        ("file", Kind.OTHER),
        ("location", Kind.OTHER),
        ("business_card", Kind.OTHER),
    ],
)
def test_each_kind_of_message_is_told_apart(kind: str, expected: Kind) -> None:
    media = {"attachments": [{"type": kind, "payload": {"url": "https://x.zdn.vn/1"}}]}

    assert said(media, f"user_send_{kind}") == (expected, "")
    assert said({**media, "text": "kèm lời"}, f"user_send_{kind}") == (expected, "kèm lời")


def test_a_link_without_words_is_its_address() -> None:
    link = {"attachments": [{"type": "link", "payload": {"url": "https://lua.dao/x"}}]}

    assert said(link, "user_send_link") == (Kind.TEXT, "https://lua.dao/x")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("chào", (Kind.TEXT, "chào")),
        ("#a:fireworks-buy", (Kind.PRESS, "#a:fireworks-buy")),  # a press, or typed: the same
        ("#n:a:fireworks-buy", (Kind.PRESS, "#n:a:fireworks-buy")),
        ("#cb-suoi-guong", (Kind.TEXT, "#cb-suoi-guong")),  # a poster's code
        ("#1 là gì", (Kind.TEXT, "#1 là gì")),
        ("a:fireworks-buy", (Kind.TEXT, "a:fireworks-buy")),
    ],
)
def test_a_press_that_comes_back_as_text_is_understood(
    text: str, expected: tuple[Kind, str]
) -> None:
    assert said({"text": text}) == expected


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (None, Reason.JSON),
        ([], Reason.JSON),
        ({}, Reason.JSON),
        ({"event_name": 3}, Reason.JSON),
        (event(timestamp=""), Reason.OLD),
        (event(timestamp=int(STAMP)), Reason.OLD),
        (event(timestamp="9" * 5000), Reason.OLD),
        (event(timestamp=str(int(STAMP) - 25 * 3_600_000)), Reason.OLD),
        (event(timestamp=str(int(STAMP) + 3_600_000)), Reason.OLD),
        (event(recipient={"id": "43"}), Reason.OTHER_OA),
        (event(sender={"id": 8412345678901234567890}), Reason.CHAT),
        (event(sender={"id": "../x"}), Reason.CHAT),
        (event(sender=None), Reason.CHAT),
        (event(message={"msg_id": ""}), Reason.ID),
        (event(message={"msg_id": ["a"]}), Reason.ID),
        (event(message={"text": "\0 "}), Reason.EMPTY),
        (event("user_submit_info", info={"name": "TÊN"}), Reason.KIND),
        (event("user_send_group_text"), Reason.KIND),
        (event("anonymous_send_text"), Reason.KIND),
        (event("oa_send_text", sender={"id": "42"}, recipient={"id": PERSON}), Reason.ECHO),
    ],
)
def test_what_says_nothing_to_us_says_why(raw: object, reason: Reason) -> None:
    assert READ(raw, NOW) == Event(reason=reason)


def test_a_clock_that_is_a_little_ahead_is_ours() -> None:
    ahead = str(int((NOW + timedelta(minutes=1)).timestamp() * 1000))

    found = READ(event(message={"text": "x"}, timestamp=ahead), NOW).message

    assert found is not None
    assert found.at == NOW


def test_a_follow_has_an_id_of_its_own_that_is_the_same_again() -> None:
    raw = {"event_name": "follow", "oa_id": "42", "follower": {"id": PERSON}, "timestamp": STAMP}

    first, again = READ(raw, NOW), READ(raw, NOW + timedelta(minutes=30))

    assert first.message
    assert again.message
    assert first.message.id == again.message.id
    assert (first.message.kind, first.message.chat) == (Kind.JOIN, CHAT)


def test_a_person_who_asks_to_be_deleted_leaves() -> None:
    found = READ(event("user_withdraw"), NOW).message

    assert found
    assert found.kind is Kind.LEAVE


def test_a_human_of_the_office_is_told_from_our_echo() -> None:
    echo = event("oa_send_text", sender={"id": "42", "admin_id": "7"}, recipient={"id": PERSON})

    assert READ(echo, NOW) == Event(human=CHAT)


def test_what_was_seen_is_ids() -> None:
    seen = event("user_seen_message", {"msg_ids": ["a1", 3, "", "b2"]})

    assert READ(seen, NOW).seen == ("a1", "b2")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
NAMES = st.sampled_from(
    ["user_send_text", "user_send_link", "follow", "user_seen_message", "oa_send_text"]
)
PARTS = st.dictionaries(
    st.sampled_from(
        ["sender", "recipient", "message", "follower", "timestamp", "oa_id", "event_name"]
    ),
    JSON | st.fixed_dictionaries({"id": JSON, "msg_id": JSON, "attachments": JSON, "text": JSON}),
)


def check_hostile(name: str, parts: dict[str, Any]) -> None:
    body = json.dumps({**event(name), **parts}).encode()

    found = READ(decode(body), NOW)

    assert [bool(found.message), bool(found.reason), bool(found.human)].count(True) <= 1
    if found.message is not None:
        found.message.text.encode()  # no lone surrogate is left
        assert "\0" not in found.message.text
        assert NOW - timedelta(days=1) <= found.message.at <= NOW
        assert len(found.message.chat.id) <= 64


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(NAMES, PARTS)
def test_no_event_does_harm(name: str, parts: dict[str, Any]) -> None:
    check_hostile(name, parts)


@pytest.mark.soak
@settings(max_examples=10_000, deadline=None, suppress_health_check=list(HealthCheck))
@given(NAMES, PARTS)
def test_ten_thousand_events_do_no_harm(name: str, parts: dict[str, Any]) -> None:
    check_hostile(name, parts)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200))
def test_no_bytes_do_harm(body: bytes) -> None:
    assert READ(decode(body), NOW).message is None
