"""An admin's folder lies over the shipped one, and a law that ended takes its answers with it."""

from datetime import date
from pathlib import Path

import pytest

from knowledge.check import check
from knowledge.faults import KnowledgeError
from knowledge.folder import LARGEST, fingerprint, packed, unpacked
from knowledge.load import load_knowledge
from knowledge.repeals import Repeal, same_law, withdrawn
from tests.knowledge.own import article, put
from tests.shipped import KNOWLEDGE

TODAY = date(2026, 11, 26)


def test_an_own_article_stands_beside_the_shipped_ones(tmp_path: Path) -> None:
    put(tmp_path)

    knowledge = load_knowledge(tmp_path)

    assert "fire-kites" in knowledge.articles
    assert "fireworks-penalty-use" in knowledge.articles
    assert check(knowledge, TODAY) == ()


def test_an_own_article_takes_the_place_of_the_shipped_one_of_its_id(tmp_path: Path) -> None:
    shipped = KNOWLEDGE.articles["fireworks-penalty-use"]
    path = tmp_path / "articles" / shipped.topic / shipped.path.name
    path.parent.mkdir(parents=True)
    path.write_text(
        shipped.path.read_text("utf-8").replace(shipped.title, "Đốt pháo, tên riêng"), "utf-8"
    )

    assert load_knowledge(tmp_path).articles[shipped.id].title == "Đốt pháo, tên riêng"
    assert KNOWLEDGE.articles[shipped.id].title == shipped.title


def test_a_folder_that_is_gone_is_a_fault_and_not_the_shipped_knowledge(tmp_path: Path) -> None:
    with pytest.raises(KnowledgeError):
        load_knowledge(tmp_path / "gone")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", 1),  # empty: being saved
        (article()[:60], 1),  # half of it
        (article().replace("2024-01-01\n    source", "ngày mai\n    source"), 16),
        (article(law="source: ''"), 16),
        (article().replace("reviewed:", "reviewed"), 15),
    ],
)
def test_each_fault_is_named_with_its_file_and_line(tmp_path: Path, text: str, line: int) -> None:
    path = put(tmp_path, text=text)

    with pytest.raises(KnowledgeError) as error:
        load_knowledge(tmp_path)

    assert {fault.path for fault in error.value.faults} == {path}
    assert error.value.faults[0].line == line


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Nghị định 144/2021", "Nghị định 144/2021/NĐ-CP", True),
        ("144/2021", "Nghị định 144/2021/NĐ-CP", True),
        ("Nghị định 14/2021", "Nghị định 144/2021/NĐ-CP", False),
        ("Bộ luật Hình sự", "bộ luật  hình sự", True),
    ],
)
def test_a_law_is_known_by_its_number(one: str, other: str, same: bool) -> None:
    assert same_law(one, other) is same


def test_a_version_without_a_successor_is_withdrawn_from_the_day_its_law_ends() -> None:
    use = KNOWLEDGE.articles["fireworks-penalty-use"]
    repeal = Repeal(document="Nghị định 282/2025", since=date(2027, 1, 1))

    after = withdrawn(use, [repeal], KNOWLEDGE.texts)

    before_day, on_day = after.on(date(2026, 12, 31)), after.on(date(2027, 1, 1))
    assert before_day
    assert before_day.short == use.versions[-1].short
    assert on_day
    assert on_day.short == KNOWLEDGE.texts("kb.repealed.short")
    assert "triệu" not in on_day.short + on_day.text
    assert [v.since for v in after.versions[:-1]] == [v.since for v in use.versions]


def test_a_version_that_had_its_successor_stays_as_it_is() -> None:
    use = KNOWLEDGE.articles["fireworks-penalty-use"]
    repeal = Repeal(document="Nghị định 144/2021", since=date(2025, 12, 15))

    assert withdrawn(use, [repeal], KNOWLEDGE.texts) == use


