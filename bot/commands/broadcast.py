"""`binhan broadcast`: warnings from the machine itself, for the night when the console is out of reach."""

import asyncio
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import click

from bot.commands.officer import STATES, Office, account_of, run
from bot.commands.options import config_option
from bot.config import Config, read_config
from bot.console.warnings.kit import hamlets_of
from bot.console.warnings.listing import listed
from bot.console.warnings.room import place_of, title_of
from bot.console.warnings.stages import ACTS
from bot.store.audit import NOBODY
from bot.store.broadcasts import Broadcasts, read_broadcast
from bot.store.database import open_database
from bot.store.deliveries import tally
from bot.store.officers import State
from bot.store.told import HamletsTold
from handlers.ask import HERE
from handlers.broadcast import Broadcast
from handlers.errors import Refusal
from handlers.officer import Officer
from handlers.report import REPORTED, Line, Report, why
from handlers.report import report as put_together
from knowledge.load import Knowledge, load_knowledge
from knowledge.texts import Texts
from knowledge.vietnamese import fold

YES = frozenset({"co", "c", "y", "yes"})
XLSX = click.Path(path_type=Path)


@click.group(short_help="Cảnh báo: liệt kê, báo cáo; tạm dừng, gửi tiếp, huỷ.")
def broadcast() -> None:
    """Xem và dừng cảnh báo ngay tại máy chủ, khi không vào được bàn trực."""


@broadcast.command("list", epilog="Ví dụ: binhan broadcast list")
@config_option
def list_all(config_path: Path | None) -> int:
    """Liệt kê cảnh báo: mã, tình trạng, giờ, nơi nhận, tiêu đề."""
    config = read_config(config_path)
    knowledge = load_knowledge(config.knowledge_folder)

    async def read() -> list[Broadcast]:
        async with open_database(config.database_url) as database, database.transaction() as tx:
            return await listed(Broadcasts(tx))

    found = asyncio.run(read())
    if not found:
        click.echo("Chưa có cảnh báo nào. Cán bộ soạn ở bàn trực, mục Cảnh báo.")
    for each in found:
        click.echo(line(each, knowledge))
    return 0


@broadcast.command(epilog="Ví dụ: binhan broadcast report 4f1c09ab77d2 --xlsx bao-cao.xlsx")
@click.argument("id")
@click.option("--xlsx", type=XLSX, help="Ghi cả báo cáo vào tệp Excel này.")
@config_option
def report(id: str, xlsx: Path | None, config_path: Path | None) -> int:
    """In số người nhận theo kết quả (cộng đúng bằng tổng), theo xã và kênh, và các lý do."""
    from bot.papers.workbook import summary, workbook  # loaded by who asks for one

    config = read_config(config_path)
    knowledge = load_knowledge(config.knowledge_folder)
    made = asyncio.run(read_report(config, id, knowledge))
    for name, value in summary(made, knowledge.texts):
        click.echo(f"{name:<24} {value}")
    for text in details(made, knowledge):
        click.echo(text)
    if xlsx:
        body = workbook(made, knowledge.texts, lambda area: area_name(area, knowledge))
        try:
            xlsx.write_bytes(body)
        except OSError as error:
            raise click.UsageError(f"--xlsx: không ghi được «{xlsx}» ({error.strerror})") from None
        click.echo(f"Đã ghi {xlsx}.")
    return 0


async def read_report(config: Config, id: str, knowledge: Knowledge) -> Report:
    """The report as the desk shows it; nothing is held while it is counted."""
    async with open_database(config.database_url) as database:
        found = there(await read_broadcast(database, id), id)
        async with database.transaction() as tx:
            told = await HamletsTold(tx).of(id)
        hamlets = hamlets_of(found, knowledge.areas)
        return put_together(found, await tally(database, id), hamlets, told, datetime.now(UTC))


def details(made: Report, knowledge: Knowledge) -> Iterator[str]:
    """By commune and channel, then why somebody got nothing."""
    texts = knowledge.texts
    if not made.lines:
        yield "Chưa có người nhận nào: danh sách được lập khi tin bắt đầu gửi."
    for each in made.lines:
        place = f"{area_name(each.area, knowledge)}, {texts(f'channel.{each.channel}')}"
        yield f"  {place}: {each.audience} người – {_states(each, texts)}"
    for cause in made.reasons:
        place = f"{texts(f'channel.{cause.channel}')}, {texts(f'delivery.{cause.state}')}"
        yield f"  {place}: {cause.count} người, {why(cause.reason, texts)}"


