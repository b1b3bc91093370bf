"""Files with bytes changed at random: the cleaner may refuse or clean them, never take the service with it."""

import random
from pathlib import Path

import pytest

from bot.attachments.files import Folder
from bot.attachments.taker import Taker
from handlers.tips import Taken, Unfit
from tests.attachments.samples import TOOL, film, pdf, photo
from tests.attachments.test_taker import take

EACH = 150


@pytest.mark.soak
async def test_mutated_files_are_cleaned_or_refused(tmp_path: Path) -> None:
    chance = random.Random(7)  # noqa: S311  (a test's)
    taker = Taker(Folder(tmp_path / "files"))
    kinds = [photo("JPEG"), photo("PNG"), photo("WEBP"), pdf()]
    kinds += [film(tmp_path)] if TOOL else []
    outcomes: set[str] = set()

    for content in kinds:
        for _ in range(EACH):
            altered = bytearray(content)
            for _ in range(chance.randint(1, 12)):
                altered[chance.randrange(len(altered))] = chance.randrange(256)
            said = await take(taker, bytes(altered))
            assert isinstance(said, Taken | Unfit)
            outcomes.add(type(said).__name__)

    assert outcomes == {"Taken", "Unfit"}
    assert isinstance(await take(taker, photo()), Taken)
