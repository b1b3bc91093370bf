"""A folder of knowledge as one thing: packed into bytes for all machines, unpacked again, and watched for a change."""

import os
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile, ZipInfo

from knowledge.faults import Fault, KnowledgeError
from knowledge.utterances import FILE as UTTERANCES

KINDS = (".md", ".toml", ".csv", UTTERANCES)  # how the names of its files end
LARGEST = 20_000_000  # bytes of all files together
MOST = 5_000  # files


def files(folder: Path) -> Iterator[Path]:
    """The files that make knowledge, in order; hidden ones and those of editors are none."""
    for path in sorted(folder.rglob("*")):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if path.name.endswith(KINDS) and not hidden and path.is_file():
            yield path


def packed(folder: Path) -> bytes:
    """The folder as a zip, the same bytes for the same files; KnowledgeError where it can't be read or is too large."""
    out = BytesIO()
    size = 0
    with ZipFile(out, "w", ZIP_DEFLATED) as whole:
        for count, path in enumerate(files(folder), 1):
            try:
                content = path.read_bytes()
            except OSError:
                raise KnowledgeError([Fault(path, 1, "không đọc được tệp này")]) from None
            size += len(content)
            if size > LARGEST or count > MOST:
                text = f"thư mục quá lớn: tối đa {MOST} tệp, {LARGEST // 1_000_000} MB"
                raise KnowledgeError([Fault(folder, 1, text)])
            whole.writestr(ZipInfo(path.relative_to(folder).as_posix()), content, ZIP_DEFLATED)
    return out.getvalue()


def unpacked(content: bytes, folder: Path) -> Path:
    """The folder that `packed` gave; KnowledgeError where the bytes are no such zip."""
    try:
        with ZipFile(BytesIO(content)) as whole:
            for name in whole.namelist():
                target = (folder / name).resolve()
                if not target.is_relative_to(folder.resolve()):
                    raise BadZipFile
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(whole.read(name))
    except (BadZipFile, OSError):
        raise KnowledgeError([Fault(folder, 1, "không mở được bản đã công bố")]) from None
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def fingerprint(folder: Path) -> int:
    """A number that changes when a file is saved, added or taken away; cheap enough to ask twice a second."""
    seen: list[tuple[str, int, int]] = []
    waiting = [str(folder)]
    while waiting:
        try:
            with os.scandir(waiting.pop()) as entries:
                for entry in entries:
                    if entry.name.startswith("."):
                        continue
                    if entry.is_dir():
                        waiting.append(entry.path)
                    elif entry.name.endswith(KINDS):
                        stat = entry.stat()
                        seen.append((entry.path, stat.st_mtime_ns, stat.st_size))
        except OSError:
            seen.append(("", 0, 0))
    return hash(tuple(sorted(seen)))
