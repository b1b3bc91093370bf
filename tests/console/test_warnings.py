"""The desk's pages of warnings by HTTP: who may do what, what stops a warning, and what the papers hold."""

import json
import re
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
import zxingcpp
from PIL import Image
from pypdf import PdfReader

from bot.store.broadcasts import Broadcasts
from bot.store.database import open_database
from handlers.broadcast import Stage
from tests.console.station import Caller, Station

TEXT = "**Không đốt pháo nổ.** Đốt pháo nổ bị phạt 20–40 triệu đồng. Gọi 113."
SMS = "Khong dot phao no. Dot phao no bi phat 20-40 trieu dong. Goi 113."
FORM = {
    "text": TEXT,
    "sms": SMS,
    "topic": "fireworks",
    "area": "ben-sao",
    "channel": "web",
    "when": "now",
}


async def send(caller: Caller, path: str, **fields: Any) -> tuple[int, str, str]:
    """(status, where it leads, page) of a form as a browser sends it."""
    data = [("csrf", caller.csrf)]
    for name, value in fields.items():
        data += [(name, each) for each in (value if isinstance(value, list) else [value])]
    headers = {"Sec-Fetch-Site": "same-origin"}
    async with caller.session.post(
        caller.url + path, data=data, headers=headers, allow_redirects=False
    ) as response:
        return response.status, response.headers.get("Location", ""), await response.text()


async def bytes_of(caller: Caller, path: str) -> tuple[int, str, bytes]:
    async with caller.session.get(caller.url + path) as response:
        return response.status, response.content_type, await response.read()


async def composed(caller: Caller, **changes: Any) -> str:
    """The address of a new draft."""
    status, place, page = await send(caller, "/canh-bao/soan", **FORM | changes)
    assert status == 303, page
    return place


async def approved(station: Station, writer: Caller, **changes: Any) -> tuple[str, Caller]:
    place = await composed(writer, **changes)
    other = await station.officer("xa")
    assert (await send(writer, f"{place}/gui-duyet"))[0] == 303
    assert (await send(other, f"{place}/duyet"))[0] == 303
    return place, other


async def test_a_warning_is_written_by_one_and_approved_by_another(station: Station) -> None:
    writer = await station.officer("truc")

    place, _ = await approved(station, writer)

    _, page = await writer.get(place)
    assert "Cán bộ xa" in page
    assert "Bộ chuyển tiếp" in page


async def test_nobody_approves_the_own_words(station: Station) -> None:
    writer = await station.officer("truc")
    place = await composed(writer)
    await send(writer, f"{place}/gui-duyet")

    status, _, page = await send(writer, f"{place}/duyet")

    assert status == 409
    assert "người khác phải duyệt" in page


async def test_an_edit_after_approval_voids_it(station: Station) -> None:
    writer = await station.officer("truc")
    soon = (station.clock() + timedelta(hours=9)).strftime("%Y-%m-%dT%H:%M")  # an hour ahead there
    place, _ = await approved(station, writer, when="at", at=soon)

    await send(writer, f"{place}/sua", **FORM | {"text": f"{TEXT} Nhé."})

    _, page = await writer.get(place)
    assert "Bản nháp" in page
    assert "Chưa có" in page


async def test_what_the_lint_calls_wrong_can_neither_be_submitted_nor_approved(
    station: Station,
) -> None:
    writer = await station.officer("truc")
    place = await composed(writer, text=TEXT.replace("20–40", "5–10"), sms="")

    status, _, page = await send(writer, f"{place}/gui-duyet")

    assert status == 409
    assert "của quy định cũ" in page


async def test_another_communes_officer_neither_sees_nor_acts(station: Station) -> None:
    place = await composed(await station.officer("truc"))
    stranger = await station.officer("xa2")  # of cho-mo

    assert (await stranger.get(place))[0] == 404
    assert (await send(stranger, f"{place}/gui-duyet"))[0] == 404
    assert "Không đốt pháo" not in (await stranger.get("/canh-bao"))[1]
    status, _, page = await send(stranger, "/canh-bao/soan", **FORM)
    assert status == 422
    assert "ngoài địa bàn" in page


async def test_the_province_sees_and_speaks_for_all(station: Station) -> None:
    province = await station.officer("tinh")

    place = await composed(province, area=["ben-sao", "cho-mo"])

    assert "phường Bến Sao, phường Chợ Mơ" in (await province.get(place))[1]


