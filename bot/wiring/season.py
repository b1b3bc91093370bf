"""The season's campaign as it stands in its file, and what of it will go out by itself."""

import logging
from datetime import datetime

from bot.config import Config
from handlers.ask import HERE
from knowledge.campaign import Campaign, Planned, load_campaign
from knowledge.faults import KnowledgeError
from knowledge.load import SHIPPED

log = logging.getLogger(__name__)


class CampaignFile:
    """A faulty change of the file is told, and the last good campaign stays."""

    def __init__(self, config: Config) -> None:
        own = config.knowledge_folder / "campaigns" / "tet.toml"
        self._path = own if own.exists() else SHIPPED / "campaigns" / "tet.toml"
        self._good = load_campaign(self._path)
        self._changed = self._path.stat().st_mtime_ns
        self._on = config.warnings.campaign
        self._plans: dict[int, tuple[Planned, ...]] = {}

    def read(self) -> Campaign:
        """Looked at each time: asking for a file's time costs microseconds."""
        try:
            changed = self._path.stat().st_mtime_ns
        except OSError:
            return self._good
        if changed != self._changed:
            self._changed = changed
            try:
                self._good, self._plans = load_campaign(self._path), {}
            except KnowledgeError as error:
                log.error("campaign faulty", extra={"count": len(error.faults)})
        return self._good

    def ahead(self, now: datetime) -> tuple[Planned, ...]:
        """What the clock will launch after an instant, in this year and the next; nothing where it is switched off."""
        if not self._on:
            return ()
        campaign, year = self.read(), now.astimezone(HERE).year
        for each in {year, year + 1} - self._plans.keys():
            self._plans[each] = campaign.plan(each)
        found = (*self._plans[year], *self._plans[year + 1])
        return tuple(planned for planned in found if planned.at > now)
