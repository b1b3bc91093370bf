"""What is printed and passed on: read back as a reader, a telephone or a spreadsheet would read it."""

import re
import unicodedata
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from zipfile import ZipFile

import pytest
import zxingcpp
from PIL import Image, ImageFont
from pypdf import PdfReader

from bot.papers.canvas import FONTS, Png, measure
from bot.papers.notice import card, script, sheet
from bot.papers.poster import Poster, poster_pdf, poster_png
from bot.papers.setting import fitting_size, text_height
from bot.papers.ticklist import ticklist
from bot.papers.workbook import workbook
from handlers.broadcast import Broadcast, Stage
from handlers.delivery import Count, State, Tally
from handlers.forward import Notice, group_message, loudspeaker
from handlers.report import Told, report
from knowledge.areas import Area, Kind
from tests.shipped import KNOWLEDGE

TEXTS = KNOWLEDGE.texts
LETTERS = (
    "AĂÂBCDĐEÊGHIKLMNOÔƠPQRSTUƯVXYaăâbcdđeêghiklmnoôơpqrstuưvxy"
    "ÀÁẢÃẠẰẮẲẴẶẦẤẨẪẬÈÉẺẼẸỀẾỂỄỆÌÍỈĨỊÒÓỎÕỌỒỐỔỖỘỜỚỞỠỢÙÚỦŨỤỪỨỬỮỰỲÝỶỸỴ"
    "àáảãạằắẳẵặầấẩẫậèéẻẽẹềếểễệìíỉĩịòóỏõọồốổỗộờớởỡợùúủũụừứửữựỳýỷỹỵ0123456789–•«»…"
)
NOTICE = Notice(
    text="**Xã Suối Gương: không đốt pháo nổ.** Bị phạt 20–40 triệu đồng.\n\n- Gọi 113 lúc 18h30.\n- Nộp pháo ở xã.",
    sms="x",
    place="xã Suối Gương",
    at=datetime(2027, 1, 20, 18, 30),  # noqa: DTZ001  (as shown)
    duty="0263 3822 113",
)
POSTER = Poster(
    place="xã Suối Gương",
    links={
        "Zalo": "https://zalo.me/1234567890123456789",
        "Telegram": "https://t.me/BinhAnThuBot?start=xa-suoi-guong",
        "Trang web": "https://binhan.example.vn/?xa=suoi-guong",
    },
    text="**Không đốt pháo nổ.** Đã uống không lái xe.",
    address="binhan.example.vn",
    duty="0263 3822 113",
)


def words(pdf: bytes) -> str:
    pages = (page.extract_text() for page in PdfReader(BytesIO(pdf)).pages)
    return unicodedata.normalize("NFC", re.sub(r"\s+", " ", " ".join(pages)))


@pytest.mark.parametrize("bold", [False, True])
def test_the_type_has_every_letter_of_vietnamese(bold: bool) -> None:
    """A letter that is missing is drawn as the box of a letter that surely is."""
    font = ImageFont.truetype(FONTS / ("700Bold.ttf" if bold else "400Regular.ttf"), 40)
    tofu = bytes(font.getmask("\U0010fffd"))

    assert [letter for letter in LETTERS if bytes(font.getmask(letter)) == tofu] == []
    assert bytes(font.getmask("漢")) == tofu  # the control: what it has not looks like that


def test_a_card_is_a_picture_of_the_size_that_messengers_show_whole() -> None:
    image = Image.open(BytesIO(card(NOTICE, TEXTS)))

    assert image.size == (1080, 1350)
    assert len(image.getcolors(1_000_000)) > 50  # letters with smooth edges, not an empty card


def test_a_sheet_is_one_page_that_says_all_of_it() -> None:
    pdf = sheet(NOTICE, TEXTS)

    assert len(PdfReader(BytesIO(pdf)).pages) == 1
    for part in ("CẢNH BÁO", "Xã Suối Gương", "20–40 triệu đồng", "0263 3822 113", "mã OTP"):
        assert part in words(pdf)


def test_a_long_warning_still_fits_its_sheet() -> None:
    text = "Bà con nhớ khoá cửa, tắt bếp trước khi ra khỏi nhà. " * 12

    size = fitting_size(text, width=178, height=180, most=15, least=4.5)

    assert size > 4.5
    assert text_height(text, width=178, size=size) <= 180


def test_the_script_has_no_digit_and_is_read_twice() -> None:
    said = loudspeaker(NOTICE, TEXTS)

    assert not any(letter.isdecimal() for letter in said)
    assert said.count("Bị phạt hai mươi đến bốn mươi triệu đồng.") == 2
    assert (
        said.count("không hai sáu ba, ba tám hai hai, một một ba") == 2
    )  # the number to ring back
    assert words(script(NOTICE, TEXTS)).count("mười tám giờ ba mươi phút") == 2


def test_an_urgent_script_begins_with_the_danger() -> None:
    assert "Thông báo khẩn" in loudspeaker(replace(NOTICE, urgent=True), TEXTS).splitlines()[0]


def test_a_group_message_is_plain_and_says_where_to_check() -> None:
    message = group_message(NOTICE, TEXTS)

    assert "**" not in message
    assert "• Nộp pháo ở xã." in message
    assert message.endswith(
        "Nguồn: Công an xã Suối Gương, 18:30 20/01/2027. Kiểm tra lại: gọi 0263 3822 113."
    )