async def test_an_admin_reads_and_writes_none(station: Station) -> None:
    admin = await station.officer("quantri")

    assert (await admin.get("/canh-bao"))[0] == 200
    assert (await admin.get("/canh-bao/moi"))[0] == 403
    assert (await send(admin, "/canh-bao/soan", **FORM))[0] == 403


async def test_a_form_of_another_site_changes_nothing(station: Station) -> None:
    writer = await station.officer("truc")
    place = await composed(writer)
    writer.csrf = "0" * 48

    assert (await send(writer, f"{place}/gui-duyet"))[0] == 403
    assert "Bản nháp" in (await writer.get(place))[1]  # the control: it is there, and unchanged


async def test_only_the_officer_on_duty_breaks_the_glass_and_everybody_sees(
    station: Station,
) -> None:
    commune, duty = await station.officer("xa"), await station.officer("truc")
    place = await composed(commune, urgent="on")

    refused, _, page = await send(commune, f"{place}/khan")
    done, _, _ = await send(duty, f"{place}/khan")

    assert (refused, done) == (409, 303)
    assert "Chỉ trực ban" in page
    elsewhere = await station.officer("xa2")
    assert "Tin khẩn gửi không chờ duyệt" in (await elsewhere.get("/canh-bao"))[1]
    status, page = await elsewhere.get(place)
    assert status == 200
    assert "Huỷ tin" not in page


async def test_a_repeating_warning_is_a_series_that_is_approved_as_a_whole(
    station: Station,
) -> None:
    writer, other = await station.officer("truc"), await station.officer("xa")
    weekly = {"when": "moment", "kind": "weekly", "weekday": "fri", "first": "28", "last": "8"}

    place = await composed(writer, **weekly, clock="16:30")

    _, page = await writer.get(place)
    assert "Tin lặp lại 3 lần" in page
    await send(writer, f"{place}/gui-duyet", whole="1")
    await send(other, f"{place}/duyet", whole="1")
    _, listed = await writer.get("/canh-bao")
    assert listed.count("Đã duyệt, chờ gửi") == 3


async def test_a_repeating_warning_is_moved_as_a_whole_or_once(station: Station) -> None:
    writer = await station.officer("truc")
    weekly = {"when": "moment", "kind": "weekly", "weekday": "fri", "first": "28", "last": "8"}
    place = await composed(writer, **weekly, clock="16:30")

    _, page = await writer.get(f"{place}/sua")
    assert "Giữ giờ đã chọn (3 lần" in page
    status, place, _ = await send(
        writer, f"{place}/sua", **FORM | {"when": "keep", "sms": SMS + " "}
    )
    _, page = await writer.get(place)
    assert (status, page.count("16:30")) == (303, 3)

    fewer = weekly | {"weekday": "sun", "first": "20", "clock": "07:00"}
    status, place, _ = await send(writer, f"{place}/sua", **FORM | fewer)
    _, page = await writer.get(place)
    assert "Tin lặp lại 2 lần" in page
    assert (page.count("07:00"), page.count("16:30")) == (2, 0)

    one = {"when": "at", "at": "2027-01-20T10:00", "only": "on"}
    status, place, _ = await send(writer, f"{place}/sua", **FORM | one)
    _, page = await writer.get(place)
    assert "10:00" in page
    assert "Tin lặp lại" not in page
    _, listed = await writer.get("/canh-bao")
    assert listed.count("Đã huỷ") == 1

    status, _, page = await send(
        writer, f"{place}/sua", **FORM | weekly | {"clock": "16:30", "only": "on"}
    )
    assert status == 422
    assert "Chỉ sửa một lần thì chọn một giờ gửi" in page


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"area": "no-such"}, "Chưa chọn nơi nhận"),
        ({"channel": "pigeon"}, "Chưa chọn kênh gửi"),
        ({"when": "at", "at": "mai"}, "Chưa đọc được giờ gửi"),
        (
            {"when": "moment", "kind": "lunar", "days": "31", "month": "12", "clock": "08:00"},
            "Không có ngày nào",
        ),
        ({"when": "moment", "kind": "mung", "days": "x", "clock": "08:00"}, "Không có ngày nào"),
        (
            {"when": "moment", "kind": "weekly", "weekday": "fri", "first": "99999", "last": "1"},
            "Không có ngày nào",
        ),
    ],
)
async def test_each_fault_of_the_form_is_said_and_the_words_are_kept(
    station: Station, changes: dict[str, str], word: str
) -> None:
    writer = await station.officer("truc")

    status, _, page = await send(writer, "/canh-bao/soan", **FORM | changes)

    assert status == 422
    assert word in page
    assert "Không đốt pháo nổ." in page


