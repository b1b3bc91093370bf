"""Backup and restore (DESIGN §9): a copy brings back what was, never what was ended since, and begins paused."""

import json
import os
import re
import shutil
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

from bot.archive import ArchiveError, Writer, members, written
from bot.config import SECRETS_FILE, Config, read_secrets
from bot.store import endings, retention
from bot.store.copies import APART, Rows, clear, copied, fill, in_use, steps, tables
from bot.store.database import Transaction, open_database
from bot.store.keyed import Keyed
from bot.store.migrate import FOLDER, scripts

ENDING = ".tar.age"
KEYS, ENDED = "-tip-keys", "-ended"
FILES = "files"  # sealed files of tips, in the data folder
SEALED = re.compile(r"[0-9a-f]{2}/[0-9a-f]{32}")
KEYS_KEPT = timedelta(days=7)  # what was shredded can't be brought back after it (DESIGN §9)

Told = Callable[[str], None]  # what is being worked on


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What a restore brought, and what it left out or stopped."""

    rows: int
    files: int
    buried: int
    stopped: int
    paused: int
    unknown: int
    keys: bool


async def back_up(
    config: Config, folder: Path, recipients: tuple[str, ...], now: datetime, *, told: Told
) -> tuple[Path, ...]:
    """Write a copy, the tips' keys apart, and what was ended; old keys go. ArchiveError, DatabaseError."""
    whole, keys = (_file(folder, now, kind) for kind in ("", KEYS))
    async with copied(config.database_url) as rows:
        with written(whole, recipients) as archive:
            _about(archive, now)
            _secrets(archive, config)
            for table in tables():
                if table not in APART:
                    told(table)
                    await _put(archive, rows, table)
            _put_files(archive, config.data_folder / FILES)
        with written(keys, recipients) as archive:
            _about(archive, now)
            for table in APART:
                told(table)
                await _put(archive, rows, table)
    ended = await note_ended(config, folder, recipients, now)
    _drop_old_keys(folder, now)
    return whole, keys, *ended


async def note_ended(
    config: Config, folder: Path, recipients: tuple[str, ...], now: datetime
) -> tuple[Path, ...]:
    """Write what was ended: small, so that it can be done every hour."""
    file = _file(folder, now, ENDED)
    async with copied(config.database_url) as rows:
        with written(file, recipients) as archive:
            _about(archive, now)
            for table in endings.ENDINGS:
                await _put(archive, rows, table)
    return (file,)


async def restore(config: Config, copy: Path, identity: str, told: Told) -> Restored:
    """Bring a copy back into an empty database, held against the newest list of what was ended.

    The tips' keys and the list are looked for beside the copy. ArchiveError, DatabaseError.
    """
    keys, lists = _beside(copy)
    files, rows = config.data_folder / FILES, 0
    async with open_database(config.database_url) as database, database.transaction() as tx:
        await tx.make_durable()
        if table := await in_use(tx):
            raise ArchiveError(
                f"cơ sở dữ liệu đã có dữ liệu ({table}); khôi phục vào một nơi trống"
            )
        await clear(tx)
        for archive in (copy, *keys):
            for name, content in members(archive, identity):
                told(name)
                rows += await _take(tx, config, files, name, content)
        keyed = Keyed(bytes.fromhex(read_secrets(config).pepper.reveal()))
        ended = {table: await _marks(tx, table) for table in endings.ENDINGS}
        for name, content in members(lists[-1], identity) if lists else ():
            if table := _table_of(name):
                ended[table] |= await endings.remember(tx, table, _rows(content))
        buried = await retention.stay_dead(tx)
        stopped = await endings.stop(tx, keyed, ended["stop"])
        paused, unknown = await endings.pause(tx)
    _remove(files, buried.files)
    return Restored(
        rows=rows,
        files=_count(files),
        buried=buried.tips,
        stopped=stopped,
        paused=paused,
        unknown=unknown,
        keys=bool(keys),
    )


