"""Unit keys: made, shared and renewed in officers' browsers; the server passes sealed boxes on and notes it."""

from base64 import b64encode
from datetime import date
from typing import Any

from aiohttp import web

from bot.console.desk import DESK, OFFICER, Desk
from bot.console.guard import json_body, needs, quiet
from bot.console.login import bytes_of
from bot.store.database import Transaction
from bot.store.units import FEWEST, Epoch, Member, Units
from handlers.ask import local_day
from handlers.officer import Officer, Role
from knowledge.calendar import days_off

READERS = frozenset({Role.COMMUNE, Role.DUTY, Role.PROVINCE})
KEY = 32
SEALED = 48 + KEY  # bytes of a key in a sealed box
MOST = 100  # boxes of one request


@needs(*READERS)
@quiet
async def ring(request: web.Request) -> web.StreamResponse:
    """GET /api/khoa → the unit: epochs (sealed to the officer), members, escrow; the units to refer to; days off."""
    desk, officer = request.app[DESK], request[OFFICER]
    areas = desk.knowledge().areas
    year = today(desk).year
    days = days_off(year - 2, year + 1)  # a tip is kept for a year after it was closed
    async with desk.database.transaction() as tx:
        units = Units(tx)
        epochs = await _epochs(units, officer, desk)
        members = await units.members(officer.area)
        escrow = await units.escrow()
        reachable = await units.reachable()
    return web.json_response(
        {
            "unit": officer.area,
            "name": desk.area_name(officer.area),
            "epochs": [_epoch(each) for each in epochs],
            "members": [_member(each) for each in members],
            "fewest": FEWEST,
            "days": {
                "off": [day.isoformat() for day in days.off],
                "worked": [day.isoformat() for day in days.worked],
            },
            "escrow": b64(escrow),
            "areas": {area.id: area.name for area in (areas.province, *areas.communes)},
            "units": [dict(row) | {"pub": b64(row["pub"])} for row in reachable],
        }
    )


@needs(*READERS)
async def begin(request: web.Request) -> web.StreamResponse:
    """POST /api/khoa/moi {"after", "pub", "sealed": {officer: key}, "escrow"?}: the unit's next epoch."""
    desk, officer = request.app[DESK], request[OFFICER]
    body = await json_body(request)
    pub, sealed = bytes_of(body, "pub", KEY), _boxes(body, "sealed")
    async with desk.database.transaction() as tx:
        units = Units(tx)
        await ensure_unit(desk, tx, officer.area)
        epochs = await _epochs(units, officer, desk)
        last = epochs[-1] if epochs else None
        if body.get("after") != (last.epoch if last else 0) or (last and not last.retired):
            raise web.HTTPConflict  # a colleague was quicker
        if set(sealed) != {member.id for member in await units.members(officer.area)}:
            raise web.HTTPConflict  # somebody came or left meanwhile
        epoch = await units.begin_epoch(officer.area, pub, sealed, today(desk))
        if body.get("escrow"):
            await _into_escrow(units, officer.area, epoch, bytes_of(body, "escrow", SEALED))
        await desk.audit(tx, officer, "unit_epoch", f"{officer.area}/{epoch}")
        await tx.make_durable()
    return web.json_response({"epoch": epoch})


@needs(*READERS)
async def share(request: web.Request) -> web.StreamResponse:
    """POST /api/khoa/cap {"officer", "keys": {epoch: key}}: a colleague's browser re-seals what it holds."""
    desk, officer = request.app[DESK], request[OFFICER]
    body = await json_body(request)
    keys = _boxes(body, "keys")
    async with desk.database.transaction() as tx:
        units = Units(tx)
        members = await units.members(officer.area)
        colleague = next((m for m in members if m.id == body.get("officer")), None)
        if colleague is None or not await _holds(units, officer, desk, keys):
            raise web.HTTPNotFound
        for epoch, sealed in keys.items():
            await units.share(officer.area, int(epoch), colleague.id, sealed)
        await desk.audit(tx, officer, "unit_share", colleague.login)
        await tx.make_durable()
    return web.json_response({})


@needs(*READERS)
async def keep(request: web.Request) -> web.StreamResponse:
    """POST /api/khoa/ky-gui {"keys": {epoch: key}}: the unit's keys, sealed to the escrow key."""
    desk, officer = request.app[DESK], request[OFFICER]
    keys = _boxes(await json_body(request), "keys")
    async with desk.database.transaction() as tx:
        units = Units(tx)
        if not await _holds(units, officer, desk, keys):
            raise web.HTTPNotFound
        for epoch, sealed in keys.items():
            await _into_escrow(units, officer.area, int(epoch), sealed)
        await desk.audit(tx, officer, "unit_escrow", officer.area)
        await tx.make_durable()
    return web.json_response({})


async def ensure_unit(desk: Desk, tx: Transaction, area: str) -> None:
    """An area becomes a unit when its first officer makes its key."""
    areas = desk.knowledge().areas
    if area not in areas:
        raise web.HTTPNotFound
    province = areas.province.id
    await Units(tx).ensure(area, areas[area].name, None if area == province else province)


async def _epochs(units: Units, officer: Officer, desk: Desk) -> list[Epoch]:
    return await units.epochs(officer.area, officer.id, today(desk))


async def _holds(units: Units, officer: Officer, desk: Desk, keys: dict[str, bytes]) -> bool:
    """Whether an officer holds the epochs that are to be passed on: nobody passes on what he can't open."""
    return set(keys) <= {str(e.epoch) for e in await _epochs(units, officer, desk) if e.sealed}


async def _into_escrow(units: Units, unit: str, epoch: int, sealed: bytes) -> None:
    escrow = await units.escrow()
    if escrow is None:
        raise web.HTTPConflict
    await units.keep_in_escrow(unit, epoch, escrow, sealed)


def today(desk: Desk) -> date:
    """The day in Việt Nam."""
    return local_day(desk.clock())


def b64(raw: bytes | None) -> str:
    """Bytes for JSON; none: ''."""
    return b64encode(raw).decode() if raw else ""


def _boxes(body: dict[str, Any], name: str) -> dict[str, bytes]:
    given = body.get(name)
    if not isinstance(given, dict) or not 0 < len(given) <= MOST:
        raise web.HTTPBadRequest
    return {str(key): bytes_of(given, key, SEALED) for key in given}


def _epoch(epoch: Epoch) -> dict[str, Any]:
    return {
        "epoch": epoch.epoch,
        "pub": b64(epoch.pub),
        "retired": epoch.retired,
        "sealed": b64(epoch.sealed),
        "in_escrow": epoch.in_escrow,
    }


def _member(member: Member) -> dict[str, Any]:
    return {
        "id": member.id,
        "login": member.login,
        "name": member.name,
        "pub": b64(member.pub),
        "held": member.held,
    }


ROUTES = (
    web.get("/api/khoa", ring),
    web.post("/api/khoa/moi", begin),
    web.post("/api/khoa/cap", share),
    web.post("/api/khoa/ky-gui", keep),
)
