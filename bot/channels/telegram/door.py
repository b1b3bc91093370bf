"""Telegram's way in by webhook: is it Telegram? commit, and answer at once if that can be."""

import hmac
import json
import logging
from collections.abc import Sequence

from aiohttp import web

from bot.channels import Door
from bot.channels.bodies import read_body, refuse
from bot.channels.fields import decode
from bot.channels.telegram.channel import TelegramChannel
from bot.channels.telegram.normalise import Event
from bot.channels.telegram.render import addressed
from handlers.message import Chat
from scheduler.sender import Outgoing

log = logging.getLogger(__name__)

PATH = "/webhook/telegram"
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105  (a header's name)
BODY = 1_000_000  # bytes of an update; DESIGN §9
BODY_SECONDS = 10.0  # until an update's body is there
AGAIN = "5"  # seconds after which Telegram shall bring an update that could not be stored


def webhook_routes(
    channel: TelegramChannel, door: Door, *, secret: str, limit: int = BODY, path: str = PATH
) -> list[web.RouteDef]:
    """The route that Telegram posts updates to; `secret` is the one given to setWebhook, never
    empty.

    Without the secret: 401 and nothing is read. With it, whatever the body holds, 200: anything
    else would make Telegram hold back all that the chat says for a day. 503 if the update could not
    be stored.
    """
    if not secret:
        raise ValueError("a webhook needs a secret")

    async def webhook(request: web.Request) -> web.StreamResponse:
        if not _is_telegram(request, secret):
            return refuse(401)
        if request.content_type != "application/json":
            return refuse(415)
        body = await read_body(request, limit, BODY_SECONDS)
        if isinstance(body, web.Response):
            return body
        try:
            return await _receive(request, body, channel, door)
        except Exception:
            log.exception("update not taken in", extra={"channel": "telegram"})
            return web.Response(status=503, headers={"Retry-After": AGAIN})

    return [web.post(path, webhook)]


async def _receive(
    request: web.Request, body: bytes, channel: TelegramChannel, door: Door
) -> web.StreamResponse:
    event = channel.read(decode(body))
    message = await channel.vouched(event)
    if message is None:
        return _taken(event)
    outgoing = await door.receive(message)
    chat = message.chat
    part = _answer_at_once(event, outgoing, channel, door)
    if part is None:
        _post(chat, outgoing, channel, door)
        return _taken(event)
    response = _call(addressed(channel.address(chat), part, method="sendMessage"))
    try:
        await _write(request, response)
    except ConnectionError:
        _post(chat, outgoing, channel, door)
        return response
    await _note_sent(outgoing, door)
    return response


def _post(chat: Chat, outgoing: Sequence[Outgoing], channel: TelegramChannel, door: Door) -> None:
    if outgoing:
        channel.expect(chat, len(outgoing))
        door.post(outgoing)


async def _note_sent(outgoing: Sequence[Outgoing], door: Door) -> None:
    """The response is out and can't be taken back: if this fails, the reply is said once more."""
    try:
        await door.sent(outgoing)
    except Exception:
        log.exception("reply not noted as sent", extra={"channel": "telegram"})


def _answer_at_once(
    event: Event, outgoing: Sequence[Outgoing], channel: TelegramChannel, door: Door
) -> bytes | None:
    """The one message that may go back in the response: it may be lost, but overtake nothing."""
    if not event.plain or event.message is None or len(outgoing) != 1:
        return None
    if outgoing[0].reply.urgent or outgoing[0].reply.fleeting:
        return None
    chat = outgoing[0].chat
    if chat != event.message.chat or channel.owes(chat):
        return None
    parts = channel.render(door.speak(outgoing[0].reply))
    return parts[0] if len(parts) == 1 and channel.pace.try_now(chat) else None


async def _write(request: web.Request, response: web.Response) -> None:
    """Write the response to its end: only then has it been said."""
    await response.prepare(request)
    await response.write_eof()


def _taken(event: Event) -> web.Response:
    """200; a button press is acknowledged with it, which saves a call."""
    if event.press is None:
        return web.Response()
    call = {"method": "answerCallbackQuery", "callback_query_id": event.press}
    return _call(json.dumps(call).encode())


def _call(body: bytes) -> web.Response:
    return web.Response(body=body, content_type="application/json")


def _is_telegram(request: web.Request, secret: str) -> bool:
    """Whether the header is there once, and right; the time that takes tells nothing."""
    given = request.headers.getall(SECRET_HEADER, [])
    if len(given) != 1:
        return False
    return hmac.compare_digest(given[0].encode("utf-8", "surrogateescape"), secret.encode())
