"""What every page of the desk needs: the store, the clock, the words, the audit log."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import jinja2
from aiohttp import web

from bot.channels.web.guard import Addresses, Buckets
from bot.console.demo import Demo
from bot.store.audit import Audit
from bot.store.database import Database, Transaction
from bot.store.sessions import Sessions
from handlers.ask import HERE
from handlers.officer import Officer
from knowledge.load import Knowledge
from knowledge.texts import Texts
from scheduler.sender import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A part of the desk as the navigation names it; `roles` that have it (empty: all)."""

    path: str
    name: str
    roles: frozenset[str] = frozenset()

    def open_to(self, officer: Officer) -> bool:
        return not self.roles or officer.role in self.roles


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """The desk's own things; pages reach it as `request.app[DESK]`."""

    database: Database
    clock: Clock
    knowledge: Callable[[], Knowledge]
    chain: Audit
    key: bytes
    url: str
    sections: tuple[Section, ...]
    templates: jinja2.Environment
    demo: Demo | None = None
    logins: Buckets = field(default_factory=lambda: Buckets(rate=1 / 30, burst=6))
    addresses: Addresses = field(default_factory=lambda: Addresses(rate=1 / 5, burst=40))

    @property
    def texts(self) -> Texts:
        return self.knowledge().texts

    @property
    def secure(self) -> bool:
        return self.url.startswith("https://")

    @property
    def cookie(self) -> str:
        return "__Host-binhan-desk" if self.secure else "binhan-desk"

    async def officer_of(self, token: str, *, touch: bool = True) -> Officer | None:
        """Whose session a cookie names; None where it has ended."""
        async with self.database.transaction() as tx:
            return await Sessions(tx).officer(token, self.clock(), touch=touch)

    async def audit(self, tx: Transaction, officer: Officer, action: str, object: str = "") -> None:
        """Note in the audit log what an officer did; `object` is an identifier, never a text."""
        await self.chain(tx, self.clock(), officer.login, action, object)

    def page(
        self, request: web.Request, name: str, *, status: int = 200, **values: Any
    ) -> web.Response:
        """A page of the desk: a template that extends `base.html`."""
        officer = request.get(OFFICER)
        shown = [s for s in self.sections if officer and s.open_to(officer)]
        html = self.templates.get_template(name).render(
            t=self.texts,
            officer=officer,
            area=self.area_name(officer.area) if officer else "",
            csrf=request.get(CSRF, ""),
            sections=shown,
            here=request.path,
            area_name=self.area_name,
            act=self.act,
            hour=hour,
            **values,
        )
        return web.Response(status=status, text=html, content_type="text/html")

    def act(self, action: str) -> str:
        """An action of the audit log in words."""
        key = f"audit_act.{action}"
        return self.texts(key) if key in self.texts else action

    def area_name(self, id: str) -> str:
        """An area's name; its id where the knowledge does not hold it."""
        areas = self.knowledge().areas
        return areas[id].name if id in areas else id


def hour(at: datetime) -> str:
    """An hour as officers read it: "14h 03/02/2027"."""
    return at.astimezone(HERE).strftime("%Hh %d/%m/%Y")


OFFICER: web.RequestKey[Officer] = web.RequestKey(
    "officer", Officer
)  # who asks; there where a session is
CSRF: web.RequestKey[str] = web.RequestKey("csrf", str)
DESK: web.AppKey[Desk] = web.AppKey("desk", Desk)
