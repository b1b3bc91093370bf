"""Zalo's tokens, one pair an account for all machines, sealed: a stolen database can't speak as the OA."""

import json
import logging
from datetime import UTC, datetime, timedelta

from nacl.exceptions import CryptoError
from nacl.secret import SecretBox

from bot.channels.zalo_oa.oauth import Pair
from bot.channels.zalo_oa.tokens import Kept
from bot.config import Secret
from bot.store.database import Database, Row

log = logging.getLogger(__name__)


RENEW = """
UPDATE zalo_token SET version = version + 1, sealed = $1, holder = '', lost = NULL
WHERE account = $2 AND version = $3"""
BEGIN = """
INSERT INTO zalo_token (account, version, sealed) VALUES ($2, CAST($3 AS BIGINT) + 1, $1)
ON CONFLICT (account) DO NOTHING"""


class DatabaseTokens:
    """The port of bot.channels.zalo_oa.tokens; each call is a transaction of its own."""

    def __init__(self, database: Database, key: bytes) -> None:
        """`key`: 32 bytes, the same on all machines."""
        self._database = database
        self._box = SecretBox(key)

    async def load(self, account: str) -> Kept | None:
        rows = await self._database.read("SELECT * FROM zalo_token WHERE account = $1", account)
        return self._kept(account, rows[0]) if rows else None

    async def claim(self, account: str, version: int, holder: str, claimant: str) -> bool:
        async with self._database.transaction() as tx:
            taken = await tx.run(
                "UPDATE zalo_token SET holder = $1 WHERE account = $2 AND version = $3 AND holder = $4",
                claimant,
                account,
                version,
                holder,
            )
        return taken == 1

    async def release(self, account: str, version: int, claimant: str) -> None:
        await self.claim(account, version, claimant, "")

    async def renew(self, account: str, version: int, pair: Pair) -> bool:
        async with self._database.transaction() as tx:
            kept = await tx.run(
                RENEW if version else BEGIN, self._sealed(account, pair), account, version
            )
            await tx.make_durable()
        return kept == 1

    async def lose(self, account: str, version: int, claimant: str, at: datetime) -> None:
        async with self._database.transaction() as tx:
            await tx.run(
                "UPDATE zalo_token SET lost = $1, holder = ''"
                " WHERE account = $2 AND version = $3 AND holder = $4",
                int(at.timestamp()),
                account,
                version,
                claimant,
            )
            await tx.make_durable()

    async def put(self, account: str, pair: Pair) -> None:
        async with self._database.transaction() as tx:
            await tx.run(
                "INSERT INTO zalo_token (account, version, sealed) VALUES ($1, 1, $2)"
                " ON CONFLICT (account) DO UPDATE SET version = zalo_token.version + 1,"
                " sealed = excluded.sealed, holder = '', lost = NULL",
                account,
                self._sealed(account, pair),
            )
            await tx.make_durable()

    async def forgive(self, account: str) -> bool:
        """Let a refused token be tried once more (the app's secret was wrong); False: none is lost."""
        async with self._database.transaction() as tx:
            sql = "UPDATE zalo_token SET lost = NULL WHERE account = $1 AND lost IS NOT NULL"
            return await tx.run(sql, account) == 1

    def _sealed(self, account: str, pair: Pair) -> bytes:
        plain = {
            "account": account,
            "access": pair.access.reveal(),
            "refresh": pair.refresh.reveal(),
            "got": pair.got.timestamp(),
            "life": pair.life.total_seconds(),
        }
        return bytes(self._box.encrypt(json.dumps(plain).encode()))

    def _kept(self, account: str, row: Row) -> Kept | None:
        """A row opened; None, and a line in the log, where it was sealed with another key."""
        try:
            plain = json.loads(self._box.decrypt(bytes(row["sealed"])))
        except CryptoError:
            plain = {}
        if plain.get("account") != account:
            log.error("zalo token is sealed with another key", extra={"account": account})
            return None
        pair = Pair(
            access=Secret(plain["access"]),
            refresh=Secret(plain["refresh"]),
            got=datetime.fromtimestamp(plain["got"], UTC),
            life=timedelta(seconds=plain["life"]),
        )
        lost = datetime.fromtimestamp(row["lost"], UTC) if row["lost"] is not None else None
        return Kept(version=row["version"], pair=pair, holder=row["holder"], lost=lost)


async def release_claims(database: Database) -> None:
    """Free what a process that is gone was refreshing; only where no other can be at work."""
    async with database.transaction() as tx:
        await tx.run("UPDATE zalo_token SET holder = '' WHERE holder <> ''")
