"""What the search learnt is kept, and never taken for knowledge that it was not learnt from."""

import ast
from dataclasses import replace
from pathlib import Path

import pytest

from knowledge.article import Article, in_language
from knowledge.features import features
from knowledge.learned import (
    KEPT,
    TAUGHT_BY,
    Learned,
    digest,
    from_bytes,
    learn,
    learned_of,
    load,
    save,
    to_bytes,
)
from knowledge.load import SHIPPED
from knowledge.scoring import Scoring
from knowledge.search import Search
from knowledge.slots import Slots
from tests.shipped import ARTICLES


@pytest.fixture(scope="module")
def some() -> tuple[Article, ...]:
    """In English, of which little is asked elsewhere: they are learnt in no time."""
    return in_language(ARTICLES.values(), "en")[:12]


@pytest.fixture(scope="module")
def vietnamese() -> tuple[Article, ...]:
    return in_language(ARTICLES.values(), "vi")[:12]


@pytest.fixture(scope="module")
def learned(vietnamese: tuple[Article, ...]) -> Learned:
    return learn(vietnamese)


def test_what_comes_back_from_a_file_finds_the_same(
    vietnamese: tuple[Article, ...], learned: Learned
) -> None:
    kept = from_bytes(to_bytes(learned))

    for question in ("xe máy có cồn phạt bao nhiêu", "giá vàng hôm nay", "thổi 0,3"):
        then = [
            (h.article.id, round(h.score, 4))
            for h in Search(vietnamese, learned).find(question, Slots())
        ]
        now = [
            (h.article.id, round(h.score, 4))
            for h in Search(vietnamese, kept).find(question, Slots())
        ]
        assert now == then


@pytest.mark.parametrize(
    "words",
    [
        ("đốt", "pháo", "nổ", "thì", "phạt", "bao", "nhiêu"),
        ("phao", "nổ", "phao", "no", "pháo", "nổ"),  # one pair in three spellings
        ("pháo", "khăn", "pháo"),  # pairs that nobody taught
        (),
    ],
)
def test_what_is_looked_up_word_by_word_scores_as_the_features_do(
    learned: Learned, words: tuple[str, ...]
) -> None:
    ranker = learned.ranker
    known = [(word, 0.75 if word == "no" else 1.0) for word in words]
    asked = ({"punish", "unheard-of"}, ("motorbike",))

    looked_up = Scoring(ranker)(known, *asked)

    for found, expected in zip(looked_up, ranker.likely(features(known, *asked)), strict=True):
        assert found.tolist() == pytest.approx(expected.tolist(), abs=1e-4)


def test_it_is_learnt_once_and_then_read(some: tuple[Article, ...], tmp_path: Path) -> None:
    learned_of(some, tmp_path)
    (file,) = tmp_path.glob("*.npz")
    written = file.stat().st_mtime_ns

    learned_of(some, tmp_path)

    assert [path.stat().st_mtime_ns for path in tmp_path.glob("*.npz")] == [written]


@pytest.mark.parametrize("damage", [b"", b"PK\x03\x04 half of it", b"\x80\x04K\x01."])
def test_a_damaged_file_is_as_good_as_none(
    some: tuple[Article, ...], tmp_path: Path, damage: bytes
) -> None:
    file = tmp_path / f"{digest(some)}.npz"
    file.write_bytes(damage)

    assert load(file) is None
    assert learned_of(some, tmp_path).portraits
    assert load(file) is not None  # mended


def test_a_change_of_what_is_taught_has_another_name(some: tuple[Article, ...]) -> None:
    asked = (replace(some[0], ask=("một cách hỏi khác",)), *some[1:])

    assert digest(asked) != digest(some)
    assert digest(some[1:]) != digest(some)
    assert digest(some) == digest(some)


def test_a_folder_that_cannot_be_written_costs_no_answer(
    some: tuple[Article, ...], tmp_path: Path
) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("no folder")

    assert learned_of(some, blocked).portraits


def test_only_the_newest_files_stay(some: tuple[Article, ...], tmp_path: Path) -> None:
    learned = learn(some)
    for number in range(KEPT + 3):
        save(learned, tmp_path / f"{number}.npz")

    assert len(list(tmp_path.glob("*.npz"))) == KEPT
    assert list(tmp_path.glob("*.*[0-9]")) == []  # nothing unfinished


def imported(module: str) -> set[str]:
    """The modules of `knowledge` that one of them needs, by file name; those it loads later are not counted."""
    tree = ast.parse((SHIPPED / module).read_text("utf-8"))
    froms = [node.module for node in tree.body if isinstance(node, ast.ImportFrom) and node.module]
    return {f"{each.split('.')[1]}.py" for each in froms if each.startswith("knowledge.")}


def test_every_module_that_teaches_is_named() -> None:
    """Else a change of one would be answered from what was learnt before it."""
    found, todo = set(), {"learned.py"}
    while todo:
        found |= todo
        todo = {each for module in todo for each in imported(module)} - found

    assert found == {name for name in TAUGHT_BY if name.endswith(".py")}


def test_every_word_list_that_a_teaching_module_reads_is_named() -> None:
    modules = [name for name in TAUGHT_BY if name.endswith(".py")]
    code = "\n".join((SHIPPED / module).read_text("utf-8") for module in modules)

    lists = {f"words/{path.name}" for path in (SHIPPED / "words").iterdir()}

    assert {name for name in lists if f'"{Path(name).name}"' in code} <= set(TAUGHT_BY)
