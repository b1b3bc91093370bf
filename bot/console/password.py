"""Mật khẩu: another password around the same key, by an officer who knows the old one."""

from aiohttp import web

from bot.channels.web.guard import json_error
from bot.console.codes import PROOF, SALT, hashed
from bot.console.desk import DESK, OFFICER
from bot.console.guard import json_body
from bot.console.invite import WRAP
from bot.console.login import bytes_of, proven_by_password
from bot.store.officers import Officers
from bot.store.sessions import Sessions


async def password_page(request: web.Request) -> web.StreamResponse:
    """GET /mat-khau."""
    desk = request.app[DESK]
    words = desk.texts.table("invite") | desk.texts.table("password")
    return desk.page(request, "password.html", words=words)


async def change(request: web.Request) -> web.StreamResponse:
    """POST /api/mat-khau {"proof", "code", "salt", "new", "wrap"}: all sessions of the officer end with it."""
    desk, officer = request.app[DESK], request[OFFICER]
    body = await json_body(request)
    if not (desk.addresses.allows(request) and desk.logins.allows(officer.login)):
        raise web.HTTPTooManyRequests
    proof, code = bytes_of(body, "proof", PROOF), str(body.get("code", ""))
    salt, wrap = bytes_of(body, "salt", SALT), bytes_of(body, "wrap", WRAP)
    auth = hashed(bytes_of(body, "new", PROOF))
    if await proven_by_password(desk, officer.login, proof, code) is None:
        return json_error(403, desk.texts("password.wrong"))
    async with desk.database.transaction() as tx:
        await Officers(tx).set_password(officer.id, salt=salt, auth=auth, wrap=wrap)
        await Sessions(tx).close_all(officer.id)
        await desk.audit(tx, officer, "password_change")
        await tx.make_durable()
    return web.json_response({})


ROUTES = (
    web.get("/mat-khau", password_page),
    web.post("/api/mat-khau", change),
)
