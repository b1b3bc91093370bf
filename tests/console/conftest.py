"""The desk for tests: on both engines where it matters, on SQLite where it does not."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.console.station import Station, open_station


@pytest.fixture
async def station(tmp_path: Path) -> AsyncIterator[Station]:
    async with open_station(tmp_path) as opened:
        yield opened
