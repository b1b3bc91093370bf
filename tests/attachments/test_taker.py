"""What comes out of the cleaner tells nothing of its maker, and nothing bad comes through it."""

import asyncio
import io
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pikepdf
import pytest
from PIL import Image

from bot import sealing
from bot.attachments.files import Folder
from bot.attachments.taker import Taker, TooLarge, Write, bounded, in_memory, no_network
from handlers.tips import FILE_BYTES, Taken, Unfit
from tests.attachments.samples import MAKER, TOOL, bomb, film, pdf, photo


@pytest.fixture
def files(tmp_path: Path) -> Folder:
    return Folder(tmp_path / "files")


@pytest.fixture
def taker(files: Folder) -> Taker:
    return Taker(files)


async def take(taker: Taker, content: bytes) -> Taken | Unfit:
    async def fetch(write: Write) -> None:
        for at in range(0, len(content), 65536):
            write(content[at : at + 65536])

    return await taker(fetch)


async def cleaned(taker: Taker, content: bytes) -> bytes:
    """What an officer gets to see of a file."""
    file = await take(taker, content)
    assert isinstance(file, Taken)
    whole = b"".join(taker.files.read(file.name))
    assert len(whole) == file.stored == sealing.sealed_size(file.size)
    pieces = sealing.sealed_pieces(whole)
    return b"".join(sealing.unseal_file(pieces, file.size, key=file.key, id=file.id))


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "HEIF", "GIF"])
async def test_a_picture_is_drawn_anew_without_its_maker(form: str, taker: Taker) -> None:
    content = photo(form)
    assert MAKER.encode() in content  # the control: it was there

    clean = await cleaned(taker, content)

    assert MAKER.encode() not in clean
    image = Image.open(io.BytesIO(clean))
    assert not image.getexif()
    assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    assert image.size == (64, 48)


@pytest.mark.parametrize("form", ["JPEG", "HEIF"])
async def test_a_picture_on_its_side_is_stood_upright(taker: Taker, form: str) -> None:
    clean = await cleaned(taker, photo(form, turned=True))

    assert Image.open(io.BytesIO(clean)).size == (48, 64)


async def test_a_picture_with_a_program_behind_it_loses_the_program(taker: Taker) -> None:
    clean = await cleaned(taker, photo() + b"PK\x03\x04<script>alert(1)</script>")

    assert b"script" not in clean
    assert clean.endswith(b"\xff\xd9")


async def test_a_pdf_loses_its_author_scripts_and_the_files_inside(taker: Taker) -> None:
    content = pdf()

    clean = await cleaned(taker, content)

    with pikepdf.open(io.BytesIO(clean)) as document:
        text = b"".join(
            each.read_bytes() if isinstance(each, pikepdf.Stream) else each.unparse()
            for each in document.objects
        )
        assert len(document.pages) == 1
        assert "/OpenAction" not in document.Root
        assert not document.attachments
        assert "/Info" not in document.trailer
    assert MAKER.encode() not in text
    assert b"JavaScript" not in text


@pytest.mark.skipif(TOOL is None, reason="no ffmpeg on this machine, and none from PyPI")
async def test_a_film_is_written_anew_without_title_and_place(taker: Taker, tmp_path: Path) -> None:
    content = film(tmp_path)
    assert MAKER.encode() in content

    clean = await cleaned(taker, content)

    assert MAKER.encode() not in clean
    assert b"+21.0" not in clean


