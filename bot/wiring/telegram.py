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
from bot.config import Config, Secrets
from bot.wiring.heart import Heart
from bot.wiring.tasks import background
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
    )
    return await stack.enter_async_context(opened)


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
