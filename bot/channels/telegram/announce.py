"""Tells Telegram at the start who we are: name, commands, and where updates shall go."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from telegram.error import BadRequest, InvalidToken

from bot.channels.telegram.channel import TelegramChannel
from bot.channels.telegram.normalise import UPDATES
from bot.channels.telegram.polling import Sleep, back_off
from bot.channels.telegram.transport import Flooded

log = logging.getLogger(__name__)

CONNECTIONS = 40  # that Telegram may open to the webhook at once


@dataclass(frozen=True, slots=True)
class Webhook:
    """Where updates shall go, and the secret that comes with them."""

    url: str
    secret: str
    connections: int = CONNECTIONS


Step = tuple[str, Callable[[], Awaitable[object]]]


async def set_up(
    channel: TelegramChannel,
    *,
    commands: Sequence[tuple[str, str]] = (),
    webhook: Webhook | None = None,
    description: str = "",
    short_description: str = "",
    sleep: Sleep = asyncio.sleep,
) -> None:
    """Make the calls one after the other, each until it is answered: run it beside the rest, not
    before it.

    `commands` are names without "/" and what they do. Without a `webhook` none is touched: `poll`
    drops it itself. What a server does not know is logged and left; only our name has to be had.
    """
    bot = channel.bot
    steps: list[Step] = []
    if webhook:
        steps.append(("setWebhook", lambda: _set_webhook(channel, webhook)))
    if commands:
        steps.append(("setMyCommands", lambda: bot.set_my_commands(list(commands))))
    if description:
        steps.append(("setMyDescription", lambda: bot.set_my_description(description)))
    if short_description:
        about = short_description
        steps.append(("setMyShortDescription", lambda: bot.set_my_short_description(about)))
    await _until_done("getMe", lambda: _learn_name(channel), sleep, needed=True)
    for method, call in steps:
        await _until_done(method, call, sleep)
    log.info("telegram set up", extra={"account": channel.account})


async def _until_done(
    method: str, call: Callable[[], Awaitable[object]], sleep: Sleep, *, needed: bool = False
) -> None:
    failures = 0
    while True:
        try:
            await call()
        except Exception as error:
            if isinstance(error, BadRequest | InvalidToken) and not needed:
                log.error("telegram refused a set-up call", extra={"method": method})
                return
            failures += 1
            wait = error.wait if isinstance(error, Flooded) else back_off(failures)
            kind = type(error).__name__
            log.warning(
                "telegram not set up yet", extra={"method": method, "kind": kind, "wait": wait}
            )
            await sleep(wait)
        else:
            return


async def _learn_name(channel: TelegramChannel) -> None:
    channel.username = (await channel.bot.get_me()).username


async def _set_webhook(channel: TelegramChannel, webhook: Webhook) -> None:
    await channel.bot.set_webhook(
        webhook.url,
        secret_token=webhook.secret,
        allowed_updates=list(UPDATES),
        max_connections=webhook.connections,
    )
