"""Wires the officers' desk, and the demo's officers where it is one."""

from collections.abc import Collection, Mapping

from aiohttp import web

from bot.channels.telegram import TelegramChannel
from bot.config import Config, Secrets
from bot.console.app import SECTIONS, console_app, templates
from bot.console.demo import Demo, demo_desk
from bot.console.desk import Desk
from bot.console.warnings.routes import ROUTES, SECTION
from bot.store.audit import Audit
from bot.store.keyed import Keyed
from bot.wiring.bells import Bells
from bot.wiring.heart import FILES, Heart
from bot.wiring.tidy import gauges
from bot.wiring.warning_room import furnish
from knowledge.areas import Area, Areas
from scheduler.sender import Channel, Clock

KEY = "desk_key"


def desk_of(
    config: Config,
    secrets: Secrets,
    heart: Heart,
    clock: Clock,
    demo: Demo | None,
    channels: Mapping[str, Channel],
    telegram: TelegramChannel | None,
) -> web.Application:
    """The officers' application; `channels` are those that warnings can go out by."""
    desk = Desk(
        database=heart.database,
        clock=clock,
        knowledge=lambda: heart.library.knowledge,
        chain=Audit(secrets.key("audit_key")),
        key=secrets.key(KEY),
        url=config.console_url,
        sections=(SECTIONS[0], SECTION, *SECTIONS[1:]),  # tips, warnings, and the rest
        templates=templates(),
        demo=demo,
    )
    files = config.data_folder / FILES
    app = console_app(desk, heart.metrics, lambda: gauges(heart), files, ROUTES)
    keyed = Keyed(bytes.fromhex(secrets.pepper.reveal()))
    furnish(app, config, heart, keyed, channels, lambda: telegram.username if telegram else None)
    return app


def bells_of(config: Config, heart: Heart, channels: Collection[str], clock: Clock) -> Bells:
    """What tells officers' chats of new tips."""
    return Bells(
        database=heart.database,
        areas=lambda: heart.library.knowledge.areas,
        channels=channels,
        url=config.console_url,
        clock=clock,
        wake=heart.sender.wake,
    )


async def demo_of(config: Config, secrets: Secrets, heart: Heart, clock: Clock) -> Demo | None:
    """The demo's officers; None where this is no demo."""
    if not config.demo:
        return None
    areas = places(heart.library.knowledge.areas)
    return await demo_desk(heart.database, config.data_folder, secrets.key(KEY), areas, clock())


def places(areas: Areas) -> dict[str, Area]:
    """Where the demo's officers work: the first commune, and the province."""
    return {"province": areas.province, "commune": areas.communes[0]}
