"""The officers' application, on an address of its own: who may come in, and the sections of the desk."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping
from pathlib import Path

import jinja2
from aiohttp import web

from bot.channels.web.guard import errors_middleware, json_error
from bot.console import (
    accounts,
    invite,
    journal,
    live,
    login,
    password,
    phone,
    statistics,
    tips,
    units,
)
from bot.console.desk import DESK, Desk, Section
from bot.console.guard import headers_middleware, public, session_middleware
from bot.console.scripts import SHARED, on_demand, own, scripts_of
from bot.metrics import Metrics

log = logging.getLogger(__name__)

Gauges = Callable[[], Awaitable[Mapping[str, float]]]

HERE = Path(__file__).parent
BODY = 2 * 1024 * 1024  # bytes of a request
SECTIONS = (
    Section(path="/tin-bao", name="tips", roles=units.READERS),
    Section(path="/thong-ke", name="statistics", roles=statistics.READERS),
    Section(path="/can-bo", name="officers", roles=accounts.READERS),
    Section(path="/nhat-ky", name="journal", roles=journal.READERS),
)


def console_app(
    desk: Desk, metrics: Metrics, gauges: Gauges, files: Path, routes: Iterable[web.RouteDef] = ()
) -> web.Application:
    """The desk with its sections, /metrics and /healthz.

    `files` is the folder of sealed files; `routes` are those of sections that are wired elsewhere.
    """

    @public
    async def show(request: web.Request) -> web.Response:
        return web.Response(text=metrics.text(await gauges()))

    @public
    async def healthy(request: web.Request) -> web.Response:
        return web.Response(text="ok")

    app = web.Application(
        middlewares=[headers_middleware(), errors_middleware(error), session_middleware()],
        client_max_size=BODY,
    )
    app[DESK] = desk
    app[tips.FILES] = files
    app[live.CLOSING] = asyncio.Event()
    app.on_shutdown.append(live.end)
    app.add_routes(
        [
            web.get("/metrics", show),
            web.get("/healthz", healthy),
            web.get("/dang-nhap", login.login_page),
            web.get("/api/ma-thu", login.demo_code),
            web.post("/api/dang-nhap/muoi", login.salt),
            web.post("/api/dang-nhap", login.enter),
            web.get("/api/toi", login.who),
            web.post("/dang-xuat", login.leave),
            *phone.ROUTES,
            *statistics.ROUTES,
            *invite.ROUTES,
            *password.ROUTES,
            *live.ROUTES,
            *tips.ROUTES,
            *units.ROUTES,
            *accounts.ROUTES,
            *journal.ROUTES,
            *routes,
            web.static("/static/shared", SHARED),
            web.static("/static/desk", HERE / "static"),
        ]
    )
    return app


def error(request: web.Request, status: int, number: str) -> web.Response:
    """An error in words that say the remedy: a page, or JSON for a script."""
    desk = request.app[DESK]
    key = f"desk.error_{status}"
    text = desk.texts(key if key in desk.texts else "desk.error_other", incident=number)
    if request.path.startswith("/api/"):
        return json_error(status, text)
    return desk.page(request, "error.html", status=status, text=text)


def templates() -> jinja2.Environment:
    """The desk's pages, everything put into them escaped."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader((HERE / "templates", HERE.parent / "web/templates")),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    # choices stand in the catalogue's order, and marks as letters
    environment.globals |= {"scripts_of": scripts_of, "script": own, "on_demand": on_demand}
    environment.policies["json.dumps_kwargs"] = {"sort_keys": False, "ensure_ascii": False}
    return environment
