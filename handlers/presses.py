"""What a button sends back: short payloads (at most 64 bytes) that need no memory to be understood."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

ARTICLE = "a"  # the short answer
MORE = "m"  # the whole text
UP = "u"
DOWN = "d"
FLOW = "f"  # opens a flow, as its command does
GROUP = "g"  # topics of a group
TOPIC = "t"  # articles of a topic
CLAUSE = "c"  # a directive's clause: "c:9.3@ct-tet-2024"
STEP = "s"  # a step of a conversation: "s:tip@send"
FURTHER = "n"  # the buttons that found no room, from one of them on: "n:a:fireworks-buy"
CALL = "call"  # rings a number; never comes back
PAGE = "page"  # opens a page of ours; never comes back
KINDS = (ARTICLE, MORE, UP, DOWN, FLOW, GROUP, TOPIC, CLAUSE, STEP, FURTHER, CALL, PAGE)


@dataclass(frozen=True, slots=True)
class Press:
    """A payload taken apart: `target` is an id, `at` what stands behind its "@" (a day, a directive)."""

    kind: str
    target: str
    at: str = ""

    def __str__(self) -> str:
        return f"{self.kind}:{self.target}" + (f"@{self.at}" if self.at else "")

    @property
    def day(self) -> date | None:
        """The day whose law the button asks for; None: today's."""
        try:
            return date.fromisoformat(self.at)
        except ValueError:
            return None


def read_press(payload: str) -> Press | None:
    """The press of a payload; None where it is none of ours. A leading "#" is Zalo's."""
    kind, colon, rest = payload.removeprefix("#").partition(":")
    target, _, at = rest.partition("@")
    if kind not in KINDS or not colon or not target:
        return None
    return Press(kind, target, at)


def step(flow: str, verb: str, argument: str = "") -> str:
    """The payload of a step of a conversation: "s:tip@send", "s:tip@in.suoi-guong"."""
    return str(Press(STEP, flow, f"{verb}.{argument}" if argument else verb))


def step_of(payload: str, flow: str) -> tuple[str, str]:
    """The verb and argument of a flow's own button; empty for any other."""
    press = read_press(payload)
    if press is None or press.kind != STEP or press.target != flow:
        return "", ""
    verb, _, argument = press.at.partition(".")
    return verb, argument


def coming_back(presses: Iterable[str]) -> tuple[str, ...]:
    """Those that are sent back when pressed, in order: the ones that may be typed as numbers."""
    return tuple(press for press in presses if not press.startswith((f"{CALL}:", f"{PAGE}:")))


def further(press: str) -> str:
    """The payload that shows a button and those behind it, where a channel had no room for them."""
    return f"{FURTHER}:{press}"


def article_press(id: str, on: date | None = None, kind: str = ARTICLE) -> str:
    """The payload that shows an article, by the law of a day if one was asked for."""
    return str(Press(kind, id, on.isoformat() if on else ""))
