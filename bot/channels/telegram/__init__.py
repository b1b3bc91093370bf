"""Telegram as a channel: updates in by webhook or by asking, answers out by the Bot API."""

from bot.channels.telegram.announce import Webhook, set_up
from bot.channels.telegram.channel import LIBRARY_LOGGERS, TelegramChannel, open_telegram
from bot.channels.telegram.door import webhook_routes
from bot.channels.telegram.normalise import normalise
from bot.channels.telegram.pace import Rates
from bot.channels.telegram.polling import poll
from bot.channels.telegram.render import CAPABILITIES, render

__all__ = [
    "CAPABILITIES",
    "LIBRARY_LOGGERS",
    "Rates",
    "TelegramChannel",
    "Webhook",
    "normalise",
    "open_telegram",
    "poll",
    "render",
    "set_up",
    "webhook_routes",
]
