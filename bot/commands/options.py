"""Options that several commands share, and the knowledge they open."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, TypeVar

import click

from bot.config import Config, read_config
from bot.library import KEPT
from handlers.answer import Answerer
from handlers.ask import local_day
from knowledge.learned import known_of, learned_of
from knowledge.load import Knowledge, load_knowledge

F = TypeVar("F", bound=Callable[..., Any])


class Existing(click.Path):
    """A file or folder that has to be there; the fault says what to look at."""

    def convert(self, value: Any, param: Any, ctx: Any) -> Any:
        try:
            return super().convert(value, param, ctx)
        except click.BadParameter:
            kind = "tệp" if self.file_okay else "thư mục"
            raise click.UsageError(
                f"không mở được {kind} «{value}»: xem lại tên và quyền đọc"
            ) from None


FILE = Existing(exists=True, dir_okay=False, path_type=Path)
FOLDER = Existing(exists=True, file_okay=False, path_type=Path)


def config_option(command: F) -> F:
    """--config FILE: the configuration; without it ./config.toml, else the embedded defaults."""
    return click.option("--config", "config_path", type=FILE, help="Tệp cấu hình TOML.")(command)


def as_of_option(command: F) -> F:
    """--as-of YYYY-MM-DD: answer as on that day."""
    return click.option(
        "--as-of",
        type=click.DateTime(["%Y-%m-%d"]),
        metavar="YYYY-MM-DD",
        help="Trả lời theo luật của ngày này (2024-02-10).",
    )(command)


def open_answerer(config_path: Path | None) -> tuple[Config, Answerer]:
    """The configuration and an answerer over its knowledge; ConfigError, KnowledgeError."""
    config = read_config(config_path)
    return config, answerer_of(load_knowledge(config.knowledge_folder), config)


def answerer_of(knowledge: Knowledge, config: Config) -> Answerer:
    """Answers from knowledge; what it takes seconds to learn is kept in the data folder for the next time."""
    kept, articles = config.data_folder / KEPT, knowledge.searched()
    learned = known_of(articles, kept)
    if learned is None:
        click.echo("Đang học từ các cách hỏi, mất vài giây…", err=True)
        learned = learned_of(articles, kept)
    return Answerer(knowledge, learned)


def day(as_of: datetime | None) -> date:
    """The day that was asked for, else today in Việt Nam."""
    return as_of.date() if as_of else local_day(datetime.now(UTC))