async def test_without_a_tool_a_film_is_refused_with_a_reason(
    taker: Taker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The look of a film is enough: it is not opened before there is a tool."""
    monkeypatch.setenv("PATH", "/nonexistent")
    taker.sandbox = ()
    look = b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + b"\0" * 100

    said = await take(taker, look)

    assert said in (Unfit.NO_TOOL, Unfit.BROKEN)  # PyPI's tool finds nothing to open in it


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<html><script>alert(1)</script></html>",
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"PK\x03\x04" + b"\0" * 200,  # a zip, a docx
        b"MZ" + b"\0" * 200,
        b"BM" + b"\0" * 50,
    ],
)
async def test_anything_else_is_refused_kindly(content: bytes, taker: Taker) -> None:
    assert await take(taker, content) == Unfit.KIND
    assert taker.files.names() == frozenset()


@pytest.mark.parametrize("cut", [20, 200, 600])
async def test_a_broken_file_is_refused(cut: int, taker: Taker) -> None:
    assert await take(taker, photo()[:cut]) == Unfit.BROKEN
    assert await take(taker, photo("HEIF")[: 60 + cut]) == Unfit.BROKEN


async def test_a_bomb_of_pixels_is_refused_at_once(taker: Taker) -> None:
    began = time.monotonic()

    said = await take(taker, bomb())

    assert said in (Unfit.LARGE, Unfit.BROKEN)
    assert time.monotonic() - began < 5


async def test_a_stream_without_an_end_is_cut(taker: Taker) -> None:
    async def endless(write: Write) -> None:
        while True:
            write(b"\xff" * 65536)

    assert await taker(endless) == Unfit.LARGE
    assert await taker(endless, announced=FILE_BYTES + 1) == Unfit.LARGE
    assert taker.files.names() == frozenset()


async def test_a_file_that_can_t_be_fetched_is_told_apart(taker: Taker) -> None:
    async def gone(write: Write) -> None:
        raise OSError

    assert await taker(gone) == Unfit.UNREACHABLE


def test_not_a_byte_more_than_a_file_may_have() -> None:
    with in_memory() as file:
        write = bounded(file)
        write(b"\0" * FILE_BYTES)
        with pytest.raises(TooLarge):
            write(b"\0")


async def test_the_cleaner_has_no_network(taker: Taker) -> None:
    """Where the machine can shut it in; docs/security.md says what is left where it can't."""
    if not no_network():
        pytest.skip("this machine lets nobody make a network of their own")
    process = await asyncio.create_subprocess_exec(
        *no_network(), "ls", "/sys/class/net", stdout=asyncio.subprocess.PIPE
    )

    said, _ = await process.communicate()

    inside = await asyncio.create_subprocess_exec(
        *no_network(), "cat", "/proc/net/route", stdout=asyncio.subprocess.PIPE
    )
    routes, _ = await inside.communicate()
    assert routes.strip().count(b"\n") == 0
    assert said


async def test_a_file_is_there_whole_or_not_at_all(files: Folder) -> None:
    async def breaks():  # type: ignore[no-untyped-def]
        yield b"half"
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        await files.put("0" * 32, breaks())

    assert files.names() == frozenset()
    assert not [path for path in files.path.rglob("*") if path.is_file()]


async def test_a_full_disk_refuses_a_file_and_leaves_nothing(tmp_path: Path) -> None:
    class Full(Folder):
        async def put(self, name: str, pieces: AsyncIterator[bytes]) -> int:
            async def cut() -> AsyncIterator[bytes]:
                yield await anext(pieces)
                raise OSError(28, "no space left")

            return await super().put(name, cut())

    full = Full(tmp_path / "files")

    assert await take(Taker(full), photo()) == Unfit.NO_ROOM
    assert not [path for path in full.path.rglob("*") if path.is_file()]


async def test_files_tell_no_time_and_no_name(taker: Taker) -> None:
    await take(taker, photo())

    path = next(path for path in taker.files.path.rglob("*") if path.is_file())  # type: ignore[attr-defined]
    assert path.stat().st_mtime == 0
    assert oct(path.stat().st_mode)[-3:] == "600"
    assert path.stat().st_size == sealing.sealed_size(1)


@pytest.mark.parametrize("name", ["../../x", "", "a" * 31, "A" * 32, "0" * 31 + "/"])
def test_no_name_leads_out_of_the_folder(name: str, files: Folder) -> None:
    with pytest.raises(ValueError, match="hex"):
        files.size(name)
