"""Files that tell of their maker, made here: a marker in every place that people forget about."""

import io
import struct
import subprocess
import zlib
from pathlib import Path

import pikepdf
from PIL import Image, PngImagePlugin
from pillow_heif import register_heif_opener

from bot.attachments.cleaner import ffmpeg

register_heif_opener()  # which encodes too, as the service's own does not

MAKER = "MAY-ANH-CUA-CHI-BAY"
PLACE = ((21.0, 1.0, 42.0), (105.0, 51.0, 12.0))
TOOL = ffmpeg()


def photo(form: str = "JPEG", *, size: tuple[int, int] = (64, 48), turned: bool = False) -> bytes:
    """A picture whose maker, place and thumbnail stand in it; `turned`: it lies on its side."""
    exif = Image.Exif()
    exif[0x010F] = MAKER
    exif[0x9286] = MAKER
    exif[0x8825] = {1: "N", 2: PLACE[0], 3: "E", 4: PLACE[1]}
    if turned:
        exif[0x0112] = 6
    xmp = f"<x:xmpmeta xmlns:x='adobe:ns:meta/'>{MAKER}</x:xmpmeta>".encode()
    file = io.BytesIO()
    image = Image.new("RGB", size, "red")
    image.putpixel((0, 0), (0, 0, 255))
    match form:
        case "PNG":
            text = PngImagePlugin.PngInfo()
            text.add_text("Author", MAKER)
            image.save(file, form, exif=exif, pnginfo=text)
        case "HEIF":
            image.save(file, form, exif=exif.tobytes(), xmp=xmp)
        case "GIF":
            image.save(file, form, comment=MAKER.encode())
        case _:
            image.save(file, form, exif=exif, xmp=xmp, comment=MAKER.encode())
    return file.getvalue()


def pdf() -> bytes:
    """A PDF with an author, XMP, a script that runs, a link out and a file inside."""
    file = io.BytesIO()
    with pikepdf.new() as made:
        made.add_blank_page()
        with made.open_metadata() as meta:
            meta["dc:creator"] = [MAKER]
        made.docinfo["/Author"] = MAKER
        script = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=f"app.alert('{MAKER}')")
        made.Root.OpenAction = script
        made.pages[0].AA = pikepdf.Dictionary(O=script)
        made.attachments["bi-mat.txt"] = MAKER.encode()
        made.save(file)
    return file.getvalue()


def film(folder: Path) -> bytes:
    """A second of film with a title, a place and a chapter; needs a tool."""
    assert TOOL
    target = folder / "film.mp4"
    command = [TOOL, "-loglevel", "error", "-f", "lavfi", "-i", "testsrc=size=64x48:rate=5"]
    command += ["-t", "1", "-metadata", f"title={MAKER}", "-metadata", "location=+21.0+105.8/"]
    command += ["-metadata", f"comment={MAKER}", "-c:v", "mpeg4", str(target)]
    subprocess.run(command, check=True)
    return target.read_bytes()


def bomb() -> bytes:
    """A PNG of 900 million pixels in 110 KB."""
    row = zlib.compress(b"\0" * (30_001 * 300), 9)

    def chunk(kind: bytes, data: bytes) -> bytes:
        whole = kind + data
        return struct.pack(">I", len(data)) + whole + struct.pack(">I", zlib.crc32(whole))

    head = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", row) + chunk(b"IEND", b"")
