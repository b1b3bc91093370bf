"""A warning for those whom no bot reaches, from its one text: what is passed on in a group, read out, or printed."""

from dataclasses import dataclass
from datetime import datetime

from knowledge.spoken import spoken
from knowledge.texts import Texts


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A warning as it leaves the office: `place` is the area's name, `duty` and `address` are empty where unknown."""

    text: str
    sms: str
    place: str
    at: datetime
    urgent: bool = False
    duty: str = ""
    address: str = ""

    @property
    def plain(self) -> str:
        """The text without marks of weight, lists with a dot."""
        lines = self.text.replace("**", "").splitlines()
        return "\n".join(f"• {line[2:]}" if line.startswith("- ") else line for line in lines)


def capitalised(name: str) -> str:
    """A place's name at the head of a line: "xã Nà Mây" → "Xã Nà Mây"."""
    return name[:1].upper() + name[1:]


def source(notice: Notice, texts: Texts) -> str:
    """Who says it, when, and where it can be checked: one line below whatever is passed on."""
    key = "forward.source_duty" if notice.duty else "forward.source"
    day = f"{notice.at:%H:%M %d/%m/%Y}"
    return texts(key, place=notice.place, at=day, phone=notice.duty)


def group_message(notice: Notice, texts: Texts) -> str:
    """For a group of a hamlet in any messenger: plain text, and where it can be checked."""
    return f"{notice.plain}\n\n{source(notice, texts)}"


def loudspeaker(notice: Notice, texts: Texts) -> str:
    """What is read over the loudspeakers: every number in words, and all of it twice."""
    body = "\n".join(line for line in spoken(notice.plain.replace("• ", "")).splitlines() if line)
    head = texts("forward.loud_urgent" if notice.urgent else "forward.loud", place=notice.place)
    unsaid = notice.duty and notice.duty not in notice.text
    call = texts("forward.loud_duty", phone=spoken(f"gọi {notice.duty}")) if unsaid else ""
    once = "\n".join(filter(None, (body, call)))
    return f"{head}\n\n{once}\n\n{texts('forward.again')}\n\n{once}\n\n{texts('forward.end')}"
