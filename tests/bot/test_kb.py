"""`binhan kb …`: what those who keep the knowledge do on the command line, as they do it."""

import getpass
import json
import shutil
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.cli import binhan
from bot.commands.learn import add_ask, new_article
from bot.config import Config, ConfigError, KnowledgeConfig
from bot.store.database import open_database
from bot.store.questions import Questions
from handlers.answer import Answerer
from handlers.compare import changes, edits
from knowledge.faults import KnowledgeError
from knowledge.learned import learned_of
from knowledge.load import load_knowledge
from tests.knowledge.own import article, copied, put

TRANSLATION = """---
id: fire-votive-en
of: fire-votive
title: Burning votive paper
label: Votive paper
ask:
  - can I burn votive paper at home
  - is it allowed to burn paper money on the balcony
  - where can I burn joss paper
  - burning paper offerings in an apartment
  - neighbours burn paper money in the corridor
  - how to burn votive paper safely
  - burning hell money fire risk
  - burn paper offerings at Tet
reviewed: 2026-11-20
versions:
  - from: 2025-07-01
    source: General advice
    short: Burn it outside, away from anything that can catch fire, and stay until it is out.
---

## 2025-07-01

Put out the last ember with water.
"""


class Admin:
    """An admin with a folder, a configuration and a terminal."""

    def __init__(self, place: Path) -> None:
        self.folder = place / "own"
        put(self.folder)
        self.config = place / "config.toml"
        self.config.write_text('[knowledge]\npath = "own"\n', "utf-8")

    def kb(self, *arguments: str) -> Result:
        command = ["kb", *arguments, "--config", str(self.config)]
        return CliRunner().invoke(binhan, command, catch_exceptions=True)

    async def asked(self, *masked: str) -> None:
        """People asked this in vain."""
        url = f"sqlite:///{self.config.parent}/data/binhan.db"
        async with open_database(url) as database, database.transaction() as tx:
            for question in masked:
                await Questions(tx).unanswered(question, datetime.now(UTC).date())


@pytest.fixture
def admin(tmp_path: Path) -> Admin:
    return Admin(tmp_path)


@pytest.fixture
def learnt(admin: Admin) -> Admin:
    """An admin whose folder teaches nothing new: learning takes seconds."""
    shutil.rmtree(admin.folder)
    copied(admin.folder)
    return admin


def test_publishing_says_what_changes_and_rollback_takes_it_back(learnt: Admin) -> None:
    """A new translation: English is learnt in a moment, and all else stays as it was."""
    asked = "can I burn paper money on the balcony"
    questions = learnt.config.parent / "day.jsonl"
    questions.write_text(f'{{"q": "{asked}"}}\nđốt pháo phạt bao nhiêu\n', "utf-8")
    first = learnt.kb("publish", "--reader", "Lê Văn C", "--questions", str(questions))
    assert "Không bài nào thay đổi." in first.output

    votive = put(learnt.folder, "fire-votive-en", TRANSLATION)
    second = learnt.kb("publish", "--reader", "Trần Thị B", "--questions", str(questions))
    assert second.exit_code == 0, second.output
    assert "fire-votive-en: bài mới: Burning votive paper" in second.output
    assert f"→ fire-votive-en (1 câu), như: «{asked}»" in second.output
    assert "bản số 2" in second.output

    votive.unlink()
    replayed = learnt.kb("replay", str(questions))
    assert "1 trên 2 câu đổi câu trả lời." in replayed.output

    assert "Đã quay về bản số 1." in learnt.kb("rollback").output
    listed = learnt.kb("rollback", "--list").output
    assert "* 1" in listed
    assert "Trần Thị B" in listed


