"""Setting up an account from a one-time code, and mending one with the printed recovery code.

The browser makes password proof, keys and wraps; the server is told only what opens nothing.
"""

import io
from base64 import b64encode
from typing import Any

import segno
from aiohttp import web

from bot.channels.web.guard import json_error
from bot.console.codes import PROOF, SALT, address_of, boxed, fresh_secret, hashed, step_of, unboxed
from bot.console.desk import DESK, Desk
from bot.console.guard import json_body, public
from bot.console.login import bytes_of, login_of, proven_by_card
from bot.store.database import Transaction
from bot.store.officers import Keys, Officers, State
from bot.store.sessions import Door, Invite, Sessions

KEY = 32  # bytes of an X25519 key
WRAP = 24 + 16 + KEY  # a secretbox around one


@public
async def invite_page(request: web.Request) -> web.StreamResponse:
    """GET /moi: the code stands behind the #, so that no server ever logs it."""
    desk = request.app[DESK]
    return desk.page(request, "invite.html", words=desk.texts.table("invite"))


@public
async def open_invite(request: web.Request) -> web.StreamResponse:
    """POST /api/moi {"code"} → who it is for, and the secret for the phone's codes with its QR picture."""
    desk = request.app[DESK]
    body = await json_body(request)
    async with desk.database.transaction() as tx:
        invite = await _invited(request, tx, body, Door.INVITE)
        secret = unboxed(invite.sealed, desk.key) if invite.sealed else fresh_secret()
        if not invite.sealed:
            await Sessions(tx).keep(invite, boxed(secret, desk.key))
    address = address_of(secret, invite.officer.login)
    return web.json_response(
        {
            "login": invite.officer.login,
            "name": invite.officer.name,
            "secret": secret,
            "picture": picture_of(address),
        }
    )


@public
async def accept(request: web.Request) -> web.StreamResponse:
    """POST /api/moi/xong: the keys that the browser made, and a first code from the phone."""
    desk = request.app[DESK]
    body = await json_body(request)
    now = desk.clock()
    keys = Keys(
        salt=bytes_of(body, "salt", SALT),
        auth=hashed(bytes_of(body, "proof", PROOF)),
        x_pub=bytes_of(body, "pub", KEY),
        wrap_pw=bytes_of(body, "wrap", WRAP),
        wrap_rec=bytes_of(body, "card_wrap", WRAP),
        rec_auth=hashed(bytes_of(body, "card_proof", PROOF)),
    )
    async with desk.database.transaction() as tx:
        invite = await _invited(request, tx, body, Door.INVITE)
        secret = unboxed(invite.sealed, desk.key)
        step = step_of(secret, str(body.get("totp", "")), now.timestamp())
        if step is None:
            return json_error(403, desk.texts("invite.wrong_totp"))
        if not await Sessions(tx).use(invite):
            raise web.HTTPNotFound
        officers, id = Officers(tx), invite.officer.id
        await officers.set_keys(id, keys, now)
        await officers.set_totp(id, boxed(secret, desk.key), step)
        await officers.set_state(id, State.ACTIVE)
        await desk.audit(tx, invite.officer, "officer_ready")
        await tx.make_durable()
    return web.json_response({})


@public
async def recovery_page(request: web.Request) -> web.StreamResponse:
    """GET /khoi-phuc."""
    desk = request.app[DESK]
    words = desk.texts.table("invite") | desk.texts.table("recover")
    return desk.page(request, "recover.html", words=words)


@public
async def recover(request: web.Request) -> web.StreamResponse:
    """POST /api/khoi-phuc {"login", "proof", "code"}: the card's proof → its wrap, and a ticket of ten minutes."""
    desk = request.app[DESK]
    body = await json_body(request)
    login = login_of(body)
    if not (desk.addresses.allows(request) and desk.logins.allows(login)):
        raise web.HTTPTooManyRequests
    proof, code = bytes_of(body, "proof", PROOF), str(body.get("code", ""))
    account = await proven_by_card(desk, login, proof, code)
    if account is None:
        return json_error(403, desk.texts("recover.wrong"))
    async with desk.database.transaction() as tx:
        keys = await Officers(tx).keys(account.officer.id)
        ticket = await Sessions(tx).invite(account.officer.id, Door.RECOVER, desk.clock())
        await desk.audit(tx, account.officer, "recover_opened")
    wrap, pub = (keys.wrap_rec, keys.x_pub) if keys else (b"", b"")
    return web.json_response({"ticket": ticket, "wrap": _b64(wrap), "pub": _b64(pub)})


@public
async def mend(request: web.Request) -> web.StreamResponse:
    """POST /api/khoi-phuc/xong {"code", "salt", "proof", "wrap"}: a new password around the same key."""
    desk = request.app[DESK]
    body = await json_body(request)
    salt, wrap = bytes_of(body, "salt", SALT), bytes_of(body, "wrap", WRAP)
    auth = hashed(bytes_of(body, "proof", PROOF))
    async with desk.database.transaction() as tx:
        invite = await _invited(request, tx, body, Door.RECOVER)
        if not await Sessions(tx).use(invite):
            raise web.HTTPNotFound
        await Officers(tx).set_password(invite.officer.id, salt=salt, auth=auth, wrap=wrap)
        await Sessions(tx).close_all(invite.officer.id)
        await desk.audit(tx, invite.officer, "recover_done")
        await tx.make_durable()
    return web.json_response({})


async def _invited(
    request: web.Request, tx: Transaction, body: dict[str, Any], door: Door
) -> Invite:
    """Who the code is for; HTTPNotFound (the code is unknown, used or old) looks the same for all."""
    desk: Desk = request.app[DESK]
    if not desk.addresses.allows(request):
        raise web.HTTPTooManyRequests
    invite = await Sessions(tx).invited(str(body.get("code", "")), door, desk.clock())
    if invite is None:
        raise web.HTTPNotFound
    return invite


def picture_of(address: str) -> str:
    """The QR code of an address as an SVG document, 240 pixels wide, black on white."""
    out = io.BytesIO()
    segno.make(address, error="m").save(out, kind="svg", scale=5, border=3, light="#fff")
    return out.getvalue().decode()


def _b64(raw: bytes) -> str:
    return b64encode(raw).decode()


ROUTES = (
    web.get("/moi", invite_page),
    web.post("/api/moi", open_invite),
    web.post("/api/moi/xong", accept),
    web.get("/khoi-phuc", recovery_page),
    web.post("/api/khoi-phuc", recover),
    web.post("/api/khoi-phuc/xong", mend),
)
