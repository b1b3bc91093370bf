"""Zalo's OAuth v4 for Official Accounts: a code or a refresh token in, a pair of tokens out.

A refresh token works once; the answer kills the old access token too. So what is asked here must be
kept by the caller before anything else is done with it.
"""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b, sha256
from typing import Any
from urllib.parse import urlencode

import aiohttp

from bot.config import Secret
from handlers.errors import Unreachable, Unsure

PATH = "/v4/oa/access_token"
PERMISSION = "/v4/oa/permission"
TIMEOUT = aiohttp.ClientTimeout(total=20.0, sock_connect=5.0)
ANSWER = 64_000  # bytes of an answer
DEFAULT_LIFE = timedelta(hours=25)


class Rejected(Exception):
    """Zalo refused the grant: the token was used before or is too old, or the app's settings are wrong."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """An access token, and the refresh token that gets the next pair, once. `got` is when it was issued."""

    access: Secret
    refresh: Secret
    got: datetime
    life: timedelta = DEFAULT_LIFE


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """A Zalo app. `verifier` is its one PKCE secret: changing it in the console revokes the grant."""

    id: str
    secret: Secret
    verifier: Secret

    @property
    def challenge(self) -> str:
        """What the console wants as "Code Challenge"."""
        return _unpadded(sha256(self.verifier.reveal().encode()).digest())


def verifier_of(key: bytes, app_id: str) -> Secret:
    """The app's PKCE verifier, 43 characters: derived, so that every machine has the same and none is lost."""
    return Secret(_unpadded(blake2b(f"pkce {app_id}".encode(), digest_size=32, key=key).digest()))


class OAuth:
    """Asks Zalo for pairs of tokens in the name of one app."""

    def __init__(self, *, session: aiohttp.ClientSession, base: str, app: App) -> None:
        self._session = session
        self._base = base.rstrip("/")
        self.app = app

    def permission_url(self, callback: str, state: str) -> str:
        """Where the OA's admin says yes (its form: doubtful; the console shows it too)."""
        asked = {
            "app_id": self.app.id,
            "redirect_uri": callback,
            "code_challenge": self.app.challenge,
            "state": state,
        }
        return f"{self._base}{PERMISSION}?{urlencode(asked)}"

    async def exchange(self, code: str, now: datetime) -> Pair:
        """The first pair, for the code of the callback (ten minutes, once)."""
        verifier = self.app.verifier.reveal()
        return await self._ask(
            now, grant_type="authorization_code", code=code, code_verifier=verifier
        )

    async def refresh(self, token: Secret, now: datetime) -> Pair:
        """The next pair. Rejected: a person must consent again. Unsure: it may have been spent."""
        return await self._ask(now, grant_type="refresh_token", refresh_token=token.reveal())

    async def _ask(self, now: datetime, **form: str) -> Pair:
        fields = {"app_id": self.app.id, **form}
        headers = {"secret_key": self.app.secret.reveal()}
        failure: Exception
        try:
            async with self._session.post(
                f"{self._base}{PATH}",
                data=fields,
                headers=headers,
                timeout=TIMEOUT,
                allow_redirects=False,
            ) as response:
                if response.status >= 500:  # whatever it says: a fault on their way, not a refusal
                    raise Unsure
                return _pair(await response.content.read(ANSWER), now)
        except (Rejected, Unsure) as error:
            failure = error
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError):
            failure = Unreachable()
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError):
            failure = Unsure()
        raise failure  # outside the except: what it came from may quote the token


def _pair(body: bytes, now: datetime) -> Pair:
    """The pair of an answer; Rejected for an error, Unsure for what can't be read."""
    try:
        answer: Any = json.loads(body)
    except (ValueError, RecursionError):
        raise Unsure from None
    if not isinstance(answer, Mapping):
        raise Unsure
    access, refresh = answer.get("access_token"), answer.get("refresh_token")
    if isinstance(access, str) and isinstance(refresh, str) and access and refresh:
        life = _life(answer.get("expires_in"))
        return Pair(access=Secret(access), refresh=Secret(refresh), got=now, life=life)
    code = answer.get("error")
    if type(code) is int and code != 0:
        raise Rejected(code)
    raise Unsure


def _life(seconds: object) -> timedelta:
    """`expires_in` is a text of seconds, "90000"."""
    text = str(seconds)
    return timedelta(seconds=int(text)) if text.isdecimal() and len(text) < 9 else DEFAULT_LIFE


def _unpadded(digest: bytes) -> str:
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
