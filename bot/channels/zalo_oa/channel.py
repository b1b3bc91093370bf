"""All Official Accounts of the configuration as one channel: each speaks for itself, at its own pace."""

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache, partial
from typing import Any

from bot.channels.halfway import Halfway
from bot.channels.zalo_oa.api import TEMPLATE, Api
from bot.channels.zalo_oa.faults import Expired
from bot.channels.zalo_oa.media import Media, Shelf, message_of
from bot.channels.zalo_oa.normalise import Event, Reader, Reason
from bot.channels.zalo_oa.render import Body, plain, render
from bot.channels.zalo_oa.windows import window
from handlers.errors import Refused, Shut, TooFast, Unreachable
from handlers.message import Chat, Haste, Speech, Window
from scheduler.sender import Clock

log = logging.getLogger(__name__)

RENDERED = 2000  # speeches kept as messages: the same answers are given again and again
TEMPLATE_TEXT = 200  # letters of a template's parameter
CHARGED = "charged"  # an answer without `quota`: the OA pays for the message

Count = Callable[[str], None]


class Account:
    """One OA: `oa_id` is Zalo's number of it, empty where the configuration does not say."""

    def __init__(
        self,
        *,
        api: Api,
        clock: Clock,
        public_url: str = "",
        oa_id: str = "",
        more: str = "…",
        template: str = "",
        count: Callable[[Reason], None] = lambda reason: None,
        paid: Count = lambda kind: None,
    ) -> None:
        """`template` is the id of one for urgent warnings, empty for none.

        `count` is told why an event said nothing; `paid` out of which quota a message went.
        """
        self.name = api.account
        self.api = api
        self.oa_id = oa_id
        self.template = template
        self._clock = clock
        self._read = Reader(account=api.account, oa_id=oa_id)
        self._count = count
        self._paid = paid
        self._halfway = Halfway()
        self._shelf = Shelf(api)
        self._fresh = partial(render, public_url=public_url, more=more)
        self._rendered = lru_cache(RENDERED)(self._fresh)

    def read(self, event: object) -> Event:
        """The event of a decoded body; counts one that says nothing."""
        found = self._read(event, self._clock())
        if found.reason:
            self._count(found.reason)
        return found

    async def send(self, chat: Chat, speech: Speech, haste: Haste) -> str | None:
        """Say it, part by part; the last part's message id. Raises ChannelError."""
        messages = self._render(speech)
        if not messages:
            log.warning("nothing to say", extra={"channel": chat.channel})
        id = None
        for place in range(self._halfway.place(chat, speech, self._clock()), len(messages)):
            try:
                await self.api.pace.turn(haste=haste)
                id = await self._say(chat, messages[place])
            except (Unreachable, TooFast):
                self._halfway.failed(chat, speech, place, self._clock())
                raise
            except Shut:
                if haste is not Haste.URGENT or not self.template:
                    raise
                return await self._by_template(chat, messages)
        return id

    def _render(self, speech: Speech) -> list[Body]:
        """The messages of a speech; what is fleeting stays in no cache."""
        return self._fresh(speech) if speech.fleeting else self._rendered(speech)

    async def _by_template(self, chat: Chat, messages: Sequence[Body]) -> str | None:
        """Danger, to somebody whose window is shut: by the approved template, if it holds all that is said.

        Doubtful: how long its one parameter, `noi_dung`, may be. At night it arrives without a sound.
        """
        words = messages[0]["text"]
        if len(messages) > 1 or len(words) > TEMPLATE_TEXT:
            raise Shut
        body = {
            "user_id": chat.id,
            "template_id": self.template,
            "template_data": {"noi_dung": words},
        }
        data = await self.api.post(TEMPLATE, body)
        self._paid("template")
        id = data.get("message_id")
        return id if isinstance(id, str) else None

    async def show(self, chat: Chat, media: Media, text: str, haste: Haste) -> str | None:
        """Send a picture or a paper; what Zalo forgot is uploaded again, once. Raises ChannelError.

        `text` stands beside a picture; a paper's goes before it.
        """
        if text and media.kind == "file":
            await self.send(chat, Speech(text), haste)
        for last in (False, True):
            await self.api.pace.turn(haste=haste)
            asset = await self._shelf.asset(media)
            try:
                return await self._say(chat, message_of(media, asset, plain(text)))
            except Expired:
                self._shelf.forget(media)
                if last:
                    raise
        return None

    async def _say(self, chat: Chat, message: Body) -> str | None:
        data = await self.api.send({"recipient": {"user_id": chat.id}, "message": message})
        self._paid(_kind_of_quota(data))
        id = data.get("message_id")
        return id if isinstance(id, str) else None


class ZaloChannel:
    """Says things in the name of the account that a chat belongs to."""

    pulled = False

    def __init__(self, accounts: Mapping[str, Account]) -> None:
        self.accounts = accounts

    async def send(self, chat: Chat, speech: Speech, *, haste: Haste = Haste.REPLY) -> str | None:
        """Refused where the account is not ours any more."""
        account = self.accounts.get(chat.account)
        if account is None:
            raise Refused
        return await account.send(chat, speech, haste)

    def per_second(self, account: str) -> float:
        """Messages a second of an account; 0 for one that is not ours."""
        return self.accounts[account].api.pace.per_second if account in self.accounts else 0.0

    def window(
        self, last_contact: datetime | None, now: datetime, *, urgent: bool = False
    ) -> Window:
        """A template lengthens it for danger, where every account has one."""
        template = urgent and all(account.template for account in self.accounts.values())
        return window(last_contact, now, template=template)


def _kind_of_quota(data: Mapping[str, Any]) -> str:
    """Out of which quota a message went: reply, welcome_msg, sub_quota, purchase_quota, reward_quota, charged."""
    quota = data.get("quota")
    kind = quota.get("quota_type") if isinstance(quota, Mapping) else None
    return kind if isinstance(kind, str) and kind.isidentifier() else CHARGED
