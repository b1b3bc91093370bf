"""The web chat as a channel: pages anyone can open, replies in the answer, later ones by server-sent events."""

from bot.channels.web.app import Trust, public_app
from bot.channels.web.channel import CAPABILITIES, WebChannel

__all__ = ["CAPABILITIES", "Trust", "WebChannel", "public_app"]
