"""Every page of the section, the fixed addresses before those of a single warning."""

from bot.console.desk import Section
from bot.console.warnings import (
    calendar,
    duty,
    kit,
    listing,
    pledges,
    posters,
    progress,
    reports,
    stages,
    writing,
)

SECTION = Section(path="/canh-bao", name="warnings")
ROUTES = (
    *listing.ROUTES,
    *calendar.ROUTES,
    *duty.ROUTES,
    *pledges.ROUTES,
    *posters.ROUTES,
    *writing.ROUTES,
    *stages.ROUTES,
    *kit.ROUTES,
    *progress.ROUTES,
    *reports.ROUTES,
)
