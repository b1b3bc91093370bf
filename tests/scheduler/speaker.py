"""A process that only speaks warnings, to be killed by tests: python -m tests.scheduler.speaker URL API_BASE RATE."""

import asyncio
import sys

from bot.channels.telegram import Rates, open_telegram
from bot.store.database import open_database
from bot.store.leases import release
from tests.fakes.telegram import TOKEN
from tests.scheduler.season import herald_of, utc_now


async def main(url: str, api_base: str, rate: float) -> None:
    rates = Rates(account=rate, account_burst=1, chat=100, chat_burst=100)
    async with (
        open_database(url) as database,
        open_telegram(token=TOKEN, clock=utc_now, api_base=api_base, rates=rates) as channel,
    ):
        if database.alone:
            await release(database)
        print("ready", flush=True)  # noqa: T201
        await herald_of(database, channel).run()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], float(sys.argv[3])))
