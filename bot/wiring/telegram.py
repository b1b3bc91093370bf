"""Wires the Telegram channel."""

from contextlib import AsyncExitStack

from bot.channels.telegram import (
    Rates,
    TelegramChannel,
    Webhook,
    open_telegram,
    poll,
    set_up,
)
from bot.channels.telegram.door import PATH as WEBHOOK_PATH
from bot.config import FREE_PER_SECOND, Config, Secrets
from bot.sealing import fresh_id
from bot.store.outbox import Replies
from bot.wiring.heart import Heart
from bot.wiring.tasks import background
from bot.wiring.tips import TakeBack
from handlers.message import Chat, Reply
from scheduler.sender import Clock


async def telegram_of(
    config: Config, secrets: Secrets, heart: Heart, clock: Clock, stack: AsyncExitStack
) -> TelegramChannel | None:
    """The Telegram channel, where it is enabled; it calls nobody yet."""
    if not config.telegram.enabled:
        return None

    def count(reason: object) -> None:
        heart.metrics.count("binhan_unreadable_total", channel="telegram", reason=str(reason))

    opened = open_telegram(
        token=secrets.telegram_token.reveal(),
        clock=clock,
        api_base=config.telegram.api_base,
        public_url=config.public_url,
        count=count,
        rates=rates_of(config),
        paid=config.telegram.paid_broadcasts and config.telegram.per_second > FREE_PER_SECOND,
    )
    telegram = await stack.enter_async_context(opened)
    heart.desk.download = telegram.download
    heart.desk.take_back = taking_back(telegram, heart, clock)
    return telegram


def taking_back(telegram: TelegramChannel, heart: Heart, clock: Clock) -> TakeBack:
    """Takes a conversation's messages back, and says what Telegram would not."""

    async def take_back(chat: Chat, ids: tuple[str, ...]) -> None:
        left = await telegram.take_back(chat, ids)
        if left:
            await say(heart, clock, chat, Reply(key="tip.not_erased", values={"count": left}))
        elif len(ids) > 1:
            await say(heart, clock, chat, Reply(key="tip.erased", values={"count": len(ids)}))

    return take_back


async def say(heart: Heart, clock: Clock, chat: Chat, reply: Reply) -> None:
    """Say something of our own accord, behind what waits."""
    now = clock()
    async with heart.database.transaction() as tx:
        cause = fresh_id()
        await Replies(tx).add(chat, cause, (reply,), now=now, due=now, claimed=now)
    heart.sender.wake(now)


def rates_of(config: Config) -> Rates:
    """How fast the Telegram bot may speak: what is configured, a tenth of it at once."""
    speed = config.telegram.per_second
    return Rates(account=speed, account_burst=max(3.0, speed / 10))


async def announce(
    config: Config,
    secrets: Secrets,
    telegram: TelegramChannel,
    heart: Heart,
    stack: AsyncExitStack,
) -> None:
    """Tell Telegram who we are and where updates go, in the background: it may be out of reach."""
    by_webhook = config.telegram.mode == "webhook"
    secret = secrets.telegram_webhook_secret.reveal()
    webhook = Webhook(f"{config.public_url}{WEBHOOK_PATH}", secret) if by_webhook else None
    commands = tuple(heart.library.knowledge.texts.table("command").items())
    told = set_up(telegram, commands=commands, webhook=webhook)
    await stack.enter_async_context(background(told, "telegram set-up"))
    if not by_webhook:
        await stack.enter_async_context(background(poll(telegram, heart.door), "telegram poll"))
