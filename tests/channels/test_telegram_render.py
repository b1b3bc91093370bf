"""What is said on Telegram is always well formed and never too long."""

import logging
import re
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.telegram.render import keyboard, render
from handlers.message import Button, Speech
from tests.fakes.telegram import Malformed, check_keyboard, shown


def texts(speech: Speech) -> list[str]:
    return [part["text"] for part in render(speech)]


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("Phạt **20–40 triệu** đồng.", "Phạt <b>20–40 triệu</b> đồng."),
        ("Mang theo:\n- căn cước\n- bằng lái", "Mang theo:\n• căn cước\n• bằng lái"),
        ("3 - 2 = 1", "3 - 2 = 1"),  # no list
        ("a < b & c > d", "a &lt; b &amp; c &gt; d"),
        ("**<b>**", "<b>&lt;b&gt;</b>"),
        ("hai ** sao", "hai ** sao"),
        ("**dòng\nhai**", "**dòng\nhai**"),  # bold never crosses a line
        ("a\0b\ud800c", "abc"),
    ],
)
def test_markup_becomes_html(text: str, html: str) -> None:
    assert texts(Speech(text)) == [html]


@pytest.mark.parametrize(
    ("text", "phones", "html"),
    [
        ("Gọi 113 ngay.", ("113",), 'Gọi <a href="tel:113">113</a> ngay.'),
        ("**113**", ("113",), '<b><a href="tel:113">113</a></b>'),
        ("Gọi 1900 1234", ("1900 1234",), 'Gọi <a href="tel:19001234">1900 1234</a>'),
        ("số 2113, 113.000 đồng", ("113",), "số 2113, 113.000 đồng"),  # parts of larger numbers
        ("113", ('1"><b>',), "113"),  # what is no number is no link
    ],
)
def test_numbers_can_be_rung(text: str, phones: tuple[str, ...], html: str) -> None:
    assert texts(Speech(text, (), phones)) == [html]


def test_a_long_text_is_split_between_paragraphs() -> None:
    paragraph = "Câu này dài. " * 150  # 1,950 characters

    parts = texts(Speech("\n\n".join([paragraph.strip()] * 5)))

    assert [part.count("\n\n") for part in parts] == [1, 1, 0]
    assert all(part.startswith("Câu") and part.endswith("dài.") for part in parts)


def test_a_long_paragraph_is_split_between_sentences_and_bold_goes_on() -> None:
    parts = texts(Speech("**" + "Một câu đậm & dài. " * 400 + "**"))

    assert len(parts) > 1
    assert all(part.startswith("<b>Một") and part.endswith("dài.</b>") for part in parts[:-1])


def test_a_phone_number_is_never_split() -> None:
    parts = texts(Speech("x" * 4090 + " 1900 1234 gọi", (), ("1900 1234",)))

    assert '<a href="tel:19001234">1900 1234</a>' in parts[1]


def test_emoji_count_as_two_characters() -> None:
    assert len(texts(Speech("😀" * 2049))) == 2
    assert len(texts(Speech("😀" * 2048))) == 1


def test_a_blank_speech_is_nothing() -> None:
    assert render(Speech(" \n ", (Button("x", "y"),))) == []


def test_only_the_last_part_has_the_buttons() -> None:
    parts = render(Speech("Câu. " * 2000, (Button("Đọc thêm", "m:x"),)))

    assert [("reply_markup" in part) for part in parts] == [False] * (len(parts) - 1) + [True]
    assert all(part["link_preview_options"] == {"is_disabled": True} for part in parts)


def test_two_short_buttons_share_a_row() -> None:
    rows = keyboard(
        [Button("👍", "u:x"), Button("👎", "d:x"), Button("Mức phạt khi đốt pháo", "a:x")]
    )

    assert [len(row) for row in rows] == [2, 1]


@pytest.mark.parametrize(
    ("button", "public_url", "url"),
    [
        (Button("Trang", url="https://binhan.vn/bao-tin"), "", "https://binhan.vn/bao-tin"),
        (Button("Gọi 113", url="tel:113"), "https://binhan.vn/", "https://binhan.vn/goi/113"),
        (Button("Gọi 113", url="tel:113"), "http://binhan.vn", None),  # no https: the text has it
        (Button("Gọi 113", url="tel:113"), "", None),
        (Button("Gọi", url="tel:x/../y"), "https://binhan.vn", None),
        (Button("Trang", url="http://127.0.0.1:8080/"), "", None),  # Telegram refuses these
        (Button("Trang", url="http://localhost:8080/"), "", None),
        (Button("Trang", url="javascript:alert(1)"), "", None),
        (Button("Trang", url="https://binhan.vn:x/"), "", None),
        (Button("  ", url="https://binhan.vn/"), "", None),
        (Button("Không"), "", None),
    ],
)
def test_a_button_leads_where_a_phone_can_go(
    button: Button, public_url: str, url: str | None
) -> None:
    assert [key["url"] for row in keyboard([button], public_url) for key in row] == (
        [url] if url else []
    )


def test_a_payload_that_is_too_long_is_left_out_and_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.DEBUG):
        rows = keyboard([Button("Dài", "ế" * 22), Button("Vừa", "ế" * 21), Button("Không", "")])

    assert [key["text"] for row in rows for key in row] == ["Vừa"]
    assert [record.msg for record in caplog.records] == ["button left out"] * 2


WORDS = st.text(st.sampled_from("ab ế😀<>&*\n-.1 03") | st.characters(), max_size=60)


@settings(max_examples=300, deadline=None)
@given(WORDS, st.integers(1, 400), st.lists(st.sampled_from(["113", "03", "1900 1234", "<b>"])))
def test_whatever_is_said_is_well_formed_and_complete(
    words: str, times: int, phones: list[str]
) -> None:
    text = (words + " ") * times

    parts = texts(Speech(text, (), tuple(phones)))

    said = "".join(shown(part) for part in parts if not blank(part))  # raises where it is malformed
    assert letters(said) == letters(text)


def letters(text: str) -> Counter[str]:
    """All but blanks and what marks bold and lists."""
    whole = text.encode("utf-8", "ignore").decode()
    return Counter(re.sub(r"[\s\0*•-]", "", whole))


def blank(html: str) -> bool:
    return not re.sub(r"<[^>]+>", "", html).strip()


def test_the_fake_refuses_what_telegram_refuses() -> None:
    for html in ("<b>x", "x</b>", "<x>x</x>", "a < b", "a & b", "<b><i>x</b></i>", " ", "x" * 4097):
        with pytest.raises(Malformed):
            shown(html)
    for button in ({"text": "x", "callback_data": "x" * 65}, {"text": "x", "url": "tel:113"}):
        with pytest.raises(Malformed):
            check_keyboard({"inline_keyboard": [[button]]})
