"""What every channel needs, wired: the service over its store, the sender, the knowledge."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache, partial

from bot.attachments.files import Folder
from bot.channels import Door
from bot.codes import Codes
from bot.config import Config, Secrets
from bot.library import Library, opened
from bot.metrics import Metrics
from bot.office import office_of
from bot.service import Service
from bot.store.audience import reach
from bot.store.audit import Audit
from bot.store.database import Database, Transaction, open_database
from bot.store.deliveries import tally
from bot.store.drafts import Drafts
from bot.store.keyed import Keyed
from bot.store.outbox import DatabaseOutbox
from bot.store.questions import Questions
from bot.store.subscribers import touch
from bot.wiring.admins import TellAdmins, admins_of, faults_told
from bot.wiring.announcing import warnings_flows
from bot.wiring.citizens import citizens_flows, forget_citizen
from bot.wiring.officers import officers_flows
from bot.wiring.season import CampaignFile
from bot.wiring.tallying import Watched
from bot.wiring.tasks import background, finish
from bot.wiring.tips import TipDesk, Wiper
from handlers.compose import compose
from handlers.fragments import Fragments
from handlers.lately import Lately
from handlers.limits import Allowance, Limits, Quota
from handlers.message import Chat, Flow, Reply, Speech, Value
from handlers.router import Router
from handlers.unkept import Unkept
from scheduler.sender import Channel, Clock, Sender

FILES = "files"  # the folder of sealed files, in the data folder
SPEECHES = 2000  # replies kept in words: the same answers are given again and again


def utc_now() -> datetime:
    """The clock of everything that runs."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Heart:
    """What every channel needs, wired: the service, the sender, and how a reply is put into words."""

    database: Database
    service: Service
    sender: Sender
    door: Door
    library: Library
    metrics: Metrics
    desk: TipDesk
    wiper: Wiper
    tell_admins: TellAdmins
    season: CampaignFile
    watched: Watched


@asynccontextmanager
async def beating(
    config: Config,
    secrets: Secrets,
    channels: Mapping[str, Channel],
    *,
    allowance: Allowance | None = None,
    clock: Clock = utc_now,
) -> AsyncIterator[Heart]:
    """Opens the store and wires the service over it; on leaving, what was posted is said first."""
    office = office_of(config)
    allowance = allowance or allowance_of(config)
    limits = Limits(allowance)
    pepper = bytes.fromhex(secrets.pepper.reveal())
    keyed = Keyed(pepper)
    metrics = Metrics()
    lately = Lately()
    chain = Audit(secrets.key("audit_key"))
    files = Folder(config.data_folder / FILES)
    desk = TipDesk(keyed=keyed, codes=Codes(pepper), files=files)
    season = CampaignFile(config)
    linking = Quota(10, timedelta(minutes=10))

    @lru_cache(maxsize=SPEECHES)
    def spoken(key: str, values: tuple[tuple[str, Value], ...], presses: tuple[str, ...]) -> Speech:
        reply = Reply(key=key, values=dict(values), presses=presses)
        return compose(reply, library.knowledge, office)

    def speak(reply: Reply) -> Speech:
        if reply.fleeting:
            return compose(reply, library.knowledge, office)
        return spoken(reply.key, tuple(sorted(reply.values.items())), reply.presses)

    def conversations(tx: Transaction) -> Mapping[str, Flow]:
        knowledge = library.knowledge
        return {
            **citizens_flows(tx, keyed, knowledge.areas),
            **warnings_flows(
                tx, knowledge, channels, config, chain, season.ahead, partial(reach, database)
            ),
            **desk.conversations(tx, knowledge.areas),
            **officers_flows(tx, knowledge.areas, linking),
        }

    def router(tx: Transaction) -> Router:
        return Router(
            answerer=library.answerer,
            questions=Questions(tx),
            conversations=partial(conversations, tx),
            limits=limits,
            allowance=allowance,
            lately=lately,
        )

    async def forgets(tx: Transaction, chat: Chat) -> None:
        """What else is kept of a chat: subscription, pledge, and a tip that was not sent."""
        await forget_citizen(tx, keyed, chat, clock)
        await Drafts(tx, keyed).drop(chat)

    async with open_database(config.database_url) as database:
        folder, gate = config.knowledge_folder, config.knowledge.gate
        library = Library(
            state=await opened(database, folder, config.data_folder, gate=gate),
            database=database,
            folder=folder,
            data=config.data_folder,
            gate=gate,
        )
        library.on_swap(spoken.cache_clear)
        ledger = DatabaseOutbox(database)
        if database.alone:
            await ledger.release(clock())
        sender = Sender(
            outbox=ledger, channels=channels, speak=speak, clock=clock, shown=desk.trail.shown
        )
        wiper = Wiper(database, desk)
        service = Service(
            database=database,
            keyed=keyed,
            router=router,
            fragments=Fragments(timedelta(seconds=config.limits.quiet_seconds)),
            clock=clock,
            wake=sender.wake,
            metrics=metrics,
            wipe=wiper,
            forgets=forgets,
            touch=touch,
            at_hand=lambda message, talk: Unkept(library.answerer, limits)(message, talk),
        )
        door = Door(receive=service.receive, post=sender.post, sent=sender.sent, speak=speak)
        tell_admins = admins_of(config, database, sender, channels, clock)
        following = library.follow(faults_told(tell_admins))
        async with (
            background(sender.run(), "sender"),
            background(following, "knowledge"),
            background(wiper.run(), "wiper"),
        ):
            yield Heart(
                database=database,
                service=service,
                sender=sender,
                door=door,
                library=library,
                metrics=metrics,
                desk=desk,
                wiper=wiper,
                tell_admins=tell_admins,
                season=season,
                watched=Watched(partial(tally, database)),
            )
            await finish(sender, config.limits.grace_seconds)


def allowance_of(config: Config) -> Allowance:
    return Allowance(
        per_second=config.limits.questions_per_second,
        per_minute=config.limits.questions_per_minute,
        characters=config.limits.question_characters,
    )
