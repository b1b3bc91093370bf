"""The same dialogues through every channel: what is said does not depend on where it is asked."""

from pathlib import Path

import pytest

from tests.dialogs.people import CHANNELS, config_for
from tests.dialogs.script import SCRIPTS, hold

ALL = sorted(SCRIPTS.glob("*.txt"))


@pytest.mark.parametrize("channel", CHANNELS)
async def test_every_dialogue_is_held(channel: str, tmp_path: Path) -> None:
    for script in ALL:
        folder = tmp_path / script.stem
        folder.mkdir()
        async with CHANNELS[channel](config_for(folder)) as person:
            await hold(script, person)
