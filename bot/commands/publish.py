"""`binhan kb publish`, `rollback`, `replay`: drafts go live when somebody else has read what they change."""

import asyncio
import getpass
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime
from itertools import islice
from pathlib import Path

import click

from bot.commands.options import FILE, FOLDER, answerer_of, config_option, day
from bot.config import Config, ConfigError, read_config
from bot.library import KEPT, opened, patient, published
from bot.store.database import Database, open_database
from bot.store.snapshots import Snapshot, Snapshots, live_number, snapshots
from handlers.answer import Answerer
from handlers.compare import Change, changes, edits
from knowledge.check import check
from knowledge.faults import KnowledgeError
from knowledge.folder import packed
from knowledge.learned import digest, to_bytes
from knowledge.load import SHIPPED, Knowledge, load_knowledge

SHOWN = 40  # changed answers printed


@click.command(
    "publish", epilog='Ví dụ: binhan kb publish --reader "Trần Thị B" --note "mức phạt mới"'
)
@click.option("--reader", help="Họ tên người đọc lại (người thứ hai).")
@click.option("--note", default="", help="Ghi chú ngắn cho lần công bố này.")
@click.option("--yes", is_flag=True, help="Không hỏi lại.")
@click.option(
    "--questions",
    type=FILE,
    help="Tệp câu hỏi để so sánh; mặc định: mọi dòng ask.",
)
@config_option
def publish(
    reader: str | None, note: str, yes: bool, questions: Path | None, config_path: Path | None
) -> int:
    """Nêu điều sẽ đổi cho câu hỏi nào, rồi đưa bản nháp lên mọi máy cùng lúc."""
    config = read_config(config_path)
    folder = own_folder(config)
    draft = load_knowledge(folder)
    if faults := check(draft, day(None)):
        raise KnowledgeError(list(faults))
    return asyncio.run(_publish(config, draft, reader, note, yes, questions))


@click.command("rollback", epilog="Ví dụ: binhan kb rollback --to 12")
@click.option("--to", "number", type=int, help="Số của bản muốn quay về; mặc định: bản ngay trước.")
@click.option("--list", "only_list", is_flag=True, help="Chỉ liệt kê các bản còn giữ.")
@config_option
def rollback(number: int | None, only_list: bool, config_path: Path | None) -> int:
    """Quay về bản đã công bố trước đó, trên mọi máy cùng lúc."""
    return asyncio.run(_rollback(read_config(config_path), number, only_list))


@click.command("replay", epilog="Ví dụ: binhan kb replay mot-ngay.jsonl --draft kien-thuc")
@click.argument("file", type=FILE)
@click.option(
    "--draft",
    type=FOLDER,
    help="Thư mục bản nháp; mặc định: theo cấu hình.",
)
@config_option
def replay(file: Path, draft: Path | None, config_path: Path | None) -> int:
    """Hỏi lại cả một ngày đã ghi (FILE) với bản nháp: câu trả lời nào sẽ đổi, theo từng bài."""
    config = read_config(config_path)
    return asyncio.run(_replay(config, draft or config.knowledge_folder, file))


def second_reader(name: str | None) -> str:
    """Who read the draft beside the one who publishes it; ConfigError where nobody else did."""
    if not (name := (name or "").strip()):
        raise ConfigError(
            [
                'chưa có người đọc lại: thêm --reader "Họ tên"; '
                "làm một mình thì đặt knowledge.gate = false trong cấu hình"
            ]
        )
    if name.casefold() == getpass.getuser().casefold():
        raise ConfigError([f"người đọc lại phải là người khác, không phải «{name}»"])
    return name


def own_folder(config: Config) -> Path:
    """The admin's own folder; ConfigError where only the shipped knowledge is configured."""
    if config.knowledge_folder == SHIPPED:
        remedy = "knowledge.path: chưa có thư mục riêng; đặt knowledge.path rồi lưu bài vào đó"
        raise ConfigError([remedy])
    return config.knowledge_folder


def recorded(file: Path) -> list[str]:
    """The questions of a file: JSON Lines with "q", or a question a line."""
    import json

    found = []
    for line in file.read_text("utf-8").splitlines():
        with suppress(ValueError, KeyError, TypeError):
            line = str(json.loads(line)["q"])
        if line.strip():
            found.append(line.strip())
    return found