def test_an_answer_in_other_words_is_a_change_of_its_questions(learnt: Admin) -> None:
    before = load_knowledge(learnt.folder)
    path = learnt.folder / "articles" / "fire-safety" / "fire-votive.md"
    path.write_text(path.read_text("utf-8").replace("Hãy đốt ngoài trời", "Đốt ngoài sân"), "utf-8")
    after = load_knowledge(learnt.folder)
    learned = learned_of(before.searched())
    then, now = Answerer(before, learned), Answerer(after, learned)

    asked = ["đốt vàng mã ở nhà có bị cấm không", "đốt pháo phạt bao nhiêu"]
    (change,) = changes(then, now, asked, date(2026, 11, 26))
    (edit,) = edits(before.articles.values(), after.articles.values())

    assert (change.question, change.after) == (asked[0], "fire-votive (lời khác)")
    assert "Đốt ngoài sân" in edit.what


def test_a_faulty_draft_is_not_published(admin: Admin) -> None:
    put(admin.folder, text=article(short="Phạt 5 triệu đồng."))

    result = admin.kb("publish")

    assert isinstance(result.exception, KnowledgeError)
    assert "law" in str(result.exception.faults[0])
    assert "Chưa công bố bản nào." in admin.kb("rollback").output


def test_nobody_publishes_without_a_second_reader(admin: Admin) -> None:
    alone = admin.kb("publish")
    myself = admin.kb("publish", "--reader", getpass.getuser())

    assert isinstance(alone.exception, ConfigError)
    assert "knowledge.gate = false" in str(alone.exception)
    assert isinstance(myself.exception, ConfigError)
    assert "Chưa công bố bản nào." in admin.kb("rollback").output


