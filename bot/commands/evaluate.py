"""`binhan kb eval`: how many questions with known answers are answered right, and what changed since the last run."""

import json
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import click

from bot.commands.options import FILE, FOLDER, answerer_of, as_of_option, config_option, day
from bot.config import Config, ConfigError, read_config
from handlers.evaluate import Verdict, confusions, evaluate, read_questions, tallies
from knowledge.load import load_knowledge

SHOWN = 20


@click.command("eval", epilog="Ví dụ: binhan kb eval cau-hoi.jsonl")
@click.argument("file", type=FILE)
@click.option(
    "--folder",
    type=FOLDER,
    help="Thư mục kiến thức (bản nháp); mặc định: theo cấu hình.",
)
@click.option("--wrong", is_flag=True, help="In từng câu sai.")
@as_of_option
@config_option
def kb_eval(
    file: Path, folder: Path | None, wrong: bool, as_of: datetime | None, config_path: Path | None
) -> int:
    """Chấm các câu hỏi có đáp án (FILE, JSON Lines): bảng điểm, chỗ hay nhầm, điều đổi so với lần trước."""
    config = read_config(config_path)
    try:
        questions = read_questions(file)
    except (ValueError, OSError) as error:
        raise ConfigError([f"{file}: {error}"]) from None
    knowledge = load_knowledge(folder or config.knowledge_folder)
    answerer = answerer_of(knowledge, config)
    with click.progressbar(questions, label="Chấm", file=sys.stderr) as bar:
        verdicts = list(evaluate(answerer, bar, day(as_of)))
    show_table(verdicts)
    show_confusions(verdicts)
    if wrong:
        for verdict in verdicts:
            if not verdict.right:
                click.echo(f"  {verdict.question.id}: «{verdict.question.q}» → {verdict.answer}")
    show_difference(config, file, verdicts)
    return 0


GROUPS = {
    "in scope": "trong phạm vi",
    "follow-up": "câu hỏi tiếp",
    "clauses": "mục chỉ thị",
    "emergency": "khẩn cấp",
    "look-alike": "giống khẩn cấp",
    "flow": "việc cần mở",
    "no flow": "không mở việc",
    "scam": "tin đáng ngờ",
    "out of scope": "ngoài phạm vi",
}
"""The kinds of questions as an admin reads them; what is not here is shown as it is."""


def show_table(verdicts: Sequence[Verdict]) -> None:
    click.echo(f"{'nhóm':14} {'số câu':>7} {'đúng':>7} {'%':>6} {'đúng hoặc mời chọn':>20}")
    for tally in tallies(verdicts):
        offered = f"{tally.offered / tally.count:.1%}"
        group = GROUPS.get(tally.group, tally.group)
        click.echo(f"{group:14} {tally.count:7} {tally.right:7} {tally.share:6.1%} {offered:>20}")


def show_confusions(verdicts: Sequence[Verdict]) -> None:
    found = confusions(verdicts)
    if found:
        click.echo("Hay nhầm (cần → đã trả lời):")
    for wanted, got, count in found[:SHOWN]:
        click.echo(f"  {count:3} × {wanted} → {got}")


def show_difference(config: Config, file: Path, verdicts: Sequence[Verdict]) -> None:
    """What is right now and was not, and the other way round; this run is kept for the next."""
    last = config.data_folder / "eval" / f"{file.stem}.json"
    before: Mapping[str, bool] = {}
    with suppress(OSError, ValueError):
        before = json.loads(last.read_text("utf-8"))
    now = {verdict.question.id: verdict.right for verdict in verdicts}
    gained = [id for id, right in now.items() if right and before.get(id) is False]
    lost = [id for id, right in now.items() if not right and before.get(id) is True]
    if before:
        click.echo(f"So với lần trước: {len(gained)} câu nay đúng, {len(lost)} câu nay sai.")
        for id in lost[:SHOWN]:
            click.echo(f"  nay sai: {id}")
    with suppress(OSError):
        last.parent.mkdir(parents=True, exist_ok=True)
        last.write_text(json.dumps(now), "utf-8")