async def _publish(
    config: Config,
    draft: Knowledge,
    reader: str | None,
    note: str,
    yes: bool,
    questions: Path | None,
) -> int:
    folder = config.knowledge_folder
    asks = sys.stdin.isatty() and not yes
    if not asks:
        reader = second_reader(reader)
    async with open_database(config.database_url) as database:
        before = await _live(config, database)
        articles = draft.searched()
        after = answerer_of(draft, config)
        asked = recorded(questions) if questions else all_asks(before, after)
        _show_edits(before.knowledge, draft)
        _show_changes(list(_compared(before, after, asked, day(None))))
        if asks:
            reader = reader or click.prompt("Họ tên người đọc lại (người thứ hai)")
            if not click.confirm("Đưa lên tất cả các máy?"):
                click.echo("Chưa đưa lên: bản nháp vẫn còn nguyên.")
                return 1
        reader = second_reader(reader)
        async with database.transaction() as tx:
            await tx.make_durable()
            number = await Snapshots(tx).add(
                at=datetime.now(UTC),
                reader=reader,
                note=note,
                digest=digest(articles),
                files=packed(folder),
                learned=to_bytes(after.learned),
            )
    click.echo(f"Đã công bố bản số {number}. Muốn quay lại: binhan kb rollback")
    return 0


async def _rollback(config: Config, number: int | None, only_list: bool) -> int:
    async with open_database(config.database_url) as database:
        kept = await snapshots(database)
        live = await live_number(database)
        if only_list or not kept:
            for each in kept:
                click.echo(_line(each, live))
            if not kept:
                click.echo("Chưa công bố bản nào.")
            return 0
        target = number or next((each.number for each in kept if each.number < (live or 0)), None)
        if target is None or target not in {each.number for each in kept}:
            raise ConfigError(["không có bản nào để quay về; xem: binhan kb rollback --list"])
        await published(database, target, config.data_folder / KEPT)  # a faulty one never goes live
        async with database.transaction() as tx:
            await tx.make_durable()
            await Snapshots(tx).put_live(target, datetime.now(UTC))
    click.echo(f"Đã quay về bản số {target}.")
    return 0


async def _replay(config: Config, draft: Path, file: Path) -> int:
    knowledge = load_knowledge(draft)
    after = answerer_of(knowledge, config)
    async with open_database(config.database_url) as database:
        before = await _live(config, database)
    asked = recorded(file)
    found = list(_compared(before, after, asked, day(None)))
    _show_changes(found)
    click.echo(f"{len(found)} trên {len(asked)} câu đổi câu trả lời.")
    return 0


async def _live(config: Config, database: Database) -> Answerer:
    """What people are answered from now: the published state, else the shipped knowledge."""
    kept = config.data_folder / KEPT
    number = await live_number(database)
    if number is not None:
        return patient(await published(database, number, kept), kept)
    return patient(await opened(database, SHIPPED, config.data_folder, gate=False), kept)


def all_asks(*answerers: Answerer) -> list[str]:
    """Every phrasing of the articles, each once."""
    known = (article for each in answerers for article in each.knowledge.articles.values())
    return list(dict.fromkeys(line for article in known for line in article.ask))


def _compared(
    before: Answerer, after: Answerer, asked: Sequence[str], today: date
) -> Iterator[Change]:
    screen = sys.stderr
    with click.progressbar(asked, label="So sánh", file=screen) as bar:
        yield from changes(before, after, bar, today)


def _show_edits(before: Knowledge, after: Knowledge) -> None:
    found = list(edits(before.articles.values(), after.articles.values()))
    click.echo(f"{len(found)} bài thay đổi:" if found else "Không bài nào thay đổi.")
    for edit in found:
        click.echo(f"  {edit.id}: {edit.what}")


def _show_changes(found: Sequence[Change]) -> None:
    """By article, the most touched first."""
    by_pair: dict[tuple[str, str], list[str]] = {}
    for change in found:
        by_pair.setdefault((change.before, change.after), []).append(change.question)
    click.echo(f"{len(found)} câu hỏi đổi câu trả lời." if found else "Không câu hỏi nào đổi.")
    ordered = sorted(by_pair.items(), key=lambda each: -len(each[1]))
    for (was, now), questions in islice(ordered, SHOWN):
        click.echo(f"  {was} → {now} ({len(questions)} câu), như: «{questions[0]}»")
    if len(ordered) > SHOWN:
        click.echo(f"  … và {len(ordered) - SHOWN} nhóm nữa")


def _line(each: Snapshot, live: int | None) -> str:
    mark = "*" if each.number == live else " "
    when = f"{each.at:%d/%m/%Y %H:%M}"
    return f"{mark} {each.number}  {when}  {each.reader}  {each.note}".rstrip()


COMMANDS: Iterable[click.Command] = (publish, rollback, replay)
