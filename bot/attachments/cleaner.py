"""A program of its own: makes a file anew without what it tells of its maker. `python cleaner.py SOURCE TARGET`.

Both are numbers of file descriptors, of files in memory. It keeps limits of memory, time and size, and is started
without a network. Its one line of output is {"type": …}, or {"unfit": …} with a reason of `handlers.tips.Unfit`.
"""

import json
import resource
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import filetype

LARGEST = 20 * 1024 * 1024  # bytes of what comes out
PIXELS = 40_000_000
SIDE = 20_000  # pixels of one side
QUALITY = 88
MEMORY = 900 * 1024 * 1024  # bytes of address space
SECONDS = 20  # of processor time

PICTURES = {
    "image/jpeg": "JPEG",
    "image/png": "PNG",
    "image/webp": "WEBP",
    "image/gif": "GIF",
    "image/heic": "HEIF",  # as iPhones take them
}
# kind by content → the container it is written into, and what that is called
RECORDINGS: Mapping[str, tuple[str, str]] = {
    "video/mp4": ("mp4", "video/mp4"),
    "video/quicktime": ("mp4", "video/mp4"),
    "video/x-m4v": ("mp4", "video/mp4"),
    "video/3gpp": ("mp4", "video/mp4"),
    "video/webm": ("webm", "video/webm"),
    "video/x-matroska": ("matroska", "video/x-matroska"),
    "audio/mp4": ("mp4", "audio/mp4"),
    "audio/m4a": ("mp4", "audio/mp4"),
    "audio/x-m4a": ("mp4", "audio/mp4"),
    "audio/ogg": ("ogg", "audio/ogg"),
    "audio/mpeg": ("mp3", "audio/mpeg"),
    "audio/aac": ("adts", "audio/aac"),
    "audio/x-wav": ("wav", "audio/wav"),
}
# what a PDF may not do when it is opened, and the marks in it that carry files
ACTIONS = ("/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/GoToR", "/GoToE", "/URI")
OF_THE_WHOLE = ("/Metadata", "/OpenAction", "/AA", "/AcroForm", "/PieceInfo", "/Names", "/AF")
OF_ANY_PART = ("/Metadata", "/AA", "/PieceInfo", "/Thumb", "/LastModified", "/AF")
CARRIERS = ("/FileAttachment", "/RichMedia", "/Screen", "/Movie", "/Sound")


class Unfit(Exception):
    """The file is not taken; the argument is the reason."""


@dataclass(frozen=True, slots=True)
class Pair:
    """The two files: as it came, and as it goes on."""

    source: int
    target: int

    @property
    def paths(self) -> tuple[str, str]:
        return f"/dev/fd/{self.source}", f"/dev/fd/{self.target}"


def main(source: str, target: str) -> None:
    """Clean one file into the other, and print what came of it."""
    limit()
    try:
        print(json.dumps({"type": clean(Pair(int(source), int(target)))}))  # noqa: T201  (this is the answer)
    except Unfit as reason:
        print(json.dumps({"unfit": str(reason)}))  # noqa: T201
    except (MemoryError, OSError, ValueError, RuntimeError, SyntaxError):
        print(json.dumps({"unfit": "broken"}))  # noqa: T201


def limit() -> None:
    """What this process, and what it starts, may use at most."""
    for what, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_FSIZE, LARGEST),
        (resource.RLIMIT_NOFILE, 64),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))


def clean(files: Pair) -> str:
    """The media type of what was written; Unfit for what is no picture, recording or PDF."""
    with open(files.paths[0], "rb") as file:
        head = file.read(8192)
    guess = filetype.guess(head)
    kind = guess.mime if guess else ""
    if kind in PICTURES:
        return picture(files, PICTURES[kind])
    if kind in RECORDINGS:
        return recording(files, *RECORDINGS[kind])
    if kind == "application/pdf":
        return document(files)
    raise Unfit("kind")


def picture(files: Pair, form: str) -> str:
    """A picture drawn anew from its pixels, upright; of a moving one the first frame."""
    from PIL import Image, ImageOps

    if form == "HEIF":
        import pi_heif

        pi_heif.register_heif_opener(thumbnails=False, depth_images=False, aux_images=False)
    Image.MAX_IMAGE_PIXELS = PIXELS // 2  # above it Pillow warns, above twice as much it refuses
    with Image.open(files.paths[0], formats=[form]) as image:
        if image.width * image.height > PIXELS or max(image.size) > SIDE:
            raise Unfit("large")
        upright = ImageOps.exif_transpose(image).convert("RGB")
    bare = Image.frombytes("RGB", upright.size, upright.tobytes())
    with open(files.paths[1], "wb") as file:
        bare.save(file, "JPEG", quality=QUALITY)
    return "image/jpeg"


def recording(files: Pair, container: str, named: str) -> str:
    """A film or sound in a new container: the streams as they are, nothing beside them."""
    tool = ffmpeg()
    if tool is None:
        raise Unfit("no_tool")
    source, target = files.paths
    command = [tool, "-nostdin", "-hide_banner", "-loglevel", "quiet", "-y"]
    command += ["-protocol_whitelist", "file", "-i", source, "-map", "0:v?", "-map", "0:a?"]
    command += ["-map_metadata", "-1", "-map_metadata:s", "-1", "-map_chapters", "-1", "-c", "copy"]
    command += ["-fflags", "+bitexact", "-flags:v", "+bitexact", "-flags:a", "+bitexact"]
    command += ["-f", container, target]
    done = subprocess.run(command, pass_fds=(files.source, files.target), check=False)  # noqa: S603  (a list of our own)
    if done.returncode:
        raise Unfit("broken")
    return named


def ffmpeg() -> str | None:
    """The machine's ffmpeg, else the one of PyPI's imageio-ffmpeg; None where there is neither."""
    if found := shutil.which("ffmpeg"):
        return found
    try:
        import imageio_ffmpeg
    except ImportError:
        return None
    try:
        return str(imageio_ffmpeg.get_ffmpeg_exe())
    except (RuntimeError, OSError):
        return None


def document(files: Pair) -> str:
    """A PDF without its makers' names, scripts, actions and the files inside it."""
    import pikepdf

    try:
        with pikepdf.open(files.paths[0]) as pdf:
            for name in OF_THE_WHOLE:
                _drop(pdf.Root, name)
            for each in pdf.objects:
                if isinstance(each, pikepdf.Dictionary | pikepdf.Stream):
                    for name in OF_ANY_PART:
                        _drop(each, name)
                    _without_action(each)
            _drop(pdf.trailer, "/Info")
            with open(files.paths[1], "wb") as target:  # by its path it would write beside it first
                pdf.save(target, deterministic_id=True)
    except (pikepdf.PdfError, pikepdf.PasswordError):
        raise Unfit("broken") from None
    return "application/pdf"


def _without_action(entry: Any) -> None:
    """Take away what an object would do, and the file it carries."""
    action = _get(entry, "/A")
    if action is not None and str(_get(action, "/S")) in ACTIONS:
        _drop(entry, "/A")
    if str(_get(entry, "/Subtype")) in CARRIERS:
        _drop(entry, "/FS")
    for name in ("/EF", "/JS"):
        _drop(entry, name)


def _get(entry: Any, name: str) -> Any:
    return entry.get(name) if hasattr(entry, "get") else None


def _drop(entry: Any, name: str) -> None:
    if _get(entry, name) is not None:
        del entry[name]


if __name__ == "__main__":
    main(*sys.argv[1:3])