async def test_while_typing_the_page_is_told_what_would_be_seen(station: Station) -> None:
    writer = await station.officer("truc")

    status, _, answer = await send(writer, "/api/canh-bao/xem", **FORM | {"sms": "Goi 114."})

    look = json.loads(answer)
    assert status == 200
    assert look["previews"][0]["channel"] == "web"
    assert look["previews"][0]["messages"][0]["lines"][0][0]["bold"]
    assert any("SMS nói 114" in finding["text"] for finding in look["findings"])
    assert (look["audience"], look["households"]) == (0, 689)


async def test_an_unfilled_template_asks_for_its_fields_first(station: Station) -> None:
    writer = await station.officer("truc")

    _, asking = await writer.get("/canh-bao/soan?mau=khan-chay")
    _, written = await writer.get("/canh-bao/soan?mau=khan-chay&o_noi=ch%E1%BB%A3")

    assert "Ở đâu" in asking
    assert "Phường Bến Sao: đang cháy tại chợ." in written
    assert "Phuong Ben Sao: dang chay tai cho." in written


async def test_papers_exist_once_it_is_approved(station: Station) -> None:
    writer = await station.officer("truc")
    draft = await composed(writer)
    place, _ = await approved(station, writer)

    assert (await bytes_of(writer, f"{draft}/the.png"))[0] == 404
    await send(writer, f"{draft}/huy")
    assert (await bytes_of(writer, f"{draft}/the.png"))[0] == 404  # never approved, never printed
    _, kind, card = await bytes_of(writer, f"{place}/the.png")
    _, _, sheet = await bytes_of(writer, f"{place}/to-a4.pdf")
    _, _, hamlets = await bytes_of(writer, f"{place}/thon.pdf")
    _, _, script = await bytes_of(writer, f"{place}/loa.pdf")
    assert (kind, Image.open(BytesIO(card)).size) == ("image/png", (1080, 1350))
    assert "20–40 triệu" in words(sheet)
    assert "Khu Cầu Đá 224" in words(hamlets)
    assert "hai mươi đến bốn mươi triệu đồng" in words(script)


async def test_a_communes_poster_leads_to_that_commune(station: Station) -> None:
    writer = await station.officer("truc")

    _, _, png = await bytes_of(writer, "/canh-bao/ap-phich/ben-sao.png")
    elsewhere, _, _ = await bytes_of(writer, "/canh-bao/ap-phich/cho-mo.png")

    codes = zxingcpp.read_barcodes(Image.open(BytesIO(png)))
    assert [code.text for code in codes] == [f"{station.public_url}/?xa=ben-sao"]
    assert elsewhere == 404


async def test_papers_of_pledges_are_entered_by_hamlet(station: Station) -> None:
    writer = await station.officer("truc")
    fields = {"giay-ben-sao-khu-cau-da": "120", "giay-ben-sao-thon-tan-lua": "", "giay-cho-mo": "9"}

    status, _, _ = await send(writer, "/canh-bao/cam-ket", xa="ben-sao", **fields)

    _, page = await writer.get("/canh-bao/cam-ket")
    assert status == 303
    assert re.search(r'name="giay-ben-sao-khu-cau-da"[^>]*value="120"', page)
    assert "17%" in page  # 120 of 689 households
    assert (await send(writer, "/canh-bao/cam-ket", xa="cho-mo"))[0] == 403


async def test_a_commune_leaves_a_seasons_warning_out_and_takes_it_back(station: Station) -> None:
    writer = await station.officer("truc")
    asked = {"canhbao": "phao-nop", "xa": "ben-sao"}

    await send(writer, "/canh-bao/chien-dich", **asked, act="off")
    _, without = await writer.get("/canh-bao/chien-dich")
    await send(writer, "/canh-bao/chien-dich", **asked, act="back")
    _, back = await writer.get("/canh-bao/chien-dich")

    assert without.count("Xã không gửi") == 1
    assert back.count("Xã không gửi") == 0
    assert (await send(writer, "/canh-bao/chien-dich", **asked | {"xa": "cho-mo"}, act="off"))[
        0
    ] == 403


