"""Zalo's Official Accounts as a channel: signed events in by webhook, messages out by the OA API.

What is doubtful in what is known of the platform is said where it is used ("Doubtful: …"), and asked of
the real one by `binhan zalo probe`.
"""

from bot.channels.zalo_oa.api import Api
from bot.channels.zalo_oa.channel import Account, ZaloChannel
from bot.channels.zalo_oa.door import Hall
from bot.channels.zalo_oa.oauth import App, OAuth, Pair, verifier_of
from bot.channels.zalo_oa.pace import Pace
from bot.channels.zalo_oa.render import CAPABILITIES, render
from bot.channels.zalo_oa.signature import Signing
from bot.channels.zalo_oa.tokens import Tokens
from bot.channels.zalo_oa.windows import window

__all__ = [
    "CAPABILITIES",
    "Account",
    "Api",
    "App",
    "Hall",
    "OAuth",
    "Pace",
    "Pair",
    "Signing",
    "Tokens",
    "ZaloChannel",
    "render",
    "verifier_of",
    "window",
]
