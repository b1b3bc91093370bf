"""How a warning sounds: the officer's words, and the button by which a person says that they arrived."""

from handlers.broadcast import Broadcast
from handlers.message import Reply
from handlers.presses import step

RECEIVED = "received"
WITHDRAWN = Reply(key="warning.withdrawn")
"""What the wrong message says from then on, where a channel can change it."""


def words(broadcast: Broadcast) -> Reply:
    """The warning as every channel shows it; pressing its button also keeps a platform's window open."""
    key = "warning.correction" if broadcast.corrects else "warning.words"
    return Reply(
        key=key,
        values={"text": broadcast.text},
        presses=(step(RECEIVED, "ok", broadcast.id),),
    )
