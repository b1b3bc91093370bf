"""A speech in the OA API's words: whatever it holds, Zalo takes it."""

import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.zalo_oa.render import plain, render, split
from handlers.message import Button, Speech
from tests.fakes.zalo_rules import check_message

PUBLIC = "https://binhan.vn"
LETTERS = st.text(st.characters(blacklist_categories=("Cs",)), max_size=6000)
BUTTONS = st.builds(
    Button,
    st.text(min_size=1, max_size=150).filter(str.strip),
    st.text("abc:@-", min_size=1, max_size=60),
)


def keys(*buttons: Button) -> list[dict[str, Any]]:
    bodies = render(Speech("x", buttons), public_url=PUBLIC, more="Xem thêm")
    return list(bodies[-1].get("attachment", {}).get("payload", {}).get("buttons", []))


def ask(number: int) -> Button:
    return Button(f"Nút {number}", f"a:{number}")


@given(LETTERS, st.lists(BUTTONS, max_size=9))
def test_whatever_is_to_be_said_zalo_takes(text: str, buttons: list[Button]) -> None:
    for body in render(Speech(text, tuple(buttons)), public_url=PUBLIC, more="Xem thêm"):
        check_message(body)


def test_marks_become_plain_words() -> None:
    assert plain("**Gọi 113**\n- một\n- hai") == "Gọi 113\n• một\n• hai"


def test_length_is_counted_in_letters_put_together() -> None:
    taken_apart = unicodedata.normalize("NFD", "ế" * 2000)

    assert len(taken_apart) == 6000
    assert split(plain(taken_apart)) == ["ế" * 2000]


def test_a_part_never_ends_inside_a_number_to_ring() -> None:
    text = "x" * 1994 + " 1900 1234 gọi"

    parts = split(text, ("1900 1234",))

    assert [part.startswith("1900 1234") for part in parts] == [False, True]


@pytest.mark.parametrize("text", ["", " \n ", "****", "\0"])
def test_a_speech_without_a_word_is_nothing(text: str) -> None:
    assert render(Speech(text, (ask(1),)), public_url=PUBLIC) == [] or text == "****"


def test_five_choices_stand_together() -> None:
    assert [key["payload"] for key in keys(*map(ask, range(5)))] == [f"#a:{n}" for n in range(5)]


def test_more_than_five_lead_on_from_the_first_that_found_no_room() -> None:
    found = keys(*map(ask, range(7)))

    assert [key["payload"] for key in found] == ["#a:0", "#a:1", "#a:2", "#a:3", "#n:a:4"]
    assert found[-1]["title"] == "Xem thêm"


def test_what_rings_or_opens_stands_first_for_it_can_not_be_asked_for_later() -> None:
    found = keys(*map(ask, range(4)), Button("Gọi 113", url="tel:113"), Button("T", url=PUBLIC))

    assert [key["type"] for key in found] == ["oa.open.url"] * 2 + ["oa.query.hide"] * 3
    assert found[-1]["payload"] == "#n:a:2"


@pytest.mark.parametrize(
    ("url", "type", "payload"),
    [
        ("tel:113", "oa.open.url", {"url": f"{PUBLIC}/goi/113"}),  # short: has no form with 84
        ("tel:19001234", "oa.open.url", {"url": f"{PUBLIC}/goi/19001234"}),
        ("tel:0912345678", "oa.open.phone", {"phone_code": "84912345678"}),
        ("tel:+84912345678", "oa.open.phone", {"phone_code": "84912345678"}),
        ("https://binhan.vn/bao-tin", "oa.open.url", {"url": "https://binhan.vn/bao-tin"}),
    ],
)
def test_a_number_rings_and_an_address_opens(url: str, type: str, payload: dict[str, str]) -> None:
    assert keys(Button("x", url=url)) == [{"title": "x", "type": type, "payload": payload}]


@pytest.mark.parametrize("url", ["tel:", "tel:abc", "javascript:alert(1)", "ftp://x", ""])
def test_what_neither_rings_nor_opens_is_left_out(url: str) -> None:
    assert keys(Button("x", url=url)) == []