async def test_a_communes_own_words_are_looked_at_too(station: Station) -> None:
    writer = await station.officer("truc")
    asked = {"canhbao": "phao-nop", "xa": "ben-sao", "act": "own"}

    bad, _, page = await send(
        writer, "/canh-bao/chien-dich", **asked, text="Gọi 0987 654 321.", sms=""
    )
    good, _, _ = await send(
        writer, "/canh-bao/chien-dich", **asked, text="Nộp pháo ở phường.", sms=""
    )

    assert (bad, good) == (422, 303)
    assert "không có trong danh bạ" in page
    assert "Nộp pháo ở phường." in (await writer.get("/canh-bao/chien-dich"))[1]


async def test_a_roster_names_who_is_asked_first(station: Station) -> None:
    writer = await station.officer("truc")
    me = station.staff["truc"].officer.id
    hours = {"starts": "2026-11-23T08:00", "ends": "2026-11-24T08:00"}

    added, _, _ = await send(writer, "/canh-bao/truc", officer=me, place="0", **hours)
    past, _, page = await send(
        writer, "/canh-bao/truc", officer=me, starts="2026-11-01T08:00", ends="2026-11-02T08:00"
    )

    _, listed = await writer.get("/canh-bao/truc")
    assert (added, past) == (303, 422)
    assert "đã qua" in page
    assert "đang trực" in listed
    shift = re.search(r"/canh-bao/truc/(\w+)/bo", listed)
    assert shift
    other = await station.officer("xa2")
    assert (await send(other, f"/canh-bao/truc/{shift[1]}/bo"))[0] == 403
    await send(writer, f"/canh-bao/truc/{shift[1]}/bo")
    assert "Chưa có ca trực" in (await writer.get("/canh-bao/truc"))[1]


async def test_each_step_stands_in_the_journal(station: Station) -> None:
    writer = await station.officer("truc")
    await approved(station, writer)
    admin = await station.officer("quantri")

    _, page = await admin.get("/nhat-ky")

    for act in ("soạn cảnh báo", "gửi duyệt cảnh báo", "duyệt cảnh báo"):
        assert act in page


def words(pdf: bytes) -> str:
    text = " ".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages)
    return re.sub(r"\s+", " ", text)


async def halted(station: Station, place: str) -> None:
    """As the sender leaves it when errors pass their share."""
    async with open_database(station.config.database_url) as database, database.transaction() as tx:
        found = await Broadcasts(tx).get(place.rpartition("/")[2])
        assert found
        stopped = replace(
            found, stage=Stage.HALTED, started=station.clock(), approved=station.clock()
        )
        await Broadcasts(tx).save(stopped)


async def test_what_stopped_itself_says_so_and_goes_on_when_an_officer_has_looked(
    station: Station,
) -> None:
    writer = await station.officer("truc")
    place = await composed(writer)
    await halted(station, place)

    _, stopped = await writer.get(place)
    status, _, _ = await send(writer, f"{place}/tiep-tuc")

    assert "vì quá nhiều lỗi" in stopped
    assert status == 303
    assert "vì quá nhiều lỗi" not in (await writer.get(place))[1]


async def test_progress_is_told_as_it_stands_until_it_is_over(station: Station) -> None:
    writer, stranger = await station.officer("truc"), await station.officer("xa2")
    place = await composed(writer)
    await halted(station, place)
    await send(writer, f"{place}/huy")

    status, _, stream = await bytes_of(writer, f"{place}/dien-bien")

    told = json.loads(stream.decode().removeprefix("data: "))
    assert (status, told["stage"], told["audience"]) == (200, "cancelled", 0)
    assert (await bytes_of(stranger, f"{place}/dien-bien"))[0] == 404


async def test_a_correction_of_what_nobody_got_is_refused_with_the_way_on(station: Station) -> None:
    writer = await station.officer("truc")
    place = await composed(writer)

    status, _, page = await send(writer, f"{place}/dinh-chinh")

    assert status == 409
    assert "chưa gửi cho ai" in page