def _beside(copy: Path) -> tuple[list[Path], list[Path]]:
    """The tips' keys of a copy, if they are still there; the lists of what was ended, the newest last."""
    keys = copy.with_name(copy.name.removesuffix(ENDING) + KEYS + ENDING)
    return [keys] if keys.exists() else [], sorted(copy.parent.glob(f"binhan-*{ENDED}{ENDING}"))


def _remove(files: Path, names: Iterable[str]) -> None:
    for name in names:
        (files / name[:2] / name).unlink(missing_ok=True)


def _count(files: Path) -> int:
    return sum(path.is_file() for path in files.glob("*/*"))


def _drop_old_keys(folder: Path, now: datetime) -> None:
    for old in folder.glob(f"binhan-*{KEYS}{ENDING}"):
        if old.name < _file(folder, now - KEYS_KEPT, KEYS).name:
            old.unlink()


def _file(folder: Path, now: datetime, kind: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder / f"binhan-{now:%Y%m%d-%H%M%S}{kind}{ENDING}"


def _about(archive: Writer, now: datetime) -> None:
    about = {"at": now.isoformat(), "migrations": sorted(scripts(FOLDER))}
    archive.add("about.json", json.dumps(about).encode())


def _secrets(archive: Writer, config: Config) -> None:
    file = config.data_folder / SECRETS_FILE
    if file.exists():
        archive.add(SECRETS_FILE, file.read_bytes())


async def _put(archive: Writer, rows: Rows, table: str) -> None:
    place = 0
    async for step in steps(rows(table)):
        lines = "\n".join(json.dumps(row, ensure_ascii=False, default=_plain) for row in step)
        archive.add(f"rows/{table}/{place:06}.jsonl", lines.encode())
        place += 1


def _put_files(archive: Writer, folder: Path) -> None:
    """The sealed files of tips, as they lie."""
    for path in sorted(folder.glob("*/*")):
        if SEALED.fullmatch(path.relative_to(folder).as_posix()):
            with path.open("rb") as content:
                archive.stream(
                    f"{FILES}/{path.parent.name}/{path.name}", path.stat().st_size, content
                )


async def _take(tx: Transaction, config: Config, files: Path, name: str, content: BinaryIO) -> int:
    """Bring one member back; the number of rows in it."""
    if name == "about.json":
        _check(json.loads(content.read()))
    elif name == SECRETS_FILE:
        _bring_secrets(config.data_folder / SECRETS_FILE, content.read())
    elif SEALED.fullmatch(place := name.removeprefix(f"{FILES}/")):
        (files / place).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        _write(files / place, content)
    elif table := _table_of(name):
        return await fill(tx, table, _rows(content))
    return 0


def _check(about: Mapping[str, Any]) -> None:
    if set(about["migrations"]) - set(scripts(FOLDER)):
        raise ArchiveError("bản sao của phiên bản mới hơn; hãy nâng cấp binhan rồi khôi phục")


def _bring_secrets(file: Path, content: bytes) -> None:
    if file.exists() and file.read_bytes() != content:
        raise ArchiveError(f"{file}: đã có và khác bản sao; chuyển tệp này đi nơi khác rồi làm lại")
    file.parent.mkdir(parents=True, exist_ok=True)
    _write(file, BytesIO(content))


def _write(file: Path, content: BinaryIO) -> None:
    with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
        shutil.copyfileobj(content, out)


def _table_of(name: str) -> str | None:
    kind, _, rest = name.partition("/")
    table = rest.partition("/")[0]
    return table if kind == "rows" and table in tables() else None


def _rows(content: BinaryIO) -> Iterator[dict[str, Any]]:
    for line in content:
        yield {name: _value(value) for name, value in json.loads(line).items()}


async def _marks(tx: Transaction, table: str) -> set[str]:
    return {row["mark"] for row in await tx.all(f"SELECT mark FROM {table}")}


def _plain(value: object) -> dict[str, str]:
    """Bytes as JSON takes them."""
    if isinstance(value, bytes | memoryview):
        return {"b64": b64encode(bytes(value)).decode()}
    raise TypeError(type(value).__name__)


def _value(value: Any) -> Any:
    return b64decode(value["b64"]) if isinstance(value, dict) else value
