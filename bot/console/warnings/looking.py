"""What a warning would be: as each channel shows it, what is wrong with it, whom it reaches."""

from typing import Any

from bot.console.desk import Desk
from bot.console.warnings.preview import previews
from bot.console.warnings.room import Room, findings_of
from handlers.broadcast import Broadcast, communes_of
from handlers.neighbours import COUNTED, LISTED
from handlers.reach import price
from knowledge.sms import SMS, length, sms_of


async def looked(draft: Broadcast, desk: Desk, room: Room) -> dict[str, Any]:
    """Previews, findings, audience and forecast of a warning, ready to be shown."""
    texts, areas = desk.texts, desk.knowledge().areas
    communes, at = communes_of(draft, areas), max(draft.at or desk.clock(), desk.clock())
    async with desk.database.transaction() as tx:
        others = await room.broadcasts(tx).of_stage(*COUNTED, limit=LISTED)
    reach = await room.reach(draft, communes, at)
    forecast = room.forecast(reach, at, draft.urgent)
    shown = room.speech(draft) if draft.text else None
    return {
        "previews": previews(shown, draft.channels or room.channels, room.public_url) if shown else [],
        "findings": [
            {"place": finding.place, "stops": finding.stops, "text": finding.words(texts)}
            for finding in (findings_of(draft, others, desk, room) if draft.text or draft.sms else ())
        ],
        "sms": {"length": length(draft.sms), "most": SMS, "made": sms_of(draft.text)},
        "letters": len(draft.text),
        "audience": sum(each.count for each in reach),
        "households": sum(areas.households(commune) for commune in communes),
        "forecast": [
            {
                "channel": texts(f"channel.{each.channel}"),
                "free": each.free,
                "silent": each.silent,
                "paid": f"{each.paid}{price([each], texts)}",
                "shut": each.shut,
                "spared": each.spared,
                "minutes": round(each.minutes, 1),
            }
            for each in forecast
        ],
    }  # fmt: skip
