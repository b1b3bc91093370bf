"""The accounts page: an admin invites, disables and invites again; nobody else does, and nobody shuts himself out."""

import re
from typing import Any

from tests.console.station import Caller, Station


async def sends(officer: Caller, path: str, **fields: str) -> tuple[int, str]:
    """A form of the page."""
    form = {"csrf": officer.csrf, **fields}
    headers = {"Sec-Fetch-Site": "same-origin"}
    async with officer.session.post(
        officer.url + path, data=form, headers=headers, allow_redirects=False
    ) as answer:
        return answer.status, await answer.text()


NEW: dict[str, Any] = {"login": "lan.nt", "name": "Lan", "role": "duty", "area": "ben-sao"}


async def test_an_admin_invites_and_the_link_opens_the_account(station: Station) -> None:
    status, page = await sends(await station.officer("quantri"), "/can-bo/them", **NEW)

    code = re.search(r"/moi#([\w-]{32})", page)
    assert status == 200
    assert code
    opened = await station.stranger().post("/api/moi", {"code": code[1]})
    assert (opened[0], opened[1]["login"]) == (200, "lan.nt")


async def test_an_admin_shuts_an_account_at_once_but_not_his_own(station: Station) -> None:
    admin, officer = await station.officer("quantri"), await station.officer("truc")

    own = await sends(admin, "/can-bo/khoa", id=station.staff["quantri"].officer.id)
    other = await sends(admin, "/can-bo/khoa", id=station.staff["truc"].officer.id)

    assert (own[0], other[0]) == (403, 303)
    assert (await officer.get("/api/toi"))[0] == 401


async def test_the_province_looks_and_changes_nothing(station: Station) -> None:
    province = await station.officer("tinh")

    assert (await sends(province, "/can-bo/them", **NEW))[0] == 403
    assert "/can-bo/them" not in (await province.get("/can-bo"))[1]


async def test_a_form_that_gives_itself_more_is_refused_in_words(station: Station) -> None:
    admin = await station.officer("quantri")

    for wrong in ({"role": "root"}, {"area": "khong-co"}, {"login": "../x"}, {"name": ""}):
        assert "Chưa đúng" in (await sends(admin, "/can-bo/them", **(NEW | wrong)))[1]
    await sends(admin, "/can-bo/them", **NEW)
    assert "đã có người dùng" in (await sends(admin, "/can-bo/them", **NEW))[1]