def test_a_repeal_file_of_the_admin_is_read(tmp_path: Path) -> None:
    put(tmp_path)
    (tmp_path / "repeals.toml").write_text(
        '[[repeal]]\ndocument = "Nghị định 282/2025"\nfrom = 2027-01-01\n', "utf-8"
    )

    on_day = load_knowledge(tmp_path).articles["fireworks-penalty-use"].on(date(2027, 2, 6))

    assert on_day
    assert "triệu" not in on_day.short


@pytest.mark.parametrize("text", ["repeal = 3", "[[repeal]]\nfrom = 2027-01-01", "[["])
def test_a_faulty_repeal_file_is_named(tmp_path: Path, text: str) -> None:
    put(tmp_path)
    (tmp_path / "repeals.toml").write_text(text, "utf-8")

    with pytest.raises(KnowledgeError) as error:
        load_knowledge(tmp_path)

    assert {fault.path.name for fault in error.value.faults} == {"repeals.toml"}


def test_a_folder_comes_out_of_its_package_as_it_went_in(tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    put(here)
    (here / ".hidden.md").write_text("not knowledge")
    (here / "articles" / "notes.txt").write_text("not knowledge")

    unpacked(packed(here), there)

    assert packed(there) == packed(here)
    assert [path.name for path in there.rglob("*") if path.is_file()] == ["fire-kites.md"]


def test_a_package_that_reaches_out_of_its_folder_is_refused(tmp_path: Path) -> None:
    from io import BytesIO
    from zipfile import ZipFile

    out = BytesIO()
    with ZipFile(out, "w") as whole:
        whole.writestr("../outside.md", "x")

    with pytest.raises(KnowledgeError):
        unpacked(out.getvalue(), tmp_path / "in")

    assert not (tmp_path / "outside.md").exists()


def test_a_folder_too_large_to_publish_is_a_fault(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_bytes(b"x" * (LARGEST + 1))

    with pytest.raises(KnowledgeError):
        packed(tmp_path)


def test_a_saved_file_changes_the_fingerprint_and_a_hidden_one_does_not(tmp_path: Path) -> None:
    path = put(tmp_path)
    before = fingerprint(tmp_path)

    (tmp_path / ".swp.md").write_text("an editor's")
    assert fingerprint(tmp_path) == before

    path.write_text(article(short="Khác."), "utf-8")
    assert fingerprint(tmp_path) != before


@pytest.mark.parametrize(
    ("wrong", "right", "line", "told"),
    [
        ("reviewed: 2026-13-45", "reviewed: 2026-11-20", 14, "không có ngày «2026-13-45»"),
        ("title: Bài: Thả diều", "title: Thả diều", 4, "đặt lời trong ngoặc kép"),
        ('short: "Thả diều', "short: Thả diều", 18, "thiếu dấu ngoặc kép đóng"),
        ("\ttopic: fire-safety", "topic: fire-safety", 3, "dấu cách thay dấu tab"),
    ],
)
def test_what_is_written_wrongly_is_named_with_its_line_and_a_remedy(
    tmp_path: Path, wrong: str, right: str, line: int, told: str
) -> None:
    put(tmp_path, text=article().replace(right, wrong, 1))

    with pytest.raises(KnowledgeError) as error:
        load_knowledge(tmp_path)

    (fault,) = error.value.faults
    assert (fault.line, told in fault.text) == (line, True), fault


@pytest.mark.parametrize(
    "name", ["texts.vi.toml", "hotlines.toml", "repeals.toml", "templates.toml"]
)
def test_a_toml_file_written_wrongly_is_named_with_its_line(tmp_path: Path, name: str) -> None:
    put(tmp_path)
    (tmp_path / name).write_text('[a]\nb = "c"\nd = \n', "utf-8")

    with pytest.raises(KnowledgeError) as error:
        load_knowledge(tmp_path)

    assert {(fault.path.name, fault.line) for fault in error.value.faults} == {(name, 3)}
