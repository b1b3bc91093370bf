"""Reads dialogues that are written as a chat, and holds them with any channel.

> words          the person says them
>> words         … and goes on without waiting for an answer (pieces of a sentence)
> [label]        the person presses the button whose label begins so
< words          the answer holds these words (bold marks aside)
< [label]        the answer has a button whose label begins so
!< words         the answer does not hold them
# words          a remark
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

SCRIPTS = Path(__file__).parent / "scripts"


@dataclass(frozen=True, slots=True)
class Heard:
    """What came back: all words as one text, and the buttons by label (label → what presses it)."""

    text: str
    buttons: dict[str, str]


class Speaker(Protocol):
    """A person on one channel."""

    async def say(self, text: str) -> Heard:
        """Say something and wait for the answer."""

    async def begin(self, text: str) -> None:
        """Say a piece of a sentence, and don't wait."""

    async def press(self, button: str) -> Heard:
        """Press a button by what `Heard.buttons` gave for it."""


@dataclass(frozen=True, slots=True)
class Line:
    number: int
    mark: str
    words: str


def lines(path: Path) -> Iterator[Line]:
    for number, raw in enumerate(path.read_text("utf-8").splitlines(), 1):
        mark, _, words = raw.partition(" ")
        if raw.strip() and mark != "#":
            assert mark in (">", ">>", "<", "!<"), f"{path.name}:{number}: unknown mark {mark!r}"
            yield Line(number, mark, words.strip())


async def hold(path: Path, person: Speaker) -> None:
    """Hold a dialogue; an AssertionError names the line that was not heard."""
    heard = Heard("", {})
    for line in lines(path):
        where = f"{path.name}:{line.number}: «{line.words}»"
        label = line.words[1:].rstrip("]") if line.words.startswith("[") else None
        match line.mark:
            case ">>":
                await person.begin(line.words)
            case ">" if label is not None:
                heard = await person.press(_find(label, heard, where))
            case ">":
                heard = await person.say(line.words)
            case "<" if label is not None:
                _find(label, heard, where)
            case "<":
                assert line.words in heard.text, f"{where} was not heard in:\n{heard.text}"
            case "!<":
                assert line.words not in heard.text, f"{where} was heard in:\n{heard.text}"


def _find(label: str, heard: Heard, where: str) -> str:
    found = [press for name, press in heard.buttons.items() if name.startswith(label)]
    assert found, f"{where}: no such button among {list(heard.buttons)}"
    return found[0]
