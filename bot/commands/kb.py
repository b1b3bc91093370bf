"""`binhan kb`: the tools of those who keep the knowledge."""

from datetime import datetime
from pathlib import Path

import click

from bot.commands.evaluate import kb_eval
from bot.commands.ingest import kb_ingest
from bot.commands.learn import learn
from bot.commands.options import FOLDER, as_of_option, config_option, day
from bot.commands.publish import COMMANDS, own_folder
from bot.config import read_config
from knowledge.check import check, single_sources
from knowledge.faults import Fault, KnowledgeError
from knowledge.load import Knowledge, load_knowledge
from knowledge.repeals import Repeal, load_repeals, same_law, save_repeals
from knowledge.repeals import ended as ended_articles
from knowledge.stats import about_to_change, coverage, law_place, resting_on, to_review


@click.group(short_help="Công cụ cho người giữ kho kiến thức.")
def kb() -> None:
    """Kiểm tra, chấm điểm, công bố kho kiến thức; đọc chỉ thị mới."""


for command in (*COMMANDS, kb_eval, kb_ingest, learn):
    kb.add_command(command)


@kb.command("check", epilog="Ví dụ: binhan kb check --folder kien-thuc")
@click.option(
    "--folder",
    type=FOLDER,
    help="Thư mục kiến thức; mặc định: theo cấu hình.",
)
@as_of_option
@config_option
def kb_check(folder: Path | None, as_of: datetime | None, config_path: Path | None) -> int:
    """Nêu mọi lỗi của kho kiến thức, kèm tệp và dòng; thoát 1 nếu có lỗi."""
    folder = folder or read_config(config_path).knowledge_folder
    try:
        knowledge = load_knowledge(folder)
    except KnowledgeError as error:
        return report(error.faults, folder)
    faults = check(knowledge, day(as_of))
    clauses = sum(len(directive.clauses) for directive in knowledge.directives)
    areas = knowledge.areas
    province = f"{areas.province.name}: {len(areas.communes)} xã, phường"
    click.echo(
        f"{len(knowledge.articles)} bài, {clauses} mục chỉ thị; {province}; "
        f"{single_sources(knowledge)} phiên bản chỉ có một nguồn, cần đối chiếu Công báo."
    )
    return report(faults, folder)


@kb.command("stats", epilog="Ví dụ: binhan kb stats")
@as_of_option
@config_option
def kb_stats(as_of: datetime | None, config_path: Path | None) -> int:
    """Số bài theo chủ đề, bài rà soát lâu nhất, quy định sắp đổi."""
    knowledge, today = load_knowledge(read_config(config_path).knowledge_folder), day(as_of)
    click.echo(
        f"{'chủ đề':24} {'bài':>4} {'tiếng Anh':>9} {'cách hỏi':>9} {'một nguồn':>10}  rà soát cũ nhất"
    )
    rows = coverage(knowledge)
    for row in rows:
        oldest = "chưa có bài"
        if row.oldest:
            oldest = f"{row.oldest:%d/%m/%Y} ({(today - row.oldest).days} ngày)"
        click.echo(
            f"{row.topic:24} {row.articles:4} {row.english:9} {row.asks:9} {row.single_source:10}  {oldest}"
        )
    asks = sum(row.asks for row in rows)
    whole, english = (sum(getattr(row, name) for row in rows) for name in ("articles", "english"))
    total = single_sources(knowledge)
    click.echo(f"{'tất cả':24} {whole:4} {english:9} {asks:9} {total:10}")
    late = to_review(knowledge, today)
    click.echo(
        f"{len(late)} bài sắp quá hạn rà soát một năm:"
        if late
        else "Không bài nào sắp quá hạn rà soát một năm."
    )
    for article in late:
        click.echo(f"  {article.reviewed:%d/%m/%Y}  {article.id}")
    coming = about_to_change(knowledge, today)
    click.echo(
        "Quy định đổi trong 90 ngày tới:" if coming else "Không quy định nào đổi trong 90 ngày tới."
    )
    for article, version in coming:
        click.echo(f"  {version.since:%d/%m/%Y}  {article.id}: {version.short}")
    for repeal in knowledge.repeals:
        click.echo(f"  {repeal.since:%d/%m/%Y}  hết hiệu lực: {repeal.document}")
    return 0


@kb.command("law", epilog='Ví dụ: binhan kb law "Nghị định 144/2021" --ended 2027-01-01')
@click.argument("document")
@click.option(
    "--ended",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="YYYY-MM-DD",
    help="Ngày văn bản hết hiệu lực: nêu và rút mọi câu trả lời chưa có bản thay.",
)
@click.option("--in-force", is_flag=True, help="Bỏ đánh dấu hết hiệu lực đã ghi trước đó.")
@config_option
def kb_law(document: str, ended: datetime | None, in_force: bool, config_path: Path | None) -> int:
    """Mọi câu trả lời dựa vào một văn bản; với --ended: đánh dấu văn bản hết hiệu lực từ ngày đó."""
    config = read_config(config_path)
    if in_force:
        mark(own_folder(config), document, None)
    knowledge = load_knowledge(config.knowledge_folder)
    found = list(resting_on(knowledge, document))
    for each in found:
        until = f"{each.version.until:%d/%m/%Y}" if each.version.until else "nay"
        span = f"{each.version.since:%d/%m/%Y}–{until}"
        click.echo(f"{each.article.id}  {span}  {law_place(each.law)}".rstrip())
    articles = len({each.article.id for each in found})
    click.echo(f"{len(found)} chỗ trong {articles} bài dựa vào {document}.")
    if not found:
        click.echo("Hãy xem lại số và năm, ví dụ: «Nghị định 144/2021».")
        return 1
    if ended:
        repeal = Repeal(document=document, since=ended.date())
        name_ended(knowledge, repeal)
        mark(own_folder(config), document, repeal)
    return 0


def name_ended(knowledge: Knowledge, repeal: Repeal) -> None:
    """Name the articles that a repeal leaves without an answer."""
    without = ended_articles(knowledge.articles.values(), repeal)
    click.echo(f"Từ {repeal.since:%d/%m/%Y} rút {len(without)} bài chưa có bản thay:")
    for article in without:
        click.echo(f"  {article.id}")


def mark(folder: Path, document: str, repeal: Repeal | None) -> None:
    """Write into the admin's folder that a law ends, in the place of what was said of it; None: that it doesn't."""
    path = folder / "repeals.toml"
    others = [each for each in load_repeals(path) if not same_law(each.document, document)]
    save_repeals(path, [*others, repeal] if repeal else others)
    click.echo("Đã ghi vào repeals.toml (bản nháp): binhan kb publish để đưa lên.")


def report(faults: tuple[Fault, ...], folder: Path) -> int:
    """Print the faults by file and line, then how many; 1 if there are any."""
    for fault in faults:
        path = fault.path.relative_to(folder) if fault.path.is_relative_to(folder) else fault.path
        click.echo(f"{path}:{fault.line}: {fault.text}")
    click.echo(f"{len(faults)} lỗi." if faults else "Không có lỗi.")
    return int(bool(faults))