def line(each: Broadcast, knowledge: Knowledge) -> str:
    """One warning as officers read it."""
    at = each.started or each.at or each.approved or each.made
    when = f"{at.astimezone(HERE):%H:%M %d/%m/%Y}" if at else ""
    stage = knowledge.texts(f"stage.{each.stage}")
    place = place_of(each, knowledge.areas)
    return f"{each.id:<14} {stage:<18} {when:<16}  {place} – {title_of(each)}"


def area_name(id: str, knowledge: Knowledge) -> str:
    area = knowledge.areas.get(id)
    return area.name if area else id


def there(found: Broadcast | None, id: str) -> Broadcast:
    if found is None:
        raise click.UsageError(f"không có cảnh báo «{id}»; xem: binhan broadcast list")
    return found


def act_options(command: Callable[..., int]) -> Callable[..., int]:
    """ID --as LOGIN [--yes] [--config FILE]: what every act on a warning asks for."""
    for option in (
        config_option,
        click.option("--yes", is_flag=True, help="Làm ngay, không hỏi lại."),
        click.option("--as", "login", required=True, help="Cán bộ ra lệnh (tên đăng nhập)."),
        click.argument("id"),
    ):
        command = option(command)
    return command


@broadcast.command(epilog="Ví dụ: binhan broadcast pause 4f1c09ab77d2 --as lan.nt")
@act_options
def pause(id: str, login: str, yes: bool, config_path: Path | None) -> int:
    """Tạm dừng một tin đang gửi; ai chưa nhận thì chờ."""
    return act("tam-dung", "Tạm dừng", id, login, yes, config_path)


@broadcast.command(epilog="Ví dụ: binhan broadcast resume 4f1c09ab77d2 --as lan.nt")
@act_options
def resume(id: str, login: str, yes: bool, config_path: Path | None) -> int:
    """Gửi tiếp một tin đã tạm dừng hoặc tự dừng, từ chỗ đã dừng."""
    return act("tiep-tuc", "Gửi tiếp", id, login, yes, config_path)


@broadcast.command(epilog="Ví dụ: binhan broadcast cancel 4f1c09ab77d2 --as lan.nt")
@act_options
def cancel(id: str, login: str, yes: bool, config_path: Path | None) -> int:
    """Huỷ hẳn một tin: không gửi thêm cho ai; ai đã nhận vẫn còn trong báo cáo."""
    return act("huy", "Huỷ", id, login, yes, config_path)


def act(name: str, verb: str, id: str, login: str, yes: bool, config_path: Path | None) -> int:
    """Judge it, ask, then judge it again and do it: nothing is held while a person thinks."""
    config = read_config(config_path)
    knowledge = load_knowledge(config.knowledge_folder)
    do, noted = ACTS[name]

    async def judged(office: Office) -> tuple[Broadcast, Broadcast, Officer]:
        officer = await active(office, login)
        found = there(await Broadcasts(office.tx).get(id), id)
        try:
            return found, do(found, officer, knowledge.areas, office.now), officer
        except Refusal as refusal:
            said = knowledge.texts(refusal.key, **refusal.values)
            raise click.UsageError(said) from None

    async def done(office: Office) -> Broadcast:
        _, changed, officer = await judged(office)
        await Broadcasts(office.tx).save(changed)
        # the log tells an act typed here in an officer's name from the officer's own
        await office.audit(office.tx, office.now, NOBODY, "warning_at_machine", officer.login)
        await office.audit(office.tx, office.now, officer.login, noted, id)
        return changed

    if not yes:
        found, _, officer = run(config, judged)
        click.echo(line(found, knowledge))
        if not sure(f"{verb} tin này, với tên {officer.name} ({officer.login})?"):
            click.echo("Chưa làm gì.")
            return 1
    changed = run(config, done)
    click.echo(knowledge.texts(f"broadcast.is.{changed.stage}"))
    return 0


async def active(office: Office, login: str) -> Officer:
    """The officer of a login who may act at all."""
    account = await account_of(office.tx, login)
    if account.state is not State.ACTIVE:
        raise click.UsageError(f"tài khoản «{login}» {STATES[account.state]}, không ra lệnh được")
    return account.officer


def sure(question: str) -> bool:
    """Whether a person says yes; where nobody can be asked, the remedy."""
    try:
        said = click.prompt(f"{question} Gõ «có» để làm", default="", show_default=False)
    except click.Abort:
        raise click.UsageError("chưa làm gì: không ai trả lời; nếu chắc chắn, thêm --yes") from None
    return fold(said).strip() in YES


def _states(each: Line, texts: Texts) -> str:
    return ", ".join(f"{texts(f'delivery.{s}')} {each[s]}" for s in REPORTED if each[s])
