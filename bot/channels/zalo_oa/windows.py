"""When a person may be written to unasked: the OA's windows, counted from their last interaction."""

from datetime import datetime, timedelta

from handlers.message import Window

FREE = timedelta(hours=48)  # doubtful: one source says that only eight messages are free within it
PAID = timedelta(days=7)
TEMPLATE = timedelta(days=365)  # an approved template reaches whoever interacted within a year


def window(last_contact: datetime | None, now: datetime, *, template: bool = False) -> Window:
    """Free within 48 hours, paid within seven days, then shut; shut for somebody never heard of.

    `template`: one may be sent instead, for a year.

    A follower who never wrote may get three welcome messages, which are no warnings.
    """
    if last_contact is None:
        return Window.SHUT
    since = now - last_contact
    if since <= FREE:
        return Window.FREE
    if since <= PAID:
        return Window.PAID
    return Window.TEMPLATE if template and since <= TEMPLATE else Window.SHUT
