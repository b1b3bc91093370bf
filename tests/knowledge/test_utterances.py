"""Further ways to ask, kept in a file of a topic: taught, never shown, and checked like the articles."""

from pathlib import Path

import pytest

from knowledge.faults import KnowledgeError
from knowledge.load import load_knowledge
from knowledge.search import Search
from knowledge.slots import Slots
from knowledge.utterances import FILE, LONGEST, load_utterances
from tests.knowledge.own import put
from tests.shipped import KNOWLEDGE

HERE = "fire-kites"
STRANGE = "cánh diều bén lửa mắc trên cột"


def written(folder: Path, text: str) -> Path:
    place = folder / "articles" / "fire-safety"
    place.mkdir(parents=True, exist_ok=True)
    (place / FILE).write_text(text, "utf-8")
    return folder


def test_lines_belong_to_the_article_above_them(tmp_path: Path) -> None:
    written(tmp_path, "# a\nmột\nhai\n\n# b\nba\nba\n\n# a\nbốn\n")

    found = load_utterances(tmp_path / "articles", {"a", "b"})

    assert found == {"a": ("một", "hai", "bốn"), "b": ("ba",)}


@pytest.mark.parametrize(
    ("text", "line", "told"),
    [
        ("một câu\n", 1, "chưa thuộc bài nào"),
        ("# a\nmột\n# c\nhai\n", 3, "không có «c»"),
        (f"# a\n{'x' * (LONGEST + 1)}\n", 2, "quá dài"),
    ],
)
def test_a_fault_names_its_line_and_remedy(tmp_path: Path, text: str, line: int, told: str) -> None:
    written(tmp_path, text)

    with pytest.raises(KnowledgeError) as error:
        load_utterances(tmp_path / "articles", {"a", "b"})

    (fault,) = error.value.faults
    assert fault.line == line
    assert told in str(fault)


def test_a_file_that_is_no_text_is_a_fault(tmp_path: Path) -> None:
    written(tmp_path, "")
    (tmp_path / "articles" / "fire-safety" / FILE).write_bytes(b"\xff\xfe\x00")

    with pytest.raises(KnowledgeError):
        load_utterances(tmp_path / "articles", {"a"})


def test_a_folder_teaches_an_article_of_its_own_what_no_ask_line_says(tmp_path: Path) -> None:
    put(tmp_path)
    untaught = load_knowledge(tmp_path).articles[HERE]
    taught = load_knowledge(written(tmp_path, f"# {HERE}\n{STRANGE}\n")).articles[HERE]

    assert untaught.utterances == ()
    assert taught.utterances == (STRANGE,)
    assert taught.ask == untaught.ask
    others = tuple(KNOWLEDGE.articles[id] for id in ("fire-safety", "weapons", "gambling"))
    assert Search((*others, taught)).find(STRANGE, Slots())[0].article.id == HERE


def test_a_folder_adds_to_the_utterances_of_a_shipped_article(tmp_path: Path) -> None:
    shipped = KNOWLEDGE.articles["weapons"].utterances
    own = "khẩu súng săn gia bảo"

    articles = load_knowledge(written(tmp_path, f"# weapons\n{own}\n")).articles

    assert articles["weapons"].utterances == (*shipped, own)
