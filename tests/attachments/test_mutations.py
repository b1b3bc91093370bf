"""Files with bytes changed at random: the cleaner may refuse or clean them, never take the service with it."""

import random
from collections import Counter
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
    kinds = [photo(form) for form in ("JPEG", "PNG", "WEBP", "HEIF", "GIF")] + [pdf()]
    kinds += [film(tmp_path)] if TOOL else []
    outcomes: Counter[str] = Counter()

    for content in kinds:
        for _ in range(EACH):
            altered = bytearray(content)
            for _ in range(chance.randint(1, 12)):
                altered[chance.randrange(len(altered))] = chance.randrange(256)
            said = await take(taker, bytes(altered))
            assert isinstance(said, Taken | Unfit)
            outcomes[said.value if isinstance(said, Unfit) else "cleaned"] += 1

    print(f"{outcomes.total()} mutated files: {dict(outcomes)}")  # noqa: T201
    assert outcomes["cleaned"]
    assert outcomes["broken"]
    assert isinstance(await take(taker, photo()), Taken)
