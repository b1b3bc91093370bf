"""What an officer typed into the form of a warning, as a warning; every fault beside its field."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from handlers.ask import HERE
from handlers.broadcast import EVERY_TOPIC
from handlers.series import coming
from knowledge.areas import Areas
from knowledge.campaign import TOPICS
from knowledge.moments import WEEKDAYS

LONGEST = 8000  # letters taken in; what is too long for a channel is said by the lint

Posted = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A warning's changes and the instants it goes out at (None: at once); `faults`: a field → a text's key.

    `keep`: at the instants that it has; `only`: of a series this one alone.
    """

    changes: dict[str, Any]
    keep: bool = False
    only: bool = False
    instants: tuple[datetime | None, ...] = (None,)
    faults: dict[str, str] = field(default_factory=dict)


def read_form(posted: Posted, areas: Areas, channels: Sequence[str], now: datetime) -> Form:
    """The form of a warning."""
    faults: dict[str, str] = {}
    moment, instants = _when(posted, now, faults)
    chosen = tuple(id for id in posted.get("area", ()) if id in areas)
    if not chosen:
        faults["area"] = "warn.fault_area"
    topic = _one(posted, "topic")
    picked = tuple(name for name in channels if name in posted.get("channel", ()))
    if channels and not picked:
        faults["channel"] = "warn.fault_channel"
    return Form(
        changes={
            "title": _one(posted, "title")[:80],
            "text": _words(posted, "text"),
            "sms": " ".join(_words(posted, "sms").split()),
            "topic": topic if topic in TOPICS else EVERY_TOPIC,
            "urgent": "urgent" in posted,
            "areas": _widest(chosen, areas),
            "channels": () if set(picked) == set(channels) else picked,
            "moment": moment,
            "source": _one(posted, "source")[:80],
            "unmet": _one(posted, "unmet") or None,
        },
        keep=_one(posted, "when") == "keep",
        only="only" in posted,
        instants=instants,
        faults=faults,
    )


def _when(
    posted: Posted, now: datetime, faults: dict[str, str]
) -> tuple[str, tuple[datetime | None, ...]]:
    """(words of a moment, instants)."""
    match _one(posted, "when"):
        case "at":
            try:
                typed = datetime.fromisoformat(_one(posted, "at"))
            except ValueError:
                faults["at"] = "warn.fault_at"
                return "", (None,)
            return "", (typed.replace(tzinfo=HERE),)
        case "moment":
            moment = moment_of(posted)
            instants = coming(moment, now)
            if not instants:
                faults["moment"] = "warn.fault_moment"
            return moment, instants or (None,)
        case _:
            return "", (None,)


def moment_of(posted: Posted) -> str:
    """The fields of a moment in the words of knowledge/moments.py."""
    clock = _one(posted, "clock")
    number = _one(posted, "days")
    match _one(posted, "kind"):
        case "before":
            return f"tet-{number}d {clock}"
        case "mung":
            return f"tet+{int(number) - 1 if number.isdecimal() else '?'} {clock}"
        case "lunar":
            return f"lunar {number}/{_one(posted, 'month')} {clock}"
        case "eve":
            return f"eve {clock}"
        case "weekly":
            weekday = _one(posted, "weekday")
            first, last = _one(posted, "first"), _one(posted, "last")
            return f"{weekday if weekday in WEEKDAYS else '?'} {clock} tet-{first}d..tet-{last}d"
        case _:
            return ""


def _widest(chosen: Sequence[str], areas: Areas) -> tuple[str, ...]:
    """Without those that lie in another that was chosen."""
    return tuple(
        id for id in chosen if not any(above.id in chosen for above in areas.above(id)[1:])
    )


def _one(posted: Posted, name: str) -> str:
    values = posted.get(name, ())
    return values[0].strip() if values else ""


def _words(posted: Posted, name: str) -> str:
    """Typed words: line ends as we keep them, no NUL, no surrogates."""
    raw = _one(posted, name)[:LONGEST].replace("\r\n", "\n").replace("\0", "")
    return raw.encode("utf-8", "ignore").decode("utf-8").strip()