def test_without_a_folder_of_their_own_nobody_publishes(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text("", "utf-8")

    result = CliRunner().invoke(binhan, ["kb", "publish", "--config", str(config)])

    assert isinstance(result.exception, ConfigError)


def test_a_rollback_to_nothing_is_one_clear_line(learnt: Admin) -> None:
    first = learnt.kb("publish", "--reader", "Trần Thị B", "--questions", str(learnt.config))
    assert first.exit_code == 0

    assert isinstance(learnt.kb("rollback").exception, ConfigError)
    assert isinstance(learnt.kb("rollback", "--to", "7").exception, ConfigError)


def test_a_law_leads_to_every_answer_that_rests_on_it(admin: Admin) -> None:
    shown = admin.kb("law", "Nghị định 282/2025").output

    assert "fireworks-penalty-use  15/12/2025–nay  Điều 13 khoản 4" in shown


def test_a_law_that_ends_withdraws_what_has_no_successor(admin: Admin) -> None:
    shown = admin.kb("law", "Nghị định 282/2025", "--ended", "2027-01-01").output

    assert "fireworks-penalty-use" in shown.split("rút", 1)[1]
    after = load_knowledge(admin.folder).articles["fireworks-penalty-use"].on(date(2027, 2, 6))
    assert after
    assert "triệu" not in after.short


def test_a_law_nobody_rests_on_ends_nothing(admin: Admin) -> None:
    result = admin.kb("law", "Nghị định 999/2030", "--ended", "2027-01-01")

    assert "xem lại số" in result.output
    assert not (admin.folder / "repeals.toml").exists()


def test_the_day_a_law_ends_can_be_changed_and_taken_back(admin: Admin) -> None:
    admin.kb("law", "Nghị định 282/2025", "--ended", "2027-01-01")
    admin.kb("law", "Nghị định 282/2025/NĐ-CP", "--ended", "2027-03-01")

    use = load_knowledge(admin.folder).articles["fireworks-penalty-use"]
    on_tet, later = use.on(date(2027, 2, 6)), use.on(date(2027, 3, 1))
    assert on_tet
    assert "20–40 triệu" in on_tet.short
    assert later
    assert later.source == "Nghị định 282/2025/NĐ-CP hết hiệu lực từ 01/03/2027"
    assert not later.law  # what has ended is no basis

    admin.kb("law", "Nghị định 282/2025", "--in-force")
    again = load_knowledge(admin.folder).articles["fireworks-penalty-use"].on(date(2027, 3, 1))
    assert again
    assert "20–40 triệu" in again.short


def test_stats_name_every_topic(admin: Admin) -> None:
    shown = admin.kb("stats").output

    assert "fireworks-penalty" in shown
    assert "tet-calendar" in shown
    assert "tất cả" in shown


def test_an_evaluation_shows_shares_confusions_and_what_changed(learnt: Admin) -> None:
    file = learnt.config.parent / "cau-hoi.jsonl"
    rows = [
        {"id": "a", "q": "đốt pháo phạt bao nhiêu", "expect": {"topics": ["fireworks-penalty"]}},
        {"id": "b", "q": "giá vàng hôm nay", "expect": {"outcome": "fallback"}},
        {"id": "c", "q": "giá vàng hôm nay", "expect": {"topics": ["gambling"]}},
    ]
    file.write_text("\n".join(json.dumps(row) for row in rows), "utf-8")

    first = learnt.kb("eval", str(file)).output
    assert "trong phạm vi" in first
    assert "50.0%" in first
    assert "1 × topics=gambling → —" in first

    rows[2]["expect"] = {"outcome": "fallback"}
    file.write_text("\n".join(json.dumps(row) for row in rows), "utf-8")
    assert "1 câu nay đúng, 0 câu nay sai" in learnt.kb("eval", str(file)).output


def test_a_faulty_question_file_names_its_line(admin: Admin) -> None:
    file = admin.config.parent / "cau-hoi.jsonl"
    file.write_text('{"id": "a", "q": "x", "expect": {"topics": []}}\n{"id"\n', "utf-8")

    result = admin.kb("eval", str(file))

    assert isinstance(result.exception, ConfigError)
    assert "dòng 2" in str(result.exception)


async def test_what_was_asked_in_vain_becomes_an_ask_line(admin: Admin) -> None:
    await admin.asked(
        "thả diều ở sân bay có bị phạt không",
        "thả diều ở sân bay thì bị phạt gì",
        "nuôi gà trong phố có được không",
    )
    import asyncio

    listed = await asyncio.to_thread(admin.kb, "learn")
    assert "1. 2 lần" in listed.output
    assert "2. 1 lần" in listed.output

    done = await asyncio.to_thread(admin.kb, "learn", "1", "--to", "fire-kites")
    assert "Đã thêm" in done.output
    asks = load_knowledge(admin.folder).articles["fire-kites"].ask
    assert "thả diều ở sân bay có bị phạt không" in asks

    left = await asyncio.to_thread(admin.kb, "learn")
    assert "1. 1 lần" in left.output
    assert "nuôi gà" in left.output

    await asyncio.to_thread(admin.kb, "learn", "1", "--drop")
    assert "Chưa có câu nào" in (await asyncio.to_thread(admin.kb, "learn")).output


def test_a_shipped_article_is_copied_before_it_is_added_to(admin: Admin) -> None:
    config = Config(knowledge=KnowledgeConfig(path="own"), folder=admin.config.parent)

    path = add_ask(config, "report-how-refused", ["công an xã không thèm nhận tin [tên]"])

    assert path.is_relative_to(admin.folder)
    assert "  - công an xã không thèm nhận tin\n" in path.read_text("utf-8")
    assert "report-how-refused" in load_knowledge(admin.folder).articles


def test_a_new_draft_waits_for_its_answer(admin: Admin) -> None:
    config = Config(knowledge=KnowledgeConfig(path="own"), folder=admin.config.parent)
    questions = ["nuôi gà trong phố có được không"]

    path = new_article(config, "food-safety/food-chickens", questions, date(2026, 11, 24))

    assert path == admin.folder / "articles" / "food-safety" / "food-chickens.md"
    with pytest.raises(KnowledgeError):
        load_knowledge(admin.folder)
    with pytest.raises(ConfigError):
        new_article(config, "food-safety/food-chickens", questions, date(2026, 11, 24))
    with pytest.raises(ConfigError):
        new_article(config, "no-topic/x", questions, date(2026, 11, 24))
