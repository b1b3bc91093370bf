"""Cán bộ: the accounts of the desk; an admin invites, disables and invites again, as `binhan officer` does."""

import re

from aiohttp import web

from bot.console.desk import DESK, OFFICER
from bot.console.guard import needs
from bot.console.units import today
from bot.store.database import Conflict, Transaction
from bot.store.officers import Account, Officers, State, accounts
from bot.store.sessions import Door, Sessions
from bot.store.units import leave
from handlers.officer import Role
from knowledge.areas import Area, Areas

READERS = frozenset({Role.PROVINCE, Role.ADMIN})
LOGIN = re.compile(r"[a-z0-9][a-z0-9._-]{1,31}")
LONGEST_NAME = 80


@needs(*READERS)
async def accounts_page(request: web.Request) -> web.StreamResponse:
    """GET /can-bo."""
    return await _page(request)


@needs(Role.ADMIN)
async def add(request: web.Request) -> web.StreamResponse:
    """POST /can-bo/them: a new account; its one-time link is shown once."""
    desk, officer, form = request.app[DESK], request[OFFICER], await request.post()
    login, name = str(form.get("login", "")).strip(), str(form.get("name", "")).strip()
    role, area = str(form.get("role", "")), str(form.get("area", ""))
    known = role in set(Role) and area in units_of(desk.knowledge().areas)
    if not LOGIN.fullmatch(login) or not 0 < len(name) <= LONGEST_NAME or not known:
        return await _page(request, fault="accounts.bad")
    try:
        async with desk.database.transaction() as tx:
            made = await Officers(tx).add(
                login=login, name=name, role=Role(role), area=area, at=desk.clock()
            )
            code = await Sessions(tx).invite(made.id, Door.INVITE, desk.clock())
            await desk.audit(tx, officer, "officer_add", login)
    except Conflict:
        return await _page(request, fault="accounts.taken")
    return await _page(request, code=code, login=login)


@needs(Role.ADMIN)
async def disable(request: web.Request) -> web.StreamResponse:
    """POST /can-bo/khoa {"id"}: shut an account; one's own stays."""
    desk, officer = request.app[DESK], request[OFFICER]
    async with desk.database.transaction() as tx:
        account = await _account(request, tx)
        if account.officer.id == officer.id:
            raise web.HTTPForbidden
        await leave(tx, account, State.DISABLED, today(desk))
        await desk.audit(tx, officer, "officer_disable", account.officer.login)
        await tx.make_durable()
    raise web.HTTPSeeOther("/can-bo")


@needs(Role.ADMIN)
async def reinvite(request: web.Request) -> web.StreamResponse:
    """POST /can-bo/moi-lai {"id"}: new password, phone and keys; colleagues share the unit's keys again."""
    desk, officer = request.app[DESK], request[OFFICER]
    async with desk.database.transaction() as tx:
        account = await _account(request, tx)
        if account.officer.id == officer.id:
            raise web.HTTPForbidden
        await leave(tx, account, State.INVITED, today(desk))
        code = await Sessions(tx).invite(account.officer.id, Door.INVITE, desk.clock())
        await desk.audit(tx, officer, "officer_reinvite", account.officer.login)
        await tx.make_durable()
    return await _page(request, code=code, login=account.officer.login)


def units_of(areas: Areas) -> dict[str, Area]:
    """Where officers work: the province and its communes, by id."""
    return {area.id: area for area in (areas.province, *areas.communes)}


async def _account(request: web.Request, tx: Transaction) -> Account:
    account = await Officers(tx).by_id(str((await request.post()).get("id", "")))
    if account is None:
        raise web.HTTPNotFound
    return account


async def _page(
    request: web.Request, *, code: str = "", login: str = "", fault: str = ""
) -> web.StreamResponse:
    desk = request.app[DESK]
    areas = desk.knowledge().areas
    return desk.page(
        request,
        "accounts.html",
        accounts=await accounts(desk.database),
        may_change=request[OFFICER].role is Role.ADMIN,
        link=f"{desk.url}/moi#{code}" if code else "",
        login=login,
        fault=desk.texts(fault) if fault else "",
        roles=list(Role),
        areas=units_of(areas).values(),
    )


ROUTES = (
    web.get("/can-bo", accounts_page),
    web.post("/can-bo/them", add),
    web.post("/can-bo/khoa", disable),
    web.post("/can-bo/moi-lai", reinvite),
)
