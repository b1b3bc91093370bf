"""`binhan kb`: the tools of those who keep the knowledge."""

from datetime import datetime
from pathlib import Path

import click

from bot.commands.options import as_of_option, config_option, day
from bot.config import read_config
from knowledge.check import check, single_sources
from knowledge.faults import Fault, KnowledgeError
from knowledge.load import load_knowledge


@click.group(short_help="Công cụ cho người giữ kho kiến thức.")
def kb() -> None:
    """Kiểm tra kho kiến thức."""


@kb.command("check", epilog="Ví dụ: binhan kb check --folder kien-thuc")
@click.option(
    "--folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
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
    click.echo(
        f"{len(knowledge.articles)} bài, {clauses} mục chỉ thị; "
        f"{single_sources(knowledge)} phiên bản chỉ có một nguồn, cần đối chiếu Công báo."
    )
    return report(faults, folder)


def report(faults: tuple[Fault, ...], folder: Path) -> int:
    """Print the faults by file and line, then how many; 1 if there are any."""
    for fault in faults:
        path = fault.path.relative_to(folder) if fault.path.is_relative_to(folder) else fault.path
        click.echo(f"{path}:{fault.line}: {fault.text}")
    click.echo(f"{len(faults)} lỗi." if faults else "Không có lỗi.")
    return int(bool(faults))
