"""The tip page and the desk in Firefox ESR, which keeps old machines going: told, opened and answered there."""

import json
import shutil
from pathlib import Path

import pytest

from handlers.officer import Role
from tests.browser.bidi import Firefox, firefox
from tests.console.station import PASSWORD, Station, open_station
from tests.console.tips import give_keys
from tests.units import COMMUNE, PROVINCE

FIREFOX = shutil.which("firefox-esr") or shutil.which("firefox")
WORDS = "Nhà cuối xóm có người bán pháo nổ tự làm, tối nào cũng có xe đến chở đi."
ANSWER = "Chúng tôi đã nhận và đang xem."

pytestmark = [
    pytest.mark.soak,
    pytest.mark.skipif(FIREFOX is None, reason="no Firefox (apt install firefox-esr)"),
]


async def test_a_tip_is_told_read_and_answered_in_firefox(tmp_path: Path) -> None:
    staff = (("truc", Role.DUTY, COMMUNE), ("tinh", Role.PROVINCE, PROVINCE))
    (tmp_path / "profile").mkdir()
    async with (
        open_station(tmp_path, staff=staff) as station,
        firefox(str(FIREFOX), tmp_path / "profile") as (window, version),
    ):
        print(f"Firefox {version}")  # noqa: T201
        await give_keys(station, COMMUNE, PROVINCE)
        code = await tell(window, station)
        await work(window, station)
        await window.go(f"{station.public_url}/bao-tin#xem")
        await window.fill("receipt", code)
        await window.press("#look button")
        heard = await window.until("document.querySelector('#answers blockquote')?.textContent")

    assert heard == ANSWER


async def tell(window: Firefox, station: Station) -> str:
    """A tip by the page; its code."""
    await window.go(f"{station.public_url}/bao-tin")
    assert await window.run("document.getElementById('plain').hidden")
    await window.run(f"document.getElementById('where').value = {json.dumps(COMMUNE)}")
    await window.fill("text", WORDS)
    await window.press("#go")
    await window.until("!document.getElementById('code-step').hidden")
    code = str(await window.run("document.getElementById('code').textContent"))
    await window.fill("typed", code.split()[-1])
    await window.press("#send")
    await window.until("!document.getElementById('sent').hidden")
    return code


async def work(window: Firefox, station: Station) -> None:
    """An officer logs in, reads it and answers."""
    await window.go(f"{station.url}/dang-nhap?den=/tin-bao")
    await window.until("window.deskIsReady")
    await window.fill("name", "truc")
    await window.fill("password", PASSWORD)
    await window.fill("code", station.code())
    await window.press("#login button.primary")
    await window.until("document.querySelector('#list a.tip')")
    await window.press("#list a.tip")
    shown = await window.until("document.querySelector('#detail .words')?.textContent")
    assert shown == WORDS
    await window.fill("reply", ANSWER)
    await window.run("document.getElementById('reply').form.requestSubmit()")
    await window.until("document.querySelector('#detail li.reply')")
