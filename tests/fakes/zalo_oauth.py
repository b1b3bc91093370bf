"""Zalo's OAuth v4: pairs of tokens whose refresh token works once, and whose old access token dies at once."""

import base64
import hashlib
import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

LIFE = 90_000  # seconds of an access token: 25 h
REFRESH_LIFE = 90 * 86400
CODE_LIFE = 600
# nobody found which code a used refresh token gets; the fake answers with one of its own
USED = -14999


class Refused(Exception):
    """An OAuth error: HTTP 200 with `error`."""

    def __init__(self, code: int, name: str) -> None:
        super().__init__(code)
        self.code = code
        self.name = name


@dataclass(slots=True, kw_only=True)
class Grant:
    """What an OA's admin granted the app: at most one pair lives."""

    app_id: str
    app_secret: str
    challenge: str = ""
    access: str = ""
    refresh: str = ""
    until: float = 0.0
    refresh_until: float = 0.0
    rotations: int = 0
    asked: list[str] = field(default_factory=list)  # refresh tokens that came, in order
    _codes: dict[str, float] = field(default_factory=dict)
    _numbers: Any = field(default_factory=lambda: itertools.count(1))

    def code(self, now: float) -> str:
        """The admin presses "allow": a code for ten minutes, once."""
        code = f"code-{next(self._numbers)}"
        self._codes[code] = now + CODE_LIFE
        return code

    def explore(self, now: float) -> tuple[str, str]:
        """A first pair from the console's API Explorer: access token, refresh token."""
        answer = self._rotate(now)
        return answer["access_token"], answer["refresh_token"]

    def exchange(self, secret: str, form: Mapping[str, str], now: float) -> dict[str, str]:
        """The answer to POST /v4/oa/access_token; Refused where the real one refuses."""
        if form.get("app_id") != self.app_id:
            raise Refused(-14002, "App is not active")
        if secret != self.app_secret:
            raise Refused(-14004, "Invalid secret key")
        match form.get("grant_type"):
            case "authorization_code":
                self._spend_code(form, now)
            case "refresh_token":
                self._spend_refresh(form.get("refresh_token", ""), now)
            case _:
                raise Refused(-14005, "Invalid grant type")
        return self._rotate(now)

    def accepts(self, token: str | None, now: float) -> int:
        """0 for the living access token, else the API's error code."""
        if not token or token != self.access:
            return -216
        return -220 if now > self.until else 0

    def _spend_code(self, form: Mapping[str, str], now: float) -> None:
        until = self._codes.pop(form.get("code", ""), 0.0)
        if now > until:
            raise Refused(-14019, "Invalid authorization code")
        if self.challenge and challenge_of(form.get("code_verifier", "")) != self.challenge:
            raise Refused(-14012, "Invalid code verifier")

    def _spend_refresh(self, token: str, now: float) -> None:
        self.asked.append(token)
        if not token or token != self.refresh or now > self.refresh_until:
            raise Refused(USED, "Invalid refresh token")

    def _rotate(self, now: float) -> dict[str, str]:
        number = next(self._numbers)
        self.rotations += 1
        self.access, self.refresh = (
            f"access-{number}-xin-dung-ghi",
            f"refresh-{number}-xin-dung-ghi",
        )
        self.until, self.refresh_until = now + LIFE, now + REFRESH_LIFE
        return {
            "access_token": self.access,
            "refresh_token": self.refresh,
            "expires_in": str(LIFE),
        }


def challenge_of(verifier: str) -> str:
    digest = hashlib.sha256(verifier.encode("ascii", "replace")).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
