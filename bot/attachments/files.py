"""Where sealed files lie: a folder by default, of which other machines see nothing; the port is `Files`."""

import asyncio
import os
import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

NAME = re.compile(r"[0-9a-f]{32}")
UNFINISHED = ".part"
CHUNK = 64 * 1024


class Files(Protocol):
    """Sealed files by random names; nothing of a tip can be told from where or when one lies."""

    async def put(self, name: str, pieces: AsyncIterator[bytes]) -> int:
        """Store a file whole or not at all, on the disk when this returns; its size in bytes."""

    def size(self, name: str) -> int | None:
        """In bytes; None where there is none of this name."""

    def read(self, name: str) -> Iterator[bytes]: ...

    def remove(self, name: str) -> None: ...

    def names(self) -> frozenset[str]: ...


@dataclass(frozen=True, slots=True)
class Folder:
    """Files in a folder, spread over 256 others; all of the same date."""

    path: Path

    async def put(self, name: str, pieces: AsyncIterator[bytes]) -> int:
        target = self._place(name)
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        part = target.with_suffix(UNFINISHED)
        try:
            with _new(part) as file:
                async for piece in pieces:
                    file.write(piece)
                file.flush()
                await asyncio.to_thread(os.fsync, file.fileno())
                size = file.tell()
            os.utime(part, (0, 0))
            part.rename(target)
        except BaseException:  # a cancellation too leaves nothing behind
            part.unlink(missing_ok=True)
            raise
        return size

    def size(self, name: str) -> int | None:
        place = self._place(name)
        return place.stat().st_size if place.is_file() else None

    def read(self, name: str) -> Iterator[bytes]:
        with self._place(name).open("rb") as file:
            while chunk := file.read(CHUNK):
                yield chunk

    def remove(self, name: str) -> None:
        self._place(name).unlink(missing_ok=True)

    def names(self) -> frozenset[str]:
        return frozenset(path.stem for path in self.path.glob("??/*") if path.is_file())

    def _place(self, name: str) -> Path:
        if not NAME.fullmatch(name):
            raise ValueError("a file's name is 32 hex digits")
        return self.path / name[:2] / name


def _new(path: Path) -> BinaryIO:
    """A file of ours alone that was not there before."""
    return open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
