"""Archives that only an offline key opens (age), written and read as a stream: nothing lies on the disk in clear."""

import io
import os
import tarfile
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

UNFINISHED = ".part"


class ArchiveError(Exception):
    """An archive can't be written or read; the message is a catalogue-free line for the administrator."""


class Writer:
    """Puts members into an archive, one behind the other."""

    def __init__(self, tar: tarfile.TarFile) -> None:
        self._tar = tar

    def add(self, name: str, content: bytes) -> None:
        self.stream(name, len(content), io.BytesIO(content))

    def stream(self, name: str, size: int, content: BinaryIO) -> None:
        """A member of `size` bytes."""
        member = tarfile.TarInfo(name)
        member.size, member.mode = size, 0o600
        self._tar.addfile(member, content)


@contextmanager
def written(file: Path, recipients: Iterable[str]) -> Iterator[Writer]:
    """An archive for these age recipients, whole or not there at all; ArchiveError."""
    import pyrage

    keys = [_recipient(text) for text in recipients]
    part = file.with_name(file.name + UNFINISHED)
    try:
        with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as sink:

            def seal(source: BinaryIO) -> None:
                pyrage.encrypt_io(source, sink, keys)

            with _piped(seal) as pipe, tarfile.open(fileobj=pipe, mode="w|") as tar:
                yield Writer(tar)
            sink.flush()
            os.fsync(sink.fileno())
        part.rename(file)
    finally:
        part.unlink(missing_ok=True)


def members(file: Path, identity: str) -> Iterator[tuple[str, BinaryIO]]:
    """The members of an archive, in order, each to be read before the next; ArchiveError."""
    import pyrage

    key = _identity(identity)
    reading, writing = os.pipe()
    failed: list[Exception] = []

    def open_up() -> None:
        try:
            with os.fdopen(writing, "wb") as sink, file.open("rb") as source:
                pyrage.decrypt_io(source, sink, [key])
        except (pyrage.DecryptError, OSError) as error:
            failed.append(error)

    thread = threading.Thread(target=open_up, name="open archive", daemon=True)
    thread.start()
    with os.fdopen(reading, "rb") as pipe:
        try:
            with tarfile.open(fileobj=pipe, mode="r|") as tar:
                for member in tar:
                    content = tar.extractfile(member)
                    if content is not None:
                        yield member.name, content  # type: ignore[misc]
        except tarfile.TarError:
            failed.append(ArchiveError())
        while pipe.read(1 << 20):  # to its end: only then has age checked all of it
            pass
    thread.join()
    if failed:
        raise ArchiveError(f"{file}: không mở được: sai chìa khóa, hoặc tệp hỏng")


def new_identity(file: Path) -> str:
    """Write a new private key to a file (0600); its public half. ArchiveError where the file is there already."""
    from pyrage import x25519

    identity = x25519.Identity.generate()
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError:
        raise ArchiveError(f"{file}: đã có hoặc không ghi được; chọn tên khác") from None
    with open(handle, "w") as out:
        out.write(f"{identity}\n")
    return str(identity.to_public())


@contextmanager
def _piped(work: Callable[[BinaryIO], None]) -> Iterator[BinaryIO]:
    """A pipe whose other end a thread reads; what it raises is raised here at the end."""
    reading, writing = os.pipe()
    failed: list[Exception] = []

    def run() -> None:
        try:
            with os.fdopen(reading, "rb") as source:
                work(source)
        except Exception as error:
            failed.append(error)

    thread = threading.Thread(target=run, name="seal archive", daemon=True)
    thread.start()
    try:
        with os.fdopen(writing, "wb") as sink:
            yield sink
    except BrokenPipeError:
        pass  # the thread says why
    finally:
        thread.join()
    if failed:
        raise ArchiveError(f"không ghi được bản sao lưu ({type(failed[0]).__name__})")


def _recipient(text: str) -> object:
    from pyrage import RecipientError, x25519

    try:
        return x25519.Recipient.from_str(text.strip())
    except RecipientError:
        raise ArchiveError("khóa công khai phải có dạng age1…; xem docs/operations.md") from None


def _identity(text: str) -> object:
    from pyrage import IdentityError, x25519

    lines = [line.strip() for line in text.splitlines() if line.startswith("AGE-SECRET-KEY-")]
    try:
        return x25519.Identity.from_str(lines[0])
    except (IdentityError, IndexError):
        raise ArchiveError("tệp chìa khóa không có dòng AGE-SECRET-KEY-…") from None
