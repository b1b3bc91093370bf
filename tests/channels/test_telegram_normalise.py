"""What the updates of Telegram mean to us, and that none of them, of whatever shape, does harm."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.channels.fields import decode
from bot.channels.telegram.normalise import Event, Reader, Reason, normalise
from handlers.message import Attachment, Chat, Kind, Message

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
SENT = int((NOW - timedelta(seconds=3)).timestamp())
ME = {"id": 4242, "is_bot": True, "username": "BinhAnBot"}
PERSON = {"id": 7, "is_bot": False, "first_name": "TÊN-RIÊNG", "username": "ten_rieng"}


def read(update: object, username: str | None = "BinhAnBot") -> Event:
    return Reader(account="4242", username=username)(update, NOW)


def private(**more: Any) -> dict[str, Any]:
    place = {"id": 7, "type": "private", "first_name": "TÊN-RIÊNG"}
    return {"message_id": 1, "from": PERSON, "chat": place, "date": SENT, **more}


def group(**more: Any) -> dict[str, Any]:
    place = {"id": -1007, "type": "supergroup", "title": "TÊN-NHÓM"}
    return {"message_id": 1, "from": PERSON, "chat": place, "date": SENT, **more}


def message_of(fields: dict[str, Any], kind: str = "message") -> Message | None:
    return read({"update_id": 10, kind: fields}).message


def mention(text: str, name: str = "@BinhAnBot") -> list[dict[str, Any]]:
    before = text[: text.index(name)].encode("utf-16-le")
    return [{"type": "mention", "offset": len(before) // 2, "length": len(name)}]


def test_a_private_text_is_read_whole() -> None:
    update = {"update_id": 10, "message": private(text=" đốt pháo phạt bao nhiêu ")}

    message = normalise(json.dumps(update).encode(), account="4242", username=None, at=NOW)

    assert message == Message(
        chat=Chat("telegram", "4242", "7"),
        id="10",
        at=NOW - timedelta(seconds=3),
        native="1",
        text="đốt pháo phạt bao nhiêu",
    )


@pytest.mark.parametrize(
    ("fields", "kind", "text"),
    [
        ({"voice": {}}, Kind.VOICE, ""),
        ({"video_note": {}}, Kind.VOICE, ""),
        ({"audio": {}}, Kind.VOICE, ""),
        ({"sticker": {}}, Kind.STICKER, ""),
        ({"dice": {}}, Kind.STICKER, ""),
        ({"animation": {}, "document": {}}, Kind.STICKER, ""),  # a GIF comes as both
        ({"photo": []}, Kind.PHOTO, ""),
        ({"photo": [], "caption": "pháo này"}, Kind.PHOTO, "pháo này"),
        ({"document": {}, "caption": "đơn"}, Kind.OTHER, "đơn"),
        ({"video": {}}, Kind.OTHER, ""),
        ({"location": {}, "venue": {}}, Kind.OTHER, ""),
        ({"contact": {}}, Kind.OTHER, ""),
        ({"poll": {}}, Kind.OTHER, ""),
        ({"text": "/start fireworks-penalty-use"}, Kind.TEXT, "/start fireworks-penalty-use"),
        ({"text": "/hoi@binhanbot pháo hoa"}, Kind.TEXT, "/hoi pháo hoa"),  # names ignore case
        ({"text": "a\u0000b\ud800c"}, Kind.TEXT, "abc"),
        ({"text": "Tie\u0302\u0301t"}, Kind.TEXT, "Tiết"),  # NFD from an iPhone
    ],
)
def test_each_kind_of_message_is_told_apart(fields: dict[str, Any], kind: Kind, text: str) -> None:
    message = message_of(private(**fields))

    assert message is not None
    assert (message.kind, message.text) == (kind, text)


@pytest.mark.parametrize(
    ("update", "reason"),
    [
        (None, Reason.JSON),
        ([], Reason.JSON),
        ({"message": private(text="x")}, Reason.SHAPE),  # no number
        ({"update_id": True, "message": private(text="x")}, Reason.SHAPE),
        ({"update_id": 10**30, "message": private(text="x")}, Reason.SHAPE),
        ({"update_id": 10}, Reason.KIND),
        ({"update_id": 10, "channel_post": private(text="x")}, Reason.KIND),
        ({"update_id": 10, "message": None}, Reason.CHAT),
        ({"update_id": 10, "message": private(chat={"id": "7", "type": "private"})}, Reason.CHAT),
        ({"update_id": 10, "message": private(chat={"id": 7, "type": "secret"})}, Reason.CHAT),
        ({"update_id": 10, "message": private(chat={"id": 7, "type": "channel"})}, Reason.MACHINE),
        ({"update_id": 10, "message": private(text="x", **{"from": ME})}, Reason.MACHINE),
        ({"update_id": 10, "message": group(text="x", is_automatic_forward=True)}, Reason.MACHINE),
        ({"update_id": 10, "message": private(pinned_message={})}, Reason.SERVICE),
        ({"update_id": 10, "message": group(new_chat_members=[])}, Reason.SERVICE),
        ({"update_id": 10, "message": private(text=" \0 ")}, Reason.EMPTY),
        ({"update_id": 10, "edited_message": private(location={})}, Reason.EMPTY),  # it moves
        ({"update_id": 10, "message": private(text="/hoi@OtherBot x")}, Reason.OTHERS),
        ({"update_id": 10, "message": group(text="chào cả nhà")}, Reason.OTHERS),
        ({"update_id": 10, "callback_query": {"id": "1", "data": "x"}}, Reason.CHAT),
        ({"update_id": 10, "callback_query": {"id": "1", "message": private()}}, Reason.EMPTY),
    ],
)
def test_what_says_nothing_to_us_gives_its_reason(update: object, reason: Reason) -> None:
    event = read(update)

    assert event.message is None
    assert event.reason is reason


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"text": "/trogiup"}, "/trogiup"),
        ({"text": "/hoi@BinhAnBot pháo"}, "/hoi pháo"),
        ({"text": "@BinhAnBot pháo", "entities": mention("@BinhAnBot pháo")}, "pháo"),
        # entities count in UTF-16: the emoji is two units
        ({"text": "😀 @BinhAnBot pháo", "entities": mention("😀 @BinhAnBot pháo")}, "😀  pháo"),
        ({"text": "phạt sao", "reply_to_message": {"from": ME}}, "phạt sao"),
        (
            {
                "text": "Bình An ơi",
                "entities": [{"type": "text_mention", "offset": 0, "length": 7, "user": ME}],
            },
            "ơi",
        ),
        ({"text": "@BinhAnBot", "entities": mention("@BinhAnBot")}, "/start"),  # only our name
        (
            {
                "photo": [],
                "caption": "@BinhAnBot gì đây",
                "caption_entities": mention("@BinhAnBot gì"),
            },
            "gì đây",
        ),
    ],
)
def test_a_group_is_answered_when_it_addresses_us(fields: dict[str, Any], text: str) -> None:
    message = message_of(group(**fields))

    assert message is not None
    assert (message.text, message.group) == (text, True)


@pytest.mark.parametrize(
    "fields",
    [
        {"text": "@AnotherBot pháo", "entities": mention("@AnotherBot pháo", "@AnotherBot")},
        {"text": "@BinhAnBot pháo"},  # the words alone are no mention
        {"text": "@BinhAnBot", "entities": [{"type": "mention", "offset": 99, "length": 5}]},
        {"text": "x", "entities": [{"type": "mention", "offset": "0", "length": None}, 5, None]},
        {"text": "x", "reply_to_message": {"from": PERSON}},
        {"text": "/hoi@AnotherBot pháo"},
        {"sticker": {}},
    ],
)
def test_a_group_that_talks_to_others_is_left_alone(fields: dict[str, Any]) -> None:
    assert message_of(group(**fields)) is None


def test_before_our_name_is_known_a_group_is_heard_only_by_plain_commands() -> None:
    named = {"update_id": 1, "message": group(text="/hoi@BinhAnBot x")}
    plain = {"update_id": 1, "message": group(text="/hoi x")}

    assert read(named, username=None).message is None
    assert read(plain, username=None).message is not None


def test_an_anonymous_admin_of_a_group_is_a_person() -> None:
    admin = {"id": 1087968824, "is_bot": True}

    assert message_of(group(text="/hoi x", **{"from": admin})) is not None


def test_an_edit_is_a_message_of_its_own() -> None:
    edited = message_of(private(text="sửa", edit_date=SENT + 1), "edited_message")

    assert edited is not None
    assert edited.edited
    assert edited.id == "10"
    assert edited.at == NOW - timedelta(seconds=2)


def test_the_pictures_of_an_album_are_messages_that_know_of_each_other() -> None:
    first, second = (
        read({"update_id": id, "message": private(photo=[], media_group_id="777")}).message
        for id in (1, 2)
    )

    assert first is not None
    assert second is not None
    assert first.id != second.id
    assert first.album == second.album == "777"


def test_a_picture_s_largest_size_is_its_file_and_a_group_s_is_nobody_s() -> None:
    sizes = [{"file_id": "small", "file_size": 1}, {"file_id": "large", "file_size": 900}]

    alone = read({"update_id": 1, "message": private(photo=sizes)}).message

    assert alone is not None
    assert alone.attachment == Attachment("large", 900)
    assert alone.native


def test_a_button_press_gives_its_payload_and_what_acknowledges_it() -> None:
    event = read(
        {"update_id": 10, "callback_query": {"id": "55", "data": "a:x", "message": private()}}
    )

    assert event.press == "55"
    assert event.message is not None
    assert (event.message.kind, event.message.text, event.plain) == (Kind.PRESS, "a:x", False)


@pytest.mark.parametrize(
    ("fields", "old", "new", "kind"),
    [
        (private, "member", "kicked", Kind.LEAVE),
        (private, "kicked", "member", Kind.JOIN),
        (group, "left", "member", Kind.JOIN),
        (group, "member", "left", Kind.LEAVE),
        (group, "member", "administrator", None),  # promoted
        (group, "member", "nonsense", None),
    ],
)
def test_coming_and_going_are_told_apart(
    fields: Any, old: str, new: str, kind: Kind | None
) -> None:
    change = fields(old_chat_member={"status": old}, new_chat_member={"status": new})

    message = message_of(change, "my_chat_member")

    assert (message and message.kind) == kind


def test_a_group_that_moved_tells_its_new_id() -> None:
    event = read({"update_id": 10, "message": group(migrate_to_chat_id=-100123)})

    assert event.moved == ("-1007", "-100123")
    assert event.message is None


@pytest.mark.parametrize(
    ("date", "at"),
    [
        (SENT, NOW - timedelta(seconds=3)),
        (SENT + 10**6, NOW),  # a clock ahead of ours
        (0, NOW),  # an inaccessible message
        (-5, NOW - timedelta(days=1)),
        ("soon", NOW),
        (1.5, NOW),
        (10**400, NOW),
    ],
)
def test_the_moment_is_one_of_the_last_day(date: object, at: datetime) -> None:
    message = message_of(private(text="x", date=date))

    assert message is not None
    assert message.at == at


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"null",
        b"[" * 100_000,
        b'{"update_id":' + b"9" * 5000 + b"}",
        b'{"update_id":NaN}',
        '{"update_id":1}'.encode("utf-16"),
    ],
)
def test_a_body_that_is_no_update_is_nothing(body: bytes) -> None:
    assert read(decode(body)).message is None


def test_a_deeply_nested_field_is_nothing() -> None:
    body = b'{"update_id":1,"message":{"text":' + b"[" * 90_000 + b"]" * 90_000 + b"}}"

    assert read(decode(body)).reason is Reason.JSON


JUNK = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(), max_size=20)  # with lone surrogates
    | st.sampled_from(["private", "supergroup", "channel", "member", "kicked", "mention", "\0"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["id", "type", "status", "from", "x"]), inner, max_size=4)
    ),
    max_leaves=8,
)
NAMES = [
    *("chat", "from", "text", "caption", "entities", "date", "edit_date", "reply_to_message"),
    *("voice", "photo", "sticker", "data", "id", "message", "media_group_id", "old_chat_member"),
    *("new_chat_member", "migrate_to_chat_id", "caption_entities", "is_automatic_forward"),
]
CHATS = st.fixed_dictionaries(
    {"id": st.integers(), "type": st.sampled_from(["private", "group", "supergroup"])}
)
ENTITIES = st.lists(
    st.fixed_dictionaries(
        {
            "type": st.sampled_from(["mention", "text_mention", "bot_command"]),
            "offset": st.integers(-3, 30) | JUNK,
            "length": st.integers(-3, 30) | JUNK,
        }
    ),
    max_size=4,
)
BODIES = st.dictionaries(st.sampled_from(NAMES), JUNK, max_size=6)
LIKELY = st.builds(
    lambda junk, chat, text, entities: {"chat": chat, "text": text, "entities": entities, **junk},
    st.dictionaries(st.sampled_from(NAMES), JUNK, max_size=2),
    CHATS,
    st.text(st.characters(), max_size=30) | st.just("@BinhAnBot 😀 @BinhAnBot"),
    ENTITIES,
)
KINDS = st.sampled_from(
    ["message", "edited_message", "callback_query", "my_chat_member", "channel_post", "poll"]
)
UPDATES = st.builds(
    lambda kind, body, number: {"update_id": number, kind: body},
    KINDS,
    BODIES | LIKELY | JUNK,
    st.integers(0, 10**9) | JUNK,
)


def check_hostile(update: object) -> None:
    body = json.dumps(update).encode()

    event = read(decode(body))

    assert (event.message is None) == (event.reason is not None)
    if event.message is not None:
        event.message.text.encode()  # no lone surrogate is left
        assert "\0" not in event.message.text
        assert NOW - timedelta(days=1) <= event.message.at <= NOW


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(UPDATES)
def test_no_update_does_harm(update: object) -> None:
    check_hostile(update)


@pytest.mark.soak
@settings(max_examples=100_000, deadline=None, suppress_health_check=list(HealthCheck))
@given(UPDATES)
def test_a_hundred_thousand_updates_do_no_harm(update: object) -> None:
    check_hostile(update)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200))
def test_no_bytes_do_harm(body: bytes) -> None:
    assert read(decode(body)).message is None
