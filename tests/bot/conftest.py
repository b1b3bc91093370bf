"""What the tests of an admin's folder share: it is learnt of once, for that takes seconds."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.library import KEPT
from knowledge.learned import learned_of
from knowledge.load import load_knowledge
from tests.knowledge.own import put

Remember = Callable[[Path], None]


@pytest.fixture(scope="session")
def remember(tmp_path_factory: pytest.TempPathFactory) -> Remember:
    """Lays what the folder of `own.put` teaches into a data folder."""
    place = tmp_path_factory.mktemp("taught")
    put(place / "own")
    learned_of(load_knowledge(place / "own").searched(), place / KEPT)

    def remember(data: Path) -> None:
        shutil.copytree(place / KEPT, data / KEPT, copy_function=os.link)

    return remember
