"""Learning in a process of its own: seconds of work that keep no question waiting."""

import asyncio
import os
import sys
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import Sequence
from pathlib import Path

from knowledge.article import Article
from knowledge.learned import Learned, keep, received


class NotLearnt(Exception):
    """The process failed, or the folder was changed while it learnt."""


async def learnt_apart(folder: Path, articles: Sequence[Article], kept: Path) -> Learned:
    """What the articles of a folder teach, kept in `kept` too; NotLearnt. Cancelled, it ends its process."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "knowledge.learned", str(folder)),
        stdin=DEVNULL,
        stdout=PIPE,
        stderr=DEVNULL,
        env=os.environ | {"OPENBLAS_NUM_THREADS": "1"},  # one core: the other one answers
    )
    try:
        said, _ = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    learned = await asyncio.to_thread(received, said, articles)
    if learned is None:
        raise NotLearnt
    await asyncio.to_thread(keep, learned, articles, kept)
    return learned
