"""Wires the desk's pages of warnings: what channels there are, how a warning sounds, where a poster leads."""

from collections.abc import Callable, Mapping
from datetime import date
from functools import partial

from aiohttp import web

from bot.config import Config
from bot.console.warnings.progress import STREAMS, Streams
from bot.console.warnings.reaching import Remembered
from bot.console.warnings.room import ROOM, Link, Room
from bot.office import office_of
from bot.store.audience import reach
from bot.store.broadcasts import Broadcasts
from bot.store.deliveries import tally
from bot.store.keyed import Keyed
from bot.store.pledges import Pledges
from bot.wiring.heart import Heart
from bot.wiring.ways import ways_of
from handlers.reach import forecast
from handlers.subscribe import LINK
from handlers.warning import words
from knowledge.areas import Area
from knowledge.article import Article
from scheduler.sender import Channel

ORDER = ("zalo_oa", "telegram", "web")  # as a citizen meets them
Username = Callable[[], str | None]


def furnish(
    app: web.Application,
    config: Config,
    heart: Heart,
    keyed: Keyed,
    channels: Mapping[str, Channel],
    username: Username,
) -> None:
    """Give the pages of warnings what they need."""
    office = office_of(config)

    def about(on: date) -> Callable[[str], Article | None]:
        return lambda sentence: heart.library.answerer.safely(sentence, today=on).article

    app[STREAMS] = Streams()
    app[ROOM] = Room(
        channels=tuple(name for name in ORDER if name in channels),
        public_url=config.public_url,
        office=office,
        speech=lambda broadcast: heart.door.speak(words(broadcast)),
        about=about,
        links=lambda area: links_of(area, config, username()),
        campaign=heart.season.read,
        automatic=config.warnings.campaign,
        ahead=heart.season.ahead,
        broadcasts=Broadcasts,
        reach=Remembered(partial(reach, heart.database)),
        tally=partial(tally, heart.database),
        watched=heart.watched,
        pledges=lambda tx: Pledges(tx, keyed),
        forecast=lambda reach, at, urgent: forecast(reach, ways_of(channels, config, urgent), at),
    )


def links_of(area: Area, config: Config, username: str | None) -> Mapping[str, Link]:
    """Where a telephone subscribes to an area, by channel; Zalo's address carries no words, so they are to be sent."""
    word = f"{LINK}{area.id}"
    accounts = [oa for oa in config.zalo_oa if oa.enabled and oa.oa_id]
    own = next((oa for oa in accounts if oa.area == area.id), accounts[0] if accounts else None)
    found = {}
    if own:
        found["zalo_oa"] = Link(f"https://zalo.me/{own.oa_id}", f"#{word}")
    if username:
        found["telegram"] = Link(f"https://t.me/{username}?start={word}")
    return found | {"web": Link(f"{config.public_url}/?xa={area.id}")}
