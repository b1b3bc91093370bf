"""A suspicious message is told by its red flags; people's own questions and stories are left alone."""

import json
import tomllib
from pathlib import Path

import pytest

from knowledge.load import SHIPPED
from knowledge.scam import LINKS, NO_PHRASES, WORDS, asked_about, looks_pasted, red_flags
from knowledge.texts import load_texts
from tests.shipped import KNOWLEDGE

TEXTS = load_texts(SHIPPED / "texts.vi.toml")
EVAL = Path(__file__).parents[1] / "eval"


@pytest.mark.parametrize(
    ("message", "flags"),
    [
        (
            "Vietcombank: tai khoan bi tam khoa. Truy cap http://vietcombank-vn.top xac thuc OTP",
            {"lookalike", "otp", "threat", "bank"},
        ),
        (
            "Bộ Công an: bạn liên quan vụ án rửa tiền, chuyển tiền vào tài khoản an toàn, giữ bí mật",
            {"authority", "threat", "transfer", "safe_account", "secret"},
        ),
        (
            "EVN: hoá đơn quá hạn, sẽ cắt điện hôm nay. Tải app tại bit.ly/evn để thanh toán ngay",
            {"shortener", "app", "threat", "hurry", "transfer"},
        ),
        (
            "Mẹ ơi con mất điện thoại, đây là số mới của con, chuyển gấp 5 triệu",
            {"relative", "transfer", "hurry"},
        ),
        (
            "Homestay Đà Lạt chỉ còn 2 phòng, đặt cọc trước vào STK 123",
            {"fee", "hurry", "transfer"},
        ),
        ("Tuyển cộng tác viên, việc nhẹ lương cao tại nhà", {"job"}),
        ("Nhận quà tri ân Tết, cài UltraViewer để nhân viên hỗ trợ", {"prize", "remote"}),
        ("Cập nhật sinh trắc học tại http://103.12.4.9/dvc", {"identity", "lookalike"}),
        ("Họp tổ dân phố lúc bảy giờ tối tại nhà văn hoá", set()),
    ],
)
def test_a_message_shows_its_flags(message: str, flags: set[str]) -> None:
    assert set(red_flags(message)) == flags


@pytest.mark.parametrize(
    ("host", "kind"),
    [
        ("vietcombank.com.vn", "link"),  # its own address
        ("ib.techcombank.com.vn", "link"),
        ("dichvucong.gov.vn", "link"),
        ("csgt.bocongan.gov.vn", "link"),
        ("vietcombank-vn.com", "lookalike"),
        ("vietc0mbank.com.vn", "lookalike"),  # a digit for a letter
        ("bidv.top", "lookalike"),  # its name at an ending that costs nothing
        ("dichvucong-gov.vn", "lookalike"),
        ("vneid.bocongan-gov.com", "lookalike"),
        ("xn--vietcombnk-d2a.com", "lookalike"),
        ("bit.ly", "shortener"),
        ("example.com", "link"),
    ],
)
def test_an_address_is_told_from_one_that_looks_like_it(host: str, kind: str) -> None:
    assert [flag for flag in red_flags(f"xem https://{host}/a") if flag in (kind,)] == [kind]


def test_an_address_for_mail_is_no_link() -> None:
    assert red_flags("viết cho toi@vietcombank.vn nhé, 2.000.000đ, v.v.") == ("bank",)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("tin này có phải lừa không: chúc mừng bạn trúng thưởng xe máy", "chúc mừng bạn"),
        ("tin nhan nay co phai lua dao khong", ""),
        ("link này có an toàn không", ""),
        ("link này thật không https://bit.ly/a", "https://bit.ly/a"),
        ('kiểm tra giúp em tin này "con đổi số rồi, mẹ gửi con ít tiền nhé"', "con đổi số"),
        ("is this message a scam: you have won a new car today", "you have won"),
    ],
)
def test_a_question_about_a_message_leads_to_the_message(text: str, message: str) -> None:
    asked = asked_about(text)

    assert asked
    assert message in asked.message
    assert bool(asked.message) == bool(message)


@pytest.mark.parametrize(
    "text",
    [
        "công an gọi điện bảo chuyển tiền có phải lừa đảo không",
        "nhận tin nhắn phạt nguội có thật không",
        "tôi lỡ bấm link bit.ly/abc và cho mã OTP rồi phải làm gì",
        "mẹ tôi bị lừa chuyển khoản cho người giả công an, giờ báo ai",
        "lừa đảo qua mạng bị phạt bao nhiêu",
    ],
)
def test_questions_and_stories_are_no_pasted_messages(text: str) -> None:
    assert asked_about(text) is None
    assert not looks_pasted(text)


def test_no_question_that_we_know_is_taken_for_a_message() -> None:
    asked = [line for a in KNOWLEDGE.articles.values() for line in a.ask]
    rows = map(json.loads, (EVAL / "questions.jsonl").read_text("utf-8").splitlines())

    taken = [text for text in (*asked, *(row["q"] for row in rows)) if looks_pasted(text)]

    assert taken == []


def test_what_was_asked_for_needs_one_flag() -> None:
    assert looks_pasted("bấm bit.ly/abc", awaited=True)
    assert looks_pasted("shop gửi mình số tài khoản để chuyển khoản", awaited=True)
    assert not looks_pasted("đốt pháo phạt bao nhiêu", awaited=True)
    assert not looks_pasted("shop gửi mình số tài khoản để chuyển khoản")


def test_every_flag_has_its_words_in_both_languages() -> None:
    tables = tomllib.loads(WORDS.read_text("utf-8"))
    flags = {*LINKS, *tables} - set(NO_PHRASES)

    assert set(TEXTS.table("scam_flag")) == flags
    assert set(TEXTS.table("en.scam_flag")) == flags


def test_nothing_said_about_a_message_calls_it_safe() -> None:
    tables = ("scam", "scam_flag", "scam_ring", "en.scam", "en.scam_flag", "en.scam_ring")

    for text in (text for name in tables for text in TEXTS.table(name).values()):
        assert "an toàn" not in text
        assert "safe" not in text.replace("kept safe", "")