def test_a_ticklist_has_every_hamlet_and_adds_up() -> None:
    hamlets = [
        Area(id=f"h{n}", name=f"thôn {n}", kind=Kind.HAMLET, households=10 * n)
        for n in range(1, 41)
    ]

    pdf = ticklist(NOTICE, hamlets, TEXTS)

    assert len(PdfReader(BytesIO(pdf)).pages) == 2
    assert all(f"Thôn {n} {10 * n}" in words(pdf) for n in range(1, 41))
    assert "Cộng 8.200" in words(pdf)


def test_a_telephone_reads_each_code_of_the_poster() -> None:
    image = Image.open(BytesIO(poster_png(POSTER, TEXTS)))

    read = {code.text for code in zxingcpp.read_barcodes(image)}

    assert read == set(POSTER.links.values())


def test_a_code_is_still_read_from_a_small_dirty_copy() -> None:
    """Half the size, a coffee stain on a corner of each code: level Q mends a quarter."""
    image = Image.open(BytesIO(poster_png(POSTER, TEXTS))).convert("L")
    image = image.resize((image.width // 2, image.height // 2))
    for code in zxingcpp.read_barcodes(image):
        box = code.position
        x, y = box.bottom_right.x - 22, box.bottom_right.y - 22
        image.paste(128, (x, y, x + 22, y + 22))

    assert {code.text for code in zxingcpp.read_barcodes(image)} == set(POSTER.links.values())


def test_a_poster_with_one_channel_has_one_large_code() -> None:
    one = replace(POSTER, links={"Trang web": POSTER.links["Trang web"]}, duty="")

    found = zxingcpp.read_barcodes(Image.open(BytesIO(poster_png(one, TEXTS))))

    assert [code.text for code in found] == [POSTER.links["Trang web"]]
    assert "Trực ban công an" not in words(poster_pdf(one, TEXTS))


def test_the_printed_poster_says_what_is_never_asked() -> None:
    text = words(poster_pdf(POSTER, TEXTS))

    for part in (
        "Xã Suối Gương",
        "binhan.example.vn",
        "không bao giờ hỏi mã OTP",
        "0263 3822 113",
        "113",
    ):
        assert part in text


def test_a_line_is_as_wide_as_it_is_measured() -> None:
    canvas = Png(100, 20, dpi=300)
    canvas.words(0, 14, "Nước lên nhanh", 8, bold=True, colour=(0, 0, 0))

    image = Image.open(BytesIO(canvas.bytes())).convert("L").point(lambda p: 255 * (p < 128))
    right = image.getbbox()[2] / 300 * 25.4

    assert abs(right - measure("Nước lên nhanh", 8, True)) < 1


# the report

STARTED = datetime(2027, 1, 20, 11, 0, tzinfo=UTC)
SENT = Broadcast(
    id="b1",
    author="o1",
    text="**=Tin** thử",
    areas=("suoi-guong",),
    stage=Stage.DONE,
    started=STARTED,
    ended=STARTED + timedelta(minutes=2),
)
COUNTS = (
    Count(area="suoi-guong", channel="telegram", state=State.SENT, reason="", count=90),
    Count(area="suoi-guong", channel="telegram", state=State.GONE, reason="blocked", count=5),
    Count(area="suoi-guong", channel="zalo_oa", state=State.SHUT, reason="", count=20),
    Count(area="na-may", channel="telegram", state=State.FAILED, reason="400", count=3),
    Count(area="na-may", channel="telegram", state=State.SENT, reason="", count=2),
)  # fmt: skip
TALLY = Tally(COUNTS, seen=40)
HAMLETS = [a for a in KNOWLEDGE.areas.within("suoi-guong") if a.kind is Kind.HAMLET]
REPORT = report(
    SENT,
    TALLY,
    HAMLETS,
    [Told(hamlet=HAMLETS[0].id, households=60, at=STARTED)],
    STARTED + timedelta(hours=1),
)


def test_a_report_adds_up_to_the_audience_exactly() -> None:
    assert REPORT.total.audience == TALLY.audience == 120
    assert sum(line.audience for line in REPORT.lines) == 120
    assert all(REPORT.total[state] == TALLY[state] for state in State)


def test_a_report_tells_speed_reasons_and_households() -> None:
    assert REPORT.took == timedelta(minutes=2)
    assert REPORT.per_minute == 60
    assert [(r.reason, r.count) for r in REPORT.reasons] == [("blocked", 5), ("400", 3)]
    assert (REPORT.households_told, REPORT.households) == (60, sum(h.households for h in HAMLETS))


def test_a_broadcast_that_has_not_begun_has_no_speed() -> None:
    empty = report(replace(SENT, started=None), Tally(), (), (), STARTED)

    assert (empty.took, empty.per_minute, empty.total.audience) == (None, None, 0)


def test_the_workbook_adds_up_and_makes_no_formula_of_a_text() -> None:
    book = ZipFile(BytesIO(workbook(REPORT, TEXTS, lambda id: id)))
    strings = book.read("xl/sharedStrings.xml").decode()
    lines = book.read("xl/worksheets/sheet2.xml").decode()
    summary = book.read("xl/worksheets/sheet1.xml").decode()

    assert len([name for name in book.namelist() if "worksheets/sheet" in name]) == 4
    assert "=Tin thử" in strings
    assert "<f>" not in summary
    sums = re.findall(r"<f>SUM\((\w+2:\w+4)\)</f><v>(\d+)</v>", lines)
    assert sums[0] == ("C2:C4", "92")
    assert sums[-1] == ("M2:M4", "120")
