"""Makes and opens receipts: slow on purpose, so in threads, a few at once, and never with a transaction open."""

import asyncio
from dataclasses import dataclass, field

from bot import sealing
from handlers.errors import Refusal
from handlers.tips import Code

AT_ONCE = 2  # each takes 64 MiB for as long as it runs
WAITING = (
    100  # beyond it people are asked to come back: at 0.1 s each nobody waits longer than 10 s
)


@dataclass(slots=True)
class Codes:
    """The port of handlers.ports."""

    pepper: bytes
    _free: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))
    _waiting: int = 0

    async def fresh(self) -> Code:
        return await self.of(sealing.fresh_digits())

    async def of(self, digits: str) -> Code:
        receipt = await self._derived(digits)
        return Code(
            digits=digits,
            lookup=sealing.lookup(receipt.finder, self.pepper),
            pub=receipt.reply.pub,
            private=receipt.reply.private,
        )

    async def _derived(self, digits: str) -> sealing.Receipt:
        if self._waiting >= WAITING:
            raise Refusal("status.busy")
        self._waiting += 1
        try:
            async with self._free:
                salt = sealing.receipt_salt(self.pepper)
                return await asyncio.to_thread(sealing.derive, digits, salt)
        finally:
            self._waiting -= 1
