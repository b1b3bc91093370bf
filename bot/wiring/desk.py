"""Wires the officers' desk, and the demo's officers where it is one."""

from aiohttp import web

from bot.config import Config, Secrets
from bot.console.app import SECTIONS, console_app, templates
from bot.console.demo import Demo, demo_officers
from bot.console.desk import Desk
from bot.store.audit import Audit
from bot.wiring.heart import Heart
from bot.wiring.tidy import gauges
from knowledge.areas import Areas
from scheduler.sender import Clock

KEY = "desk_key"


def desk_of(
    config: Config, secrets: Secrets, heart: Heart, clock: Clock, demo: Demo | None
) -> web.Application:
    """The officers' application."""
    desk = Desk(
        database=heart.database,
        clock=clock,
        knowledge=lambda: heart.library.knowledge,
        chain=Audit(secrets.key("audit_key")),
        key=secrets.key(KEY),
        url=config.console_url,
        sections=SECTIONS,
        templates=templates(),
        demo=demo,
    )
    return console_app(desk, heart.metrics, lambda: gauges(heart))


async def demo_of(config: Config, secrets: Secrets, heart: Heart, clock: Clock) -> Demo | None:
    """The demo's officers; None where this is no demo."""
    if not config.demo:
        return None
    areas = places(heart.library.knowledge.areas)
    return await demo_officers(heart.database, config.data_folder, secrets.key(KEY), areas, clock())


def places(areas: Areas) -> dict[str, str]:
    """Where the demo's officers work: the first commune, and the province."""
    return {"province": areas.province.id, "commune": areas.communes[0].id}
