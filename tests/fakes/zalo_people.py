"""The people of a fake Official Account: what they did last, and so what may be sent to them and at what price."""

from dataclasses import dataclass, field
from typing import Any

from tests.fakes.zalo_rules import Fault

FREE = 48 * 3600  # seconds since the last interaction
OPEN = 7 * 86400
TEMPLATES = 365 * 86400
WELCOME = 3  # messages to a follower who never said anything


@dataclass(slots=True, kw_only=True)
class Said:
    """A message that a person got: when, what, and how it was paid for."""

    id: str
    at: float
    message: dict[str, Any]
    price: str

    @property
    def text(self) -> str:
        return str(self.message.get("text", ""))

    @property
    def buttons(self) -> list[dict[str, Any]]:
        payload = self.message.get("attachment", {}).get("payload", {})
        return list(payload.get("buttons", []))

    @property
    def presses(self) -> dict[str, str]:
        """The buttons by title: what comes back when one is pressed, or what it opens."""
        return {button["title"]: _pressed(button["payload"]) for button in self.buttons}


@dataclass(slots=True, kw_only=True)
class Person:
    """`last` is the moment of the last interaction; `refuses` is a code that answers all we send."""

    id: str
    follows: bool = False
    last: float | None = None
    refuses: int | None = None
    welcome: int = WELCOME
    got: list[Said] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class Quotas:
    """What the OA has paid for: messages outside 48 hours; `charged` counts those beyond."""

    total: int = 500
    left: int = 500
    charged: int = 0
    stop_when_empty: bool = False

    def price(self, person: Person, now: float) -> dict[str, Any] | None:
        """The `quota` of the answer, None where the OA pays; Fault where nothing may be sent."""
        if person.refuses is not None:
            raise Fault(person.refuses)
        if person.last is None:
            return self._welcome(person)
        since = now - person.last
        if since <= FREE:
            return {"quota_type": "reply"}
        if since > OPEN:
            raise Fault(-230)
        return self._paid()

    def _welcome(self, person: Person) -> dict[str, Any]:
        if not person.follows:
            raise Fault(-213)
        if person.welcome == 0:
            raise Fault(-232)
        person.welcome -= 1
        return {"quota_type": "welcome_msg", "remain": person.welcome}

    def _paid(self) -> dict[str, Any] | None:
        if self.left:
            self.left -= 1
            return {"quota_type": "sub_quota", "remain": self.left, "total": self.total}
        if self.stop_when_empty:
            raise Fault(-211)
        self.charged += 1
        return None


def template_price(person: Person, now: float) -> dict[str, Any]:
    """A template reaches whoever interacted within a year."""
    if person.refuses is not None:
        raise Fault(person.refuses)
    if person.last is None or now - person.last > TEMPLATES:
        raise Fault(-232)
    return {"quota_type": "purchase_quota"}


def _pressed(payload: Any) -> str:
    return payload if isinstance(payload, str) else str(next(iter(payload.values())))
