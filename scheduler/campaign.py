"""The season's warnings become broadcasts, approved in advance: each once, by the clock, whatever the clock does."""

import logging
import secrets
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from handlers.broadcast import Broadcast, Stage
from knowledge.areas import Areas
from knowledge.campaign import CHOSEN, Campaign, Planned

log = logging.getLogger(__name__)

HERE = ZoneInfo("Asia/Ho_Chi_Minh")
LATE = timedelta(hours=24)  # a run missed for longer is no news any more
PUNCTUAL = timedelta(minutes=10)  # one that may not be late
AUTHOR = "campaign"  # author and approver: whoever switched the campaign on approved it in advance


class Choice(Protocol):
    """What a commune does otherwise: leaves a warning out, or says it in other words (empty: the campaign's)."""

    @property
    def off(self) -> bool: ...

    @property
    def text(self) -> str: ...

    @property
    def sms(self) -> str: ...


Choices = Mapping[tuple[str, str], Choice]
"""(warning, commune) → choice; a commune that is not there does as the campaign says."""


class Launches(Protocol):
    """What has been launched already, for all machines."""

    async def launch(self, name: str, broadcasts: Sequence[Broadcast], now: datetime) -> bool:
        """Add these under a name; False, and nothing added, where that name was launched before."""


@dataclass(slots=True, kw_only=True)
class Season:
    """Asked each second; `campaign` gives it as it stands in its file now, `choices` what communes do otherwise."""

    campaign: Callable[[], Campaign]
    choices: Callable[[str], Awaitable[Choices]]
    areas: Callable[[], Areas]
    launches: Launches
    _of: Campaign | None = None
    _plans: dict[int, tuple[Planned, ...]] = field(default_factory=dict)
    _launched: set[str] = field(default_factory=set)

    async def __call__(self, now: datetime) -> None:
        """Launch what is due; what another machine launched, or we did before, is left alone."""
        campaign = self.campaign()
        for planned in self._due(campaign, now):
            name = occasion(campaign, planned)
            if name in self._launched:
                continue
            choices = await self.choices(campaign.id)
            broadcasts = tuple(broadcasts_of(campaign, planned, choices, self.areas(), now))
            if await self.launches.launch(name, broadcasts, now):
                log.info("campaign warning launched", extra={"broadcast": planned.warning.id})
            self._launched.add(name)

    def _due(self, campaign: Campaign, now: datetime) -> Iterator[Planned]:
        local = now.astimezone(HERE)
        for year in (local.year, local.year + 1):
            for planned in self._planned(campaign, year):
                if planned.at <= now <= planned.at + patience(planned):
                    yield planned

    def _planned(self, campaign: Campaign, year: int) -> tuple[Planned, ...]:
        """The plan of a Tết; computed once while the campaign stays the same."""
        if self._of is not campaign:
            self._of, self._plans = campaign, {}
        if year not in self._plans:
            self._plans[year] = campaign.plan(year)
        return self._plans[year]


def patience(planned: Planned) -> timedelta:
    """How late it may still be said."""
    return LATE if planned.warning.missed == "late" else PUNCTUAL


def occasion(campaign: Campaign, planned: Planned) -> str:
    """The name under which it is launched once. A warning of one moment keeps it when the file moves that moment,
    so that a change on the day never says it twice; of a repeating one each day is an occasion.
    """
    day = planned.at.astimezone(HERE).date()
    season = (planned.at + timedelta(days=60)).year  # sixty days before mùng 1 to thirty after
    repeating = ".." in planned.warning.moment or planned.warning.moment.startswith("solar")
    return f"{campaign.id}.{planned.warning.id}.{day if repeating else season}"


def broadcasts_of(
    campaign: Campaign, planned: Planned, choices: Choices, areas: Areas, now: datetime
) -> Iterator[Broadcast]:
    """One to all communes that say it as it is, one to each that says it in its own words."""
    warning = planned.warning
    own = {area: choice for (id, area), choice in choices.items() if id == warning.id}
    plain = tuple(area.id for area in areas.communes if area.id not in own)
    groups = [(plain if own else (areas.province.id,), warning.text, warning.sms)]
    for area, choice in own.items():
        if area in areas and not choice.off:
            groups.append(((area,), choice.text or warning.text, choice.sms or warning.sms))
    for chosen, text, sms in groups:
        if chosen:
            yield Broadcast(
                id=secrets.token_hex(8),
                author=AUTHOR,
                approver=AUTHOR,
                title=campaign.name,
                topic=warning.topic,
                areas=chosen,
                text=text,
                sms=sms,
                urgent=warning.urgent,
                chosen=warning.audience == CHOSEN,
                at=planned.at,
                moment=warning.moment,
                stage=Stage.APPROVED,
                source=f"{campaign.id}/{warning.id}",
                made=now,
                submitted=now,
                approved=now,
            )
