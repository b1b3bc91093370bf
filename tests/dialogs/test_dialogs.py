"""The same dialogues through every channel: what is said does not depend on where it is asked."""

from pathlib import Path

import pytest

from tests.dialogs.people import CHANNELS, config_for
from tests.dialogs.script import SCRIPTS, hold
from tests.units import found_in

ALL = sorted(SCRIPTS.glob("*.txt"))
TIP = sorted((SCRIPTS / "tip").glob("*.txt"))  # everywhere but on Zalo, where no tip is taken
ZALO = sorted((SCRIPTS / "zalo").glob("*.txt"))


HELD = [
    pytest.param(channel, script, id=f"{channel}-{script.stem}")
    for channel in CHANNELS
    for script in (*ALL, *(ZALO if channel == "zalo" else TIP))
]


@pytest.mark.parametrize(("channel", "script"), HELD)
async def test_every_dialogue_is_held(channel: str, script: Path, tmp_path: Path) -> None:
    config = config_for(tmp_path)
    await found_in(config.database_url)

    async with CHANNELS[channel](config) as person:
        await hold(script, person)
