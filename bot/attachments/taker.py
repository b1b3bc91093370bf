"""Takes a file of a tip: fetched into memory that no disk sees, cleaned by a process of its own, sealed, put away."""

import asyncio
import hashlib
import json
import logging
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from bot import sealing
from bot.attachments.files import Files
from handlers.tips import FILE_BYTES, Taken, Unfit

log = logging.getLogger(__name__)

AT_ONCE = 2  # cleaned at the same time
SECONDS = 40.0  # until a file is cleaned
FETCH_SECONDS = 60.0
NO_NETWORK = ("unshare", "--user", "--net", "--map-root-user", "--")
CLEANER = Path(__file__).with_name("cleaner.py")  # a script: it needs nothing of ours
BREATH = 16  # chunks sealed before others have their turn

Write = Callable[[bytes], None]
Fetch = Callable[[Write], Awaitable[None]]
"""Hands a file's bytes over piece by piece; raises TooLarge where `Write` does, OSError where it can't be had."""


class TooLarge(Exception):
    """More bytes than a file may have."""


@cache
def no_network() -> tuple[str, ...]:
    """What starts a process in a network of its own, which leads nowhere; empty where the machine can't."""
    if shutil.which(NO_NETWORK[0]) is None:
        return ()
    tried = subprocess.run([*NO_NETWORK, "true"], capture_output=True, check=False)  # noqa: S603
    return () if tried.returncode else NO_NETWORK


@dataclass(slots=True)
class Taker:
    """Takes files into a store. `sandbox`: what the cleaner is started with, so that it has no network."""

    files: Files
    sandbox: tuple[str, ...] = field(default_factory=no_network)
    _free: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))

    async def __call__(self, fetch: Fetch, announced: int = 0) -> Taken | Unfit:
        if announced > FILE_BYTES:
            return Unfit.LARGE
        async with self._free:
            with in_memory() as source, in_memory() as target:
                try:
                    async with asyncio.timeout(FETCH_SECONDS):
                        await fetch(bounded(source))
                except TooLarge:
                    return Unfit.LARGE
                except (OSError, TimeoutError):
                    return Unfit.UNREACHABLE
                cleaned = await self._cleaned(source, target)
                return cleaned if isinstance(cleaned, Unfit) else await self._put(target, cleaned)

    async def _cleaned(self, source: int, target: int) -> str | Unfit:
        """The media type of what the cleaner wrote, or why it wrote nothing."""
        process = await asyncio.create_subprocess_exec(
            *self.sandbox,
            *(sys.executable, "-I", str(CLEANER), f"{source}", f"{target}"),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            pass_fds=(source, target),
            env={"PATH": os.environ.get("PATH", "")},
        )
        try:
            async with asyncio.timeout(SECONDS):
                said, _ = await process.communicate()
        except TimeoutError:
            return Unfit.SLOW
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        return answer(said)

    async def _put(self, target: int, type: str) -> Taken | Unfit:
        """Seal what was written and put it away under a random name."""
        size = os.fstat(target).st_size
        if not 0 < size <= FILE_BYTES:
            return Unfit.LARGE if size else Unfit.BROKEN
        id, name, key = sealing.fresh_id(), sealing.fresh_id(), sealing.fresh_file_key()
        digest = hashlib.sha256()

        def chunks() -> Iterator[bytes]:
            for at in range(0, size, sealing.CHUNK):
                chunk = os.pread(target, sealing.CHUNK, at)
                digest.update(chunk)
                yield chunk

        async def pieces() -> AsyncIterator[bytes]:
            for place, piece in enumerate(sealing.seal_file(chunks(), size, key=key, id=id)):
                if place % BREATH == 0:
                    await asyncio.sleep(0)
                yield piece

        try:
            stored = await self.files.put(name, pieces())
        except OSError:
            log.exception("file not stored")
            return Unfit.NO_ROOM
        return Taken(
            id=id,
            name=name,
            size=size,
            stored=stored,
            type=type,
            sha256=digest.hexdigest(),
            key=key,
        )


def answer(said: bytes) -> str | Unfit:
    """What the cleaner said; one that was killed by its limits has said nothing."""
    try:
        found = json.loads(said)
        return Unfit(found["unfit"]) if "unfit" in found else str(found["type"])
    except (ValueError, KeyError, TypeError):
        return Unfit.BROKEN


def bounded(file: int) -> Write:
    """Writes to a file descriptor what is not more than a file may have; TooLarge then."""
    size = 0

    def write(chunk: bytes) -> None:
        nonlocal size
        size += len(chunk)
        if size > FILE_BYTES:
            raise TooLarge
        os.write(file, chunk)

    return write


@contextmanager
def in_memory() -> Iterator[int]:
    """A file that lies in memory and is gone when it is closed; where the system has none, one without a name."""
    if hasattr(os, "memfd_create"):
        file = os.memfd_create("tip")
        try:
            yield file
        finally:
            os.close(file)
    else:
        with tempfile.TemporaryFile() as unnamed:
            yield unnamed.fileno()
