"""What stands before every route: a session, a role, one's own doing. The list of routes is the program's own."""

import re
from collections.abc import Iterator
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from bot.console.app import SECTIONS, console_app, templates
from bot.console.desk import Desk
from bot.console.guard import POLICY, public
from bot.console.warnings.routes import ROUTES
from bot.metrics import Metrics
from bot.store.audit import Audit
from bot.store.database import Database
from bot.wiring.tasks import listening
from knowledge.load import load_knowledge
from tests.console.station import STAFF, Station
from tests.dialogs.people import TODAY
from tests.ports import free_port

PUBLIC = {
    "/metrics", "/healthz", "/dang-nhap", "/api/ma-thu", "/api/dang-nhap/muoi", "/api/dang-nhap", "/moi", "/api/moi",
    "/api/moi/xong", "/khoi-phuc", "/api/khoi-phuc", "/api/khoi-phuc/xong",
}  # fmt: skip
SECTIONS_OF = {
    "truc": {"/tin-bao", "/thong-ke"},
    "xa": {"/tin-bao", "/thong-ke"},
    "xa2": {"/tin-bao", "/thong-ke"},
    "tinh": {"/tin-bao", "/thong-ke", "/can-bo", "/nhat-ky"},
    "quantri": {"/thong-ke", "/can-bo", "/nhat-ky"},
}


def desk_of(database: Database) -> Desk:
    return Desk(
        database=database,
        clock=lambda: TODAY,
        knowledge=load_knowledge,
        chain=Audit(bytes(32)),
        key=bytes(32),
        url="https://desk.test",
        sections=SECTIONS,
        templates=templates(),
    )


def routes() -> Iterator[tuple[str, str]]:
    """Every route of the desk but static files, as (method, path)."""

    async def gauges() -> dict[str, float]:
        return {}

    app = console_app(desk_of(None), Metrics(), gauges, Path(), ROUTES)  # type: ignore[arg-type]
    for route in app.router.routes():
        path = route.resource.canonical if route.resource else ""
        if route.method != "HEAD" and not path.startswith("/static"):
            yield route.method, re.sub(r"\{[^}]+\}", "0" * 32, path)


@pytest.fixture(scope="module")
def every_route() -> list[tuple[str, str]]:
    return list(routes())


async def test_without_a_session_only_the_way_in_is_open(
    station: Station, every_route: list[tuple[str, str]]
) -> None:
    caller, closed = station.stranger(), []
    for method, path in every_route:
        status, _ = await (caller.get(path) if method == "GET" else caller.post(path))
        if status in (303, 401):
            closed.append(path)

    assert {path for _, path in every_route} - set(closed) == PUBLIC


async def test_what_changes_something_needs_the_token_of_the_session(
    station: Station, every_route: list[tuple[str, str]]
) -> None:
    officer = await station.officer("tinh")
    officer.csrf = "forged"
    forged = {}
    for method, path in every_route:
        if method == "POST" and path not in PUBLIC:
            forged[path] = (await officer.post(path))[0]

    assert forged
    assert set(forged.values()) == {403}
    assert (await officer.get("/api/toi"))[0] == 200  # nobody was logged out by it


ELSEWHERE: tuple[dict[str, str], ...] = (
    {"Sec-Fetch-Site": "cross-site"},  # a browser on another site
    {"Sec-Fetch-Site": "same-site"},  # the citizens' site beside ours
    {"Sec-Fetch-Site": "", "Origin": "https://evil.test"},  # an older browser
)


async def test_another_site_can_change_nothing_even_with_the_token(
    station: Station, every_route: list[tuple[str, str]]
) -> None:
    officer = await station.officer("tinh")
    for headers in ELSEWHERE:
        for method, path in every_route:
            if method == "POST":
                assert (await officer.post(path, **headers))[0] == 403, path
    own, _ = await officer.post("/dang-xuat")

    assert own == 303  # the negative control: from our own page it works


async def test_the_way_in_takes_no_form_of_another_site(station: Station) -> None:
    caller = station.stranger()
    async with caller.session.post(caller.url + "/api/dang-nhap", data={"login": "tinh"}) as answer:
        assert answer.status == 415


async def test_each_role_has_its_sections_and_no_other(station: Station) -> None:
    for login, *_ in STAFF:
        officer = await station.officer(login)
        asked = {path: (await officer.get(path))[0] for path in set().union(*SECTIONS_OF.values())}

        assert {path for path, status in asked.items() if status == 200} == SECTIONS_OF[login]
        assert set(asked.values()) <= {200, 403}


async def test_every_answer_carries_the_strict_headers(station: Station) -> None:
    caller = station.stranger()
    for path in ("/dang-nhap", "/khong-co", "/api/toi", "/static/desk/keys.js"):
        async with caller.session.get(caller.url + path, allow_redirects=False) as answer:
            assert answer.headers["Content-Security-Policy"] == POLICY
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            kept = "no-cache" if path.startswith("/static") else "no-store"
            assert answer.headers["Cache-Control"] == kept
    assert "unsafe-inline" not in POLICY
    assert "'unsafe-eval'" not in POLICY


async def test_a_route_that_nobody_marked_is_closed(database: Database) -> None:
    """The negative control of the first test: only `public` opens a route."""

    async def forgotten(request: web.Request) -> web.Response:
        return web.Response(text="secret")

    @public
    async def opened(request: web.Request) -> web.Response:
        return web.Response(text="for all")

    async def gauges() -> dict[str, float]:
        return {}

    extra = [web.get("/quen", forgotten), web.get("/mo", opened)]
    app, listen = (
        console_app(desk_of(database), Metrics(), gauges, Path(), extra),
        f"127.0.0.1:{free_port()}",
    )
    async with listening(app, listen, 30), aiohttp.ClientSession(f"http://{listen}") as session:
        async with session.get("/quen", allow_redirects=False) as closed:
            assert closed.status == 303
        async with session.get("/mo") as answer:
            assert await answer.text() == "for all"


def test_over_https_the_cookie_is_bound_to_this_host(tmp_path: Path) -> None:
    desk = desk_of(None)  # type: ignore[arg-type]

    assert desk.secure
    assert desk.cookie.startswith("__Host-")
