"""`binhan kb learn`: what people asked in vain, in groups; a group becomes an `ask` line or a draft article."""

import asyncio
import re
import shutil
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import click

from bot.commands.options import config_option, day
from bot.commands.publish import own_folder
from bot.config import Config, ConfigError, read_config
from bot.store.database import open_database
from bot.store.questions import Questions
from knowledge.check import ASKS
from knowledge.likeness import Group, groups
from knowledge.load import load_knowledge
from knowledge.topics import TOPICS

SHOWN = 5  # questions of a group that are printed
MASKED = re.compile(r"\[[^\]]*\]")


@click.command("learn", epilog="Ví dụ: binhan kb learn 3 --to fireworks-penalty-use")
@click.argument("number", type=int, required=False)
@click.option("--to", "article", help="Thêm câu tiêu biểu của nhóm vào các dòng ask của bài này.")
@click.option("--new", "fresh", help="Tạo bài nháp: topic/id.")
@click.option("--drop", is_flag=True, help="Bỏ nhóm này: không phải việc của bot.")
@config_option
def learn(
    number: int | None, article: str | None, fresh: str | None, drop: bool, config_path: Path | None
) -> int:
    """Không tham số: liệt kê các nhóm câu chưa trả lời được và câu bị 👎. Với số nhóm: xử lý nhóm đó."""
    if number is not None and sum(map(bool, (article, fresh, drop))) != 1:
        raise click.UsageError("chọn một trong: --to BÀI, --new TOPIC/ID, --drop")
    return asyncio.run(_learn(read_config(config_path), number, article, fresh))


async def _learn(config: Config, number: int | None, article: str | None, fresh: str | None) -> int:
    async with open_database(config.database_url) as database:
        async with database.transaction() as tx:
            rows = await Questions(tx).unanswered_since(date.min)
        helpless = {row["masked"]: row["article"] for row in rows if row["article"]}
        found = groups([row["masked"] for row in rows])
        if number is None:
            _show(found, helpless)
            return 0
        if not 1 <= number <= len(found):
            raise ConfigError([f"không có nhóm {number}: có {len(found)} nhóm"])
        group = found[number - 1]
        if article:
            path = add_ask(config, article, group.questions)
            click.echo(f"Đã thêm vào {path}. Thử: binhan kb eval, rồi binhan kb publish")
        elif fresh:
            path = new_article(config, fresh, group.questions, day(None))
            click.echo(f"Đã tạo bài nháp {path}: viết câu trả lời và căn cứ, rồi binhan kb check")
        async with database.transaction() as tx:
            for question in group.questions:
                await Questions(tx).settled(question)
    if not article and not fresh:
        click.echo("Đã bỏ nhóm này.")
    return 0


def add_ask(config: Config, id: str, questions: Sequence[str]) -> Path:
    """Add what an article lacks to its `ask` lines, in the admin's own folder; the file."""
    folder = own_folder(config)
    known = load_knowledge(folder).articles.get(id)
    if known is None:
        raise ConfigError([f"không có bài «{id}»"])
    path = folder / "articles" / known.topic / f"{id}.md"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(known.path, path)
    room = ASKS[1] - len(known.ask)
    fresh = [q for q in map(_line, questions) if q and q not in known.ask][: max(room, 0)]
    if not fresh:
        raise ConfigError([f"«{id}» đã đủ {ASKS[1]} dòng ask, hoặc đã có các câu này"])
    text = path.read_text("utf-8")
    added = "".join(f"  - {question}\n" for question in fresh)
    path.write_text(re.sub(r"(?m)^ask:\n", lambda m: m[0] + added, text, count=1), "utf-8")
    return path


def new_article(config: Config, place: str, questions: Sequence[str], today: date) -> Path:
    """A draft with its `ask` lines and blanks for the answer; the file. It does not pass `kb check` yet."""
    topic, _, id = place.partition("/")
    if topic not in TOPICS or not id:
        raise ConfigError(["--new cần dạng topic/id; topic là một trong: " + ", ".join(TOPICS)])
    path = own_folder(config) / "articles" / topic / f"{id}.md"
    if path.exists():
        raise ConfigError([f"{path}: đã có tệp này"])
    path.parent.mkdir(parents=True, exist_ok=True)
    asks = "".join(f"  - {_line(question)}\n" for question in questions[: ASKS[1]])
    title = _line(questions[0]).capitalize()
    path.write_text(
        f"---\nid: {id}\ntopic: {topic}\ntitle: {title[:80]}\nask:\n{asks}reviewed: {today}\n"
        f"versions:\n  - from: {today}\n    law: []\n    short: \n---\n\n## {today}\n",
        "utf-8",
    )
    return path


def _line(masked: str) -> str:
    """A masked question as an `ask` line: what was masked is left out."""
    return " ".join(MASKED.sub(" ", masked).replace(":", " ").split())


def _show(found: Sequence[Group], helpless: dict[str, str]) -> None:
    if not found:
        click.echo("Chưa có câu nào: không câu hỏi về quy định nào bị bỏ trống trong 30 ngày qua.")
    for number, group in enumerate(found, 1):
        ids = sorted({helpless[q] for q in group.questions if q in helpless})
        aside = f", 👎 ở {', '.join(ids)}" if ids else ""
        click.echo(f"{number}. {group.count} lần{aside}")
        for question in group.questions[:SHOWN]:
            click.echo(f"     {question}")
