"""A season's warnings for one area: what the campaign says, less what the area leaves out, in its own words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from knowledge.campaign import Planned


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What an area does otherwise: leaves a warning out, or says it in other words (empty: the campaign's)."""

    off: bool = False
    text: str = ""
    sms: str = ""


Choices = Mapping[tuple[str, str], Choice]
"""(warning, area) → choice."""


def season_of(area: str, plan: Sequence[Planned], choices: Choices) -> tuple[Planned, ...]:
    """The plan as it goes out in an area."""
    own = ((each, choices.get((each.warning.id, area), Choice())) for each in plan)
    return tuple(_said(each, choice) for each, choice in own if not choice.off)


def leaving_out(warning: str, areas: Sequence[str], choices: Choices) -> tuple[str, ...]:
    """The areas, of these, that leave a warning out or say it in other words."""
    return tuple(area for area in areas if (warning, area) in choices)


def _said(planned: Planned, choice: Choice) -> Planned:
    if not choice.text:
        return planned
    words = replace(planned.warning, text=choice.text, sms=choice.sms)
    return replace(planned, warning=words)
