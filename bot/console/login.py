"""The way in: a proof of the password and a one-time code; unknown accounts look like known ones."""

import logging
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Callable
from typing import Any

from aiohttp import web

from bot.channels.web.guard import json_error
from bot.console.codes import PROOF, code_at, fake_salt, hashed, matches, step_of, unboxed
from bot.console.desk import CSRF, DESK, OFFICER, Desk
from bot.console.guard import csrf_of, json_body, public, quiet
from bot.store.officers import Account, Keys, Officers, State
from bot.store.sessions import LONGEST, Sessions
from handlers.officer import Officer

log = logging.getLogger(__name__)

LONGEST_LOGIN = 64  # characters
NO_ACCOUNT = hashed(bytes(PROOF))  # what a proof is compared with where there is no account


@public
async def login_page(request: web.Request) -> web.StreamResponse:
    """GET /dang-nhap."""
    desk = request.app[DESK]
    words = desk.texts.table("login")
    return desk.page(request, "login.html", demo=desk.demo, words=words)


@public
async def demo_code(request: web.Request) -> web.StreamResponse:
    """GET /api/ma-thu → the demo officers' code of this moment; there is none where this is no demo."""
    desk = request.app[DESK]
    if desk.demo is None:
        raise web.HTTPNotFound
    return web.json_response({"code": code_at(desk.demo.secret, desk.clock().timestamp())})


@public
async def salt(request: web.Request) -> web.StreamResponse:
    """POST /api/dang-nhap/muoi {"login"} → {"salt"}: what the browser derives the keys with."""
    desk = request.app[DESK]
    login = login_of(await json_body(request))
    if not desk.addresses.allows(request):
        raise web.HTTPTooManyRequests
    async with desk.database.transaction() as tx:
        account = await Officers(tx).by_login(login)
        keys = await Officers(tx).keys(account.officer.id) if account else None
    found = keys.salt if keys else fake_salt(login, desk.key)
    return web.json_response({"salt": b64encode(found).decode()})


@public
async def enter(request: web.Request) -> web.StreamResponse:
    """POST /api/dang-nhap {"login", "proof", "code"} → the session's cookie, and the wrapped key."""
    desk = request.app[DESK]
    body = await json_body(request)
    login, proof, code = login_of(body), bytes_of(body, "proof", PROOF), str(body.get("code", ""))
    if not (desk.addresses.allows(request) and desk.logins.allows(login)):
        raise web.HTTPTooManyRequests
    account = await proven_by_password(desk, login, proof, code)
    if account is None:
        return json_error(403, desk.texts("login.wrong"))
    officer = account.officer
    async with desk.database.transaction() as tx:
        token = await Sessions(tx).open(officer, desk.clock())
        await desk.audit(tx, officer, "login")
    response = web.json_response(await mine(desk, officer, csrf_of(token, desk.key)))
    response.set_cookie(
        desk.cookie,
        token,
        max_age=int(LONGEST.total_seconds()),
        path="/",
        secure=desk.secure,
        httponly=True,
        samesite="Strict",
    )
    return response


async def proven_by_password(desk: Desk, login: str, proof: bytes, code: str) -> Account | None:
    """The account, where the password's proof and the phone's code are right."""
    return await proven(desk, login, proof, code, lambda keys: keys.auth)


async def proven_by_card(desk: Desk, login: str, proof: bytes, code: str) -> Account | None:
    """The same by the printed recovery code in the place of the password."""
    return await proven(desk, login, proof, code, lambda keys: keys.rec_auth)


async def proven(
    desk: Desk, login: str, proof: bytes, code: str, stored: Callable[[Keys], str]
) -> Account | None:
    """The account, where both proofs are right; the work is the same where there is none."""
    async with desk.database.transaction() as tx:
        officers = Officers(tx)
        account = await officers.by_login(login)
        id = account.officer.id if account else ""
        keys, totp = await officers.keys(id), await officers.totp(id)
    right = await matches(proof, stored(keys) if keys else NO_ACCOUNT)
    secret = unboxed(bytes(totp["sealed"]), desk.key) if totp else "A" * 32
    step = step_of(secret, code, desk.clock().timestamp())
    known = account is not None and account.state is State.ACTIVE and keys and totp
    async with desk.database.transaction() as tx:
        if known and right and step and await Officers(tx).use_step(id, step):
            return account
        if account is not None:
            await desk.audit(tx, account.officer, "login_refused")
    return None


@quiet
async def who(request: web.Request) -> web.StreamResponse:
    """GET /api/toi → who is logged in, and the wrapped key: for a page that asks for the password again."""
    desk = request.app[DESK]
    return web.json_response(await mine(desk, request[OFFICER], request[CSRF]))


async def mine(desk: Desk, officer: Officer, csrf: str) -> dict[str, Any]:
    """What an officer's browser needs: nothing in it is of use without the password."""
    async with desk.database.transaction() as tx:
        keys = await Officers(tx).keys(officer.id)
    return {
        "csrf": csrf,
        "login": officer.login,
        "id": officer.id,
        "name": officer.name,
        "role": str(officer.role),
        "area": officer.area,
        "salt": _text(keys.salt) if keys else "",
        "pub": _text(keys.x_pub) if keys else "",
        "wrap": _text(keys.wrap_pw) if keys else "",
    }


async def leave(request: web.Request) -> web.StreamResponse:
    """POST /dang-xuat: the session ends here and in the browser."""
    desk = request.app[DESK]
    async with desk.database.transaction() as tx:
        await Sessions(tx).close(request.cookies.get(desk.cookie, ""))
        await desk.audit(tx, request[OFFICER], "logout")
    response = web.HTTPSeeOther("/dang-nhap")
    response.del_cookie(desk.cookie, path="/")
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    raise response


def bytes_of(body: dict[str, Any], name: str, size: int | None = None) -> bytes:
    """A field in base64; HTTPBadRequest where it is none, or of another size."""
    try:
        found = b64decode(str(body.get(name, "")), validate=True)
    except (NotBase64, ValueError):
        raise web.HTTPBadRequest from None
    if size is not None and len(found) != size:
        raise web.HTTPBadRequest
    return found


def login_of(body: dict[str, Any]) -> str:
    """The login as it is kept: lower case; HTTPBadRequest where it can't be one."""
    login = str(body.get("login", "")).strip().lower()
    if not 0 < len(login) <= LONGEST_LOGIN:
        raise web.HTTPBadRequest
    return login


def _text(raw: bytes) -> str:
    return b64encode(raw).decode()
