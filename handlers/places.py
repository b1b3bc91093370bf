"""Asking where somebody lives: any spelling, an old name confirmed once, one of several by a button."""

from handlers.message import Reply
from handlers.presses import step
from knowledge.areas import Area, Areas, Match

UNKNOWN = "place.unknown"
SHOWN = 12  # communes offered as buttons where nothing else helps


def commune_in(text: str, areas: Areas, flow: str) -> Area | Reply:
    """The commune of a text; what to ask where it is an old name, one of several, or none.

    The buttons of what is asked are the flow's: "in.<id>" names a commune, "where" asks again.
    """
    matches = _communes(areas.match(text), areas)
    if not matches:
        return Reply(key=UNKNOWN, presses=(step(flow, "list"),))
    if len(matches) > 1:
        presses = tuple(step(flow, "in", match.area.id) for match in matches)
        return Reply(key="place.which", presses=(*presses, step(flow, "where")))
    match = matches[0]
    if match.old:
        yes_or_no = (step(flow, "in", match.area.id), step(flow, "where"))
        values = {"old": match.name, "name": match.area.name}
        return Reply(key="place.renamed", values=values, presses=yes_or_no)
    return match.area


def all_communes(areas: Areas, flow: str) -> Reply:
    """Every commune as a button where there are few, else their names to be typed."""
    names = ", ".join(area.name for area in areas.communes)
    presses = tuple(step(flow, "in", area.id) for area in areas.communes[:SHOWN])
    return Reply(key="place.list", values={"names": names}, presses=presses)


def named(areas: Areas, ids: tuple[str, ...]) -> str:
    """Areas as people say them: "xã Nà Mây, xã Suối Gương"; one that is gone is left out."""
    return ", ".join(areas[id].name for id in ids if id in areas)


def _communes(matches: tuple[Match, ...], areas: Areas) -> list[Match]:
    """The same for the communes of what was found, each once; a hamlet's today's name is enough."""
    found: dict[str, Match] = {}
    for match in matches:
        if commune := areas.commune(match.area.id):
            found.setdefault(commune.id, Match(commune, match.name, match.old))
    return list(found.values())
