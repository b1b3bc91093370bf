"""`binhan ask`: one question, or a file of them, answered without a chat."""

import json
import sys
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any, TextIO

import click

from bot.commands.options import as_of_option, config_option, day, open_answerer
from bot.config import Config
from bot.office import office_of
from handlers.answer import Answer, Answerer, Outcome
from handlers.ask import reply_to
from handlers.compose import Office, compose
from handlers.flows import COMMANDS, REPLIES, accused
from handlers.message import Reply, Talk
from handlers.router import in_english
from knowledge.article import Article
from knowledge.language import english
from knowledge.topics import AUDIENCES

LONGEST = 1_000_000  # characters of one line of a batch


@click.command(
    epilog='Ví dụ: binhan ask "đốt pháo phạt bao nhiêu" --as-of 2024-02-10 --json',
    short_help="Hỏi một câu, hoặc cả tệp câu hỏi.",
)
@click.argument("question", required=False)
@click.option("--audience", type=click.Choice(AUDIENCES), help="Người hỏi: người dân hay cán bộ.")
@click.option("--json", "as_json", is_flag=True, help="In một dòng JSON.")
@click.option("--batch", type=click.File("rb"), help='Tệp JSON Lines {"id","q"}; "-" là stdin.')
@as_of_option
@config_option
def ask(
    question: str | None,
    audience: str | None,
    as_json: bool,
    batch: Any,
    as_of: datetime | None,
    config_path: Path | None,
) -> int:
    """Trả lời QUESTION như trong cuộc trò chuyện, theo luật của hôm nay hoặc của một ngày."""
    if (question is None) == (batch is None):
        raise click.UsageError("cần một câu hỏi, hoặc --batch TỆP (không phải cả hai)")
    config, answerer = open_answerer(config_path)
    today = day(as_of)
    if question is not None:
        print_one(answer_line(None, question, answerer, config, today, audience), as_json)
        return 0
    return print_batch(batch, answerer, config, today, audience)


def print_one(line: dict[str, Any], as_json: bool) -> None:
    click.echo(json.dumps(line, ensure_ascii=False) if as_json else line["text"])


def print_batch(
    file: Any, answerer: Answerer, config: Config, today: date, audience: str | None
) -> int:
    """Answer each line in its place; 1 at the end if any was bad."""
    faulty = False
    for raw in progress(file, sys.stderr):
        line = batch_line(raw, answerer, config, today, audience)
        faulty = faulty or "error" in line
        click.echo(json.dumps(line, ensure_ascii=False))
    return int(faulty)


def progress(file: Any, screen: TextIO) -> Iterator[bytes]:
    """The lines of a file, with a bar on a terminal that has the file's size to go by."""
    size = _size(file)
    if not screen.isatty() or not size:
        yield from file
        return
    with click.progressbar(length=size, label="Trả lời", file=screen) as bar:
        for line in file:
            yield line
            bar.update(len(line))


def batch_line(
    raw: bytes, answerer: Answerer, config: Config, today: date, audience: str | None
) -> dict[str, Any]:
    """The output line of an input line; {"id", "error"} where it is no question."""
    id = None
    try:
        if len(raw) > LONGEST:
            return {"id": None, "error": f"dòng dài quá {LONGEST} byte"}
        line = json.loads(raw)
        if not isinstance(line, dict):
            return {"id": None, "error": 'cần một đối tượng {"id", "q"}'}
        id = line.get("id")
        if not isinstance(line.get("q"), str) or not line["q"].strip():
            return {"id": id, "error": 'thiếu "q" (một câu hỏi)'}
        return answer_line(id, line["q"], answerer, config, today, audience)
    except (ValueError, RecursionError):
        return {"id": id, "error": "không phải JSON (UTF-8)"}


def answer_line(
    id: Any, question: str, answerer: Answerer, config: Config, today: date, audience: str | None
) -> dict[str, Any]:
    """The answer to a question in the form that DESIGN §3 fixes."""
    answer = answerer(question, today=today, audience=audience)
    office = office_of(config)
    choices = answer.choices or narrower(answer, answerer)
    return {
        "id": id,
        "outcome": answer.outcome.value,
        "article": answer.article.id if answer.article else None,
        "topic": answer.topic or shared_topic(answer.choices),
        "clauses": list(answer.clauses),
        "score": round(answer.score, 3),
        "directive": answer.directive,
        "choices": [{"article": a.id, "topic": a.topic, "title": a.title} for a in choices],
        "flow": answer.flow,
        "emergency": answer.emergency.number if answer.emergency else None,
        "text": answer_text(question, answer, answerer, office, today),
    }


def answer_text(
    question: str, answer: Answer, answerer: Answerer, office: Office, today: date
) -> str:
    """The words of an answer in the question's language, without marks."""
    reply = first_reply(answer, today)
    if english(question):
        reply = in_english(reply)
    return compose(reply, answerer.knowledge, office).text.replace("**", "")


def first_reply(answer: Answer, today: date) -> Reply:
    if answer.accused:
        return accused(Talk()).replies[0]
    if answer.outcome is Outcome.FLOW:
        return REPLIES.get(str(answer.flow)) or step_by_step(str(answer.flow))
    return reply_to(answer, today)


def step_by_step(flow: str) -> Reply:
    """Where a flow of several steps is to be had: by its command, in a chat."""
    command = next((name for name, opened in COMMANDS.items() if opened == flow), "trogiup")
    return Reply(key="ask.in_chat", values={"command": f"/{command}"})


def narrower(answer: Answer, answerer: Answerer) -> tuple[Article, ...]:
    """The articles whose buttons stand under a broad answer."""
    ids: Iterable[str] = answer.article.choices if answer.article else ()
    return tuple(answerer.knowledge.articles[id] for id in ids if id in answerer.knowledge.articles)


def shared_topic(choices: tuple[Article, ...]) -> str | None:
    """The topic that all choices belong to; None where they differ."""
    topics = {article.topic for article in choices}
    return topics.pop() if len(topics) == 1 else None


def _size(file: Any) -> int:
    try:
        return Path(file.name).stat().st_size
    except (OSError, TypeError, ValueError):
        return 0
