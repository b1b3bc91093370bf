"""Shows what is suspicious about a message: red flags, what not to do, whom to ring; never "safe", nothing kept."""

from handlers.message import Reply
from handlers.presses import CALL, Press, article_press
from knowledge.texts import Texts

WAITING = "scam"  # `Talk.flow` while the message is waited for
RINGS = ("relative", "bank", "authority", "threat")  # flags that say whom to ring to make sure
STEPS = ("scam-first-hour", "scam-gave-otp")


def suspicion_reply(flags: tuple[str, ...] | None) -> Reply:
    """The reply to flags; None: the message is still to be pasted."""
    if flags is None:
        return Reply(key="scam.paste")
    presses = (*map(article_press, STEPS), str(Press(CALL, "113")))
    return Reply(key="scam", values={"flags": " ".join(flags)}, presses=presses)


def suspicion_words(flags: list[str], texts: Texts) -> str:
    """The flags in words, then what not to do, whom to ring, and that nothing is kept."""
    head = texts("scam.found", count=len(flags)) if flags else texts("scam.nothing")
    lines = [f"- {line}" for line in (texts(f"scam_flag.{flag}") for flag in flags)]
    ring = next((flag for flag in RINGS if flag in flags), "other")
    parts = (
        head,
        "\n".join(lines),
        texts("scam.dont"),
        texts(f"scam_ring.{ring}"),
        texts("scam.kept"),
    )
    return "\n\n".join(part for part in parts if part)
