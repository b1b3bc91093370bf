"""The peers of the webhook measurement, each a process of its own: an echo bot on stock PTB, one on aiogram.

python -m bench.peers ptb PORT API_BASE TOKEN
python -m bench.peers aiogram PORT API_BASE TOKEN
"""

import asyncio
import sys
from typing import Any

from aiohttp import web


async def ptb(port: int, api_base: str, token: str) -> None:
    """Stock python-telegram-bot: its Application and its request class, behind an aiohttp route."""
    from telegram import Update
    from telegram.ext import Application, ContextTypes, MessageHandler, filters

    async def echo(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        if update.message:
            await update.message.reply_text(update.message.text or "")

    application: Any = (
        Application.builder().token(token).base_url(f"{api_base}/bot").updater(None).build()
    )
    application.add_handler(MessageHandler(filters.TEXT, echo))

    async def webhook(request: web.Request) -> web.Response:
        update = Update.de_json(await request.json(), application.bot)
        await application.process_update(update)  # its queue would only hide that it falls behind
        return web.Response()

    async with application:
        await application.start()
        await _serve(port, webhook)


async def aiogram(port: int, api_base: str, token: str) -> None:
    """aiogram with its own webhook handler, which answers by the API."""
    from aiogram import Bot, Dispatcher
    from aiogram.client.session.aiohttp import AiohttpSession
    from aiogram.client.telegram import TelegramAPIServer
    from aiogram.types import Message
    from aiogram.webhook.aiohttp_server import SimpleRequestHandler

    dispatcher = Dispatcher()

    @dispatcher.message()
    async def echo(message: Message) -> None:
        await message.answer(message.text or "")

    session = AiohttpSession(api=TelegramAPIServer.from_base(api_base))
    bot = Bot(token, session=session)
    handler = SimpleRequestHandler(dispatcher, bot)
    await _serve(port, handler.handle)


async def _serve(port: int, webhook: Any) -> None:
    app = web.Application()
    app.router.add_post("/webhook/telegram", webhook)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    print("ready", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    kind, port, api_base, token = sys.argv[1:5]
    asyncio.run({"ptb": ptb, "aiogram": aiogram}[kind](int(port), api_base, token))
