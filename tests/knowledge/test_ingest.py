"""A directive's paper becomes draft clauses: all of them, none made up, whatever the paper looks like."""

import io
import unicodedata
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import docx
import pypdf
import pytest
from docx.oxml.ns import qn
from docx.oxml.parser import OxmlElement
from hypothesis import given
from hypothesis import strategies as st

from knowledge.check import check
from knowledge.clauses import load_directives
from knowledge.directive import DirectiveSearch, load_agencies
from knowledge.ingest.clauses import Draft, deadlines, ingest, tet_year, topics
from knowledge.ingest.documents import FILE_BYTES, Document, DocumentError, Line, read_document
from knowledge.ingest.drafts import LEFT_OVER, draft_files, draft_id, write_draft
from knowledge.ingest.numbering import mark_of
from knowledge.ingest.outline import Why, outline
from knowledge.ingest.word_files import numeral
from knowledge.load import SHIPPED
from knowledge.texts import load_texts
from tests.knowledge.papers import CHROMIUM, TEXT, in_word, printed, typed
from tests.shipped import KNOWLEDGE

AGENCIES = load_agencies(SHIPPED / "agencies.csv")
TEXTS = load_texts(SHIPPED / "texts.vi.toml")
TODAY = date(2026, 11, 24)
DASHES = {"1": 3, "2": 2, "3": 0, "4": 0, "5": 0, "6": 2, "7": 2, "8": 0, "9": 3, "closing": 2}
IDS = [
    f"{section}.{dash}" if dash else section
    for section, dashes in DASHES.items()
    for dash in (range(1, dashes + 1) if dashes else [0])
]


def draft_of(path: Path) -> Draft:
    return ingest(read_document(path), AGENCIES)


def drafted(tmp_path: Path, text: str) -> Draft:
    return draft_of(typed(tmp_path / "x.txt", text))


def ids(draft: Draft) -> list[str]:
    return [clause.id for clause in draft.clauses]


def sources(draft: Draft) -> dict[str, str]:
    return {clause.id: clause.source for clause in draft.clauses}


def refused(path: Path) -> str:
    with pytest.raises(DocumentError) as error:
        draft_of(path)
    sentence = TEXTS(f"ingest.{error.value.key}", **error.value.values)
    assert "\n" not in sentence
    return error.value.key


def outcome(path: Path, forbidden: str = "\0") -> str:
    """Why a paper is refused; "" where it is read, and then without what is forbidden."""
    try:
        draft = draft_of(path)
    except DocumentError as error:
        return error.key
    return "forbidden" if forbidden in str(draft) else ""


# the whole paper


def test_every_section_dash_and_closing_paragraph_is_found(tmp_path: Path) -> None:
    draft = drafted(tmp_path, TEXT)

    assert ids(draft) == IDS
    assert draft.doubts == ()


def test_the_head_is_read(tmp_path: Path) -> None:
    draft = drafted(tmp_path, TEXT)

    assert draft.number == "27/CT-UBND"
    assert draft.issued == date(2026, 12, 5)
    assert draft.issuer == "ỦY BAN NHÂN DÂN TỈNH LAM GIANG"
    assert draft.title == "Về giữ bình yên cho người dân vui Tết Đinh Mùi 2027"
    assert draft.tet == 2027
    assert draft.by == ("chu-tich-tinh", "ubnd-tinh")


def test_who_must_do_what_by_when_is_suggested(tmp_path: Path) -> None:
    clauses = {clause.id: clause for clause in drafted(tmp_path, TEXT).clauses}

    assert clauses["1.1"].agencies == ("ubnd-huyen", "cac-so")
    assert clauses["1.1"].reports_to == ("cong-an-tinh",)
    assert clauses["1.3"].deadlines == ("từ ngày 01/02/2027 đến hết ngày 14/02/2027",)
    assert clauses["2.1"].lead == "cong-an-tinh"
    assert clauses["2.1"].supports == ("so-cong-thuong",)
    assert "fireworks-penalty" in clauses["2.1"].topics
    assert clauses["2.2"].reports_to == ("ubnd-tinh",)
    assert clauses["2.2"].deadlines == ("trước ngày 15/01/2027",)
    assert clauses["6.1"].deadlines == ("trước ngày 25 tháng 12 năm 2026",)
    assert clauses["9.1"].topics == ("directive", "fire-safety")
    assert clauses["closing.1"].reports_to == ("chu-tich-tinh",)
    assert clauses["closing.2"].agencies == ("cong-an-tinh",)


def test_word_gives_the_same_clauses_as_typing(tmp_path: Path) -> None:
    first, second = drafted(tmp_path, TEXT), draft_of(in_word(tmp_path / "x.docx"))

    assert without_lines(second) == without_lines(first)


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine to print with")
def test_print_gives_the_same_clauses_as_typing(tmp_path: Path) -> None:
    first, second = drafted(tmp_path, TEXT), draft_of(printed(tmp_path / "x.pdf"))

    assert without_lines(second) == without_lines(first)
    assert {one.why for one in second.left} == {Why.PREAMBLE, Why.PAGE, Why.TAIL}


def without_lines(draft: Draft) -> Draft:
    """A draft without the places in its paper and what was left over there."""
    clauses = tuple(replace(clause, page=1, lines=(0, 0)) for clause in draft.clauses)
    return replace(draft, clauses=clauses, left=())


def test_what_no_clause_took_is_listed_with_the_reason(tmp_path: Path) -> None:
    left = drafted(tmp_path, TEXT).left

    reasons = {one.line.text.split()[0]: one.why for one in left}
    assert reasons["Mùa"] == Why.PREAMBLE
    assert reasons["Nơi"] == reasons["CHỦ"] == Why.TAIL


FRAGMENTS = st.sampled_from(
    [*TEXT.splitlines(), "1.", "2)", "II. Tổ chức", "a) Một", "+ Hai", "• Ba", "3", "Điều 4. Bốn"]
)


@given(st.lists(FRAGMENTS | st.text(max_size=30), max_size=40), st.booleans())
def test_each_line_ends_up_in_one_place_and_none_is_made_up(said: list[str], wrap: bool) -> None:
    texts = [" ".join(text.split()) for text in said]
    lines = tuple(Line(number=n, text=text) for n, text in enumerate(texts, 1) if text)
    try:
        paper = outline(Document(lines=lines, wrapped=wrap), lambda text: False) if lines else None
    except DocumentError:
        return
    if paper is None:
        return

    headings = {line.number: line for piece in paper.pieces for line in piece.heading}
    in_pieces = [line for piece in paper.pieces for line in piece.lines]
    placed = [*paper.head, *(one.line for one in paper.left), *headings.values(), *in_pieces]
    assert sorted(line.number for line in placed) == [line.number for line in lines]
    assert all(line.text in texts[line.number - 1] for line in placed)
    assert len({piece.id for piece in paper.pieces}) == len(paper.pieces)


@given(st.text(alphabet=st.sampled_from("1.-+a)IVĐiều áơ\n:;/0"), max_size=200))
def test_no_text_breaks_the_reading(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = typed(tmp_path_factory.mktemp("any") / "x.txt", text)

    assert outcome(path) in {"", "no_text", "no_numbering"}


# how papers differ


@pytest.mark.parametrize(
    ("line", "family", "rest"),
    [
        ("1. Công an tỉnh", "number", "Công an tỉnh"),
        ("2.Công an tỉnh", "number", "Công an tỉnh"),
        ("3/ Công an tỉnh", "number", "Công an tỉnh"),
        ("4) Công an tỉnh", "paren", "Công an tỉnh"),
        ("IV. Tổ chức", "roman", "Tổ chức"),
        ("Điều 3. Tổ chức", "article", "Tổ chức"),
        ("Mục II: Tổ chức", "article", "Tổ chức"),
        ("1.2. Tuần tra", "decimal", "Tuần tra"),
        ("a) Tuần tra", "letter", "Tuần tra"),
        ("đ) Tuần tra", "letter", "Tuần tra"),
        ("- Tuần tra", "dash", "Tuần tra"),
        ("-Tuần tra", "dash", "Tuần tra"),
        ("+ Tuần tra", "plus", "Tuần tra"),
        ("• Tuần tra", "bullet", "Tuần tra"),
    ],
)
def test_a_mark_is_known_however_it_is_typed(line: str, family: str, rest: str) -> None:
    mark = mark_of(line)

    assert mark
    assert (mark.family, mark.rest) == (family, rest)


@pytest.mark.parametrize(
    "line",
    [
        "15/01/2027 là ngày cuối",  # a day
        "3.000 người",  # a thousand
        "2027. Tiếp tục",  # a year
        "+84 912 000 000",  # a telephone number
        "-5 độ",  # a temperature
        "Điều 3 Luật này",  # a law that is cited
        "Công an tỉnh",
    ],
)
def test_what_only_looks_like_a_mark_is_none(line: str) -> None:
    assert mark_of(line) is None


@pytest.mark.parametrize("dash", ["–", "—", "−", "\u2011", "•", "\uf0b7", "*", "+"])
def test_any_sign_makes_a_dash(tmp_path: Path, dash: str) -> None:
    draft = drafted(tmp_path, TEXT.replace("\n- ", f"\n{dash} "))

    assert sources(draft) == sources(drafted(tmp_path, TEXT))


@pytest.mark.parametrize(
    "change",
    [
        lambda text: unicodedata.normalize("NFD", text),
        lambda text: text.replace(" ", "\u00a0"),
        lambda text: text.replace("\n", "\r\n"),
        lambda text: "\ufeff" + text.replace("tỉnh", "tỉ\u200bnh"),
        lambda text: text.replace(": ", " : ").replace(" : ", ": ").replace("\n", "\n \t"),
        lambda text: text.replace("\n3. Bộ", "\n2\n\n3. Bộ"),  # a page's number
        lambda text: text.replace("\n3. Bộ", "\n- 2 -\n\f3. Bộ"),
    ],
)
def test_how_a_text_was_saved_changes_no_clause(
    tmp_path: Path, change: Callable[[str], str]
) -> None:
    draft = drafted(tmp_path, change(TEXT))

    assert sources(draft) == sources(drafted(tmp_path, TEXT))


def test_a_text_in_utf_16_is_read(tmp_path: Path) -> None:
    path = tmp_path / "x.txt"
    path.write_bytes(TEXT.encode("utf-16"))

    assert ids(draft_of(path)) == IDS


def test_headers_and_footers_of_each_page_are_set_aside(tmp_path: Path) -> None:
    head, foot = "Chỉ thị 27 của tỉnh Lam Giang", "Bản in trang"
    parts = TEXT.replace("\n3. Bộ", "\f3. Bộ").replace("\n7. Đề", "\f7. Đề").split("\f")
    pages = (f"{head}\n{part}\n{foot} {n}" for n, part in enumerate(parts, 1))

    draft = drafted(tmp_path, "\f".join(pages))

    assert sources(draft) == sources(drafted(tmp_path, TEXT))
    assert sum(one.why is Why.PAGE for one in draft.left) == 6


def test_two_pages_that_end_on_a_deadline_lose_neither(tmp_path: Path) -> None:
    text = (
        "1. Công an tỉnh: trực ở chợ,\nxong trước ngày 15/01/2027.\n\f"
        "2. Cấp xã: trực ở bến,\nxong trước ngày 20/01/2027.\n"
    )

    draft = drafted(tmp_path, text)

    assert all("xong trước ngày" in source for source in sources(draft).values())


def test_broken_lines_are_joined_and_a_hyphen_at_a_line_is_no_dash(tmp_path: Path) -> None:
    text = (
        "1. Công an tỉnh:\n- Mời Ban Thi đua khen thưởng của tỉnh và ngành giáo dục\n"
        "- đào tạo cùng dự lễ tổng kết.\n- Tuần tra đêm.\n"
    )

    draft = drafted(tmp_path, text)

    assert ids(draft) == ["1.1", "1.2"]
    assert sources(draft)["1.1"].endswith("giáo dục - đào tạo cùng dự lễ tổng kết.")
    assert [(doubt.line.number, doubt.key) for doubt in draft.doubts] == [(3, "hyphen")]


def test_letters_are_items_and_the_dashes_below_stay_inside(tmp_path: Path) -> None:
    text = "1. Công an tỉnh:\na) Tuần tra:\n- ban ngày;\n- ban đêm.\nb) Trực.\n"

    assert sources(drafted(tmp_path, text)) == {
        "1.1": "Tuần tra: - ban ngày; - ban đêm.",
        "1.2": "Trực.",
    }


def test_articles_are_sections(tmp_path: Path) -> None:
    text = "Điều 1. Công an tỉnh\n1. Tuần tra.\n2. Trực.\nĐiều 2. Sở Công Thương kiểm tra chợ.\n"

    assert ids(drafted(tmp_path, text)) == ["1.1", "1.2", "2"]


def test_roman_headings_over_running_numbers_are_no_sections(tmp_path: Path) -> None:
    text = (
        "I. NHIỆM VỤ\n1. Công an tỉnh: tuần tra.\n2. Sở Công Thương: kiểm tra chợ.\n"
        "II. VIỆC KHÁC\n3. Ủy ban nhân dân cấp xã: trực.\n"
        "III. TỔ CHỨC\n- Giao Công an tỉnh theo dõi.\n- Báo cáo hằng tuần.\n"
    )

    draft = drafted(tmp_path, text)

    assert ids(draft) == ["1", "2", "3", "closing.1", "closing.2"]
    assert [one.line.text for one in draft.left] == ["I. NHIỆM VỤ", "II. VIỆC KHÁC"]


def test_roman_sections_hold_numbers_that_begin_anew(tmp_path: Path) -> None:
    text = "I. Công an tỉnh\n1. Tuần tra.\n2. Trực.\nII. Cấp xã\n1. Trực.\n"

    assert ids(drafted(tmp_path, text)) == ["1.1", "1.2", "2.1"]


def test_a_number_left_out_or_twice_is_told(tmp_path: Path) -> None:
    text = "1. Công an tỉnh: trực.\n3. Cấp xã: trực.\n3. Cấp huyện: trực.\n"

    draft = drafted(tmp_path, text)

    assert ids(draft) == ["1", "3"]
    assert [(doubt.line.number, doubt.key) for doubt in draft.doubts] == [
        (2, "skipped"),
        (3, "repeated"),
    ]
    assert "Cấp huyện" in sources(draft)["3"]


def test_word_numbers_that_nobody_typed_are_counted(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_paragraph("Chủ tịch Ủy ban nhân dân tỉnh yêu cầu:")
    for style, text in (
        ("List Number", "Công an tỉnh:"),
        ("List Bullet", "Tuần tra."),
        ("List Bullet", "Trực."),
        ("List Number", "Sở Công Thương: kiểm tra chợ."),
    ):
        document.add_paragraph(text, style=style)
    document.save(str(tmp_path / "x.docx"))

    assert ids(draft_of(tmp_path / "x.docx")) == ["1.1", "1.2", "2"]


def test_what_was_inserted_in_word_counts_and_what_was_deleted_does_not(tmp_path: Path) -> None:
    document = docx.Document()
    paragraph = document.add_paragraph("1. Công an tỉnh: ")
    for name, tag, text in (("w:ins", "w:t", "trực"), ("w:del", "w:delText", "nghỉ")):
        change, run, said = OxmlElement(name), OxmlElement("w:r"), OxmlElement(tag)
        said.text = text
        run.append(said)
        change.append(run)
        paragraph._p.append(change)
    assert paragraph._p.find(qn("w:ins")) is not None
    document.save(str(tmp_path / "x.docx"))

    assert sources(draft_of(tmp_path / "x.docx")) == {"1": "Công an tỉnh: trực"}


@pytest.mark.parametrize(
    ("count", "form", "written"),
    [
        (4, "decimal", "4"),
        (4, "upperRoman", "IV"),
        (9, "lowerRoman", "ix"),
        (3, "lowerLetter", "c"),
    ],
)
def test_word_numerals_are_written_as_word_does(count: int, form: str, written: str) -> None:
    assert numeral(count, form) == written


# what words tell


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("gửi trước ngày 15/01/2024.", ("trước ngày 15/01/2024",)),
        ("hoàn thành trước 16 giờ 00 ngày 20/12/2026", ("hoàn thành trước 16 giờ 00 ngày 20/12/2026",)),
        ("chậm nhất là ngày 5 tháng 2 năm 2027 báo cáo", ("chậm nhất là ngày 5 tháng 2 năm 2027",)),
        ("báo cáo kết quả ngày 20/02/2027", ("ngày 20/02/2027",)),
        ("báo cáo trước ngày 20 hằng tháng", ("trước ngày 20 hằng tháng",)),
        ("từ 15/12/2026 đến 14/02/2027", ("từ 15/12/2026 đến 14/02/2027",)),
        ("xong trong tháng 01/2027", ("trong tháng 01/2027",)),
        ("theo Nghị định 144/2021/NĐ-CP", ()),  # the number of a law is no day
        ("giải quyết kịp thời", ()),
    ],
)  # fmt: skip
def test_a_deadline_is_quoted_as_the_paper_words_it(text: str, found: tuple[str, ...]) -> None:
    assert deadlines(text) == found


def test_topics_are_known_ones_and_keywords_are_the_papers_words() -> None:
    suggested, keywords = topics("Chống đua xe, nồng độ cồn; ngăn tin giả.")

    assert suggested[0] == "directive"
    assert {"traffic-other", "drink-driving-car", "cyber-fake-news"} <= set(suggested)
    assert set(keywords) == {"đua xe", "nồng độ cồn", "tin giả"}


@pytest.mark.parametrize(
    ("title", "year"),
    [("dịp Tết 2027", 2027), ("dịp Tết Nguyên đán Đinh Mùi", 2027), ("về phòng cháy", 0)],
)
def test_the_year_of_a_tet_is_told_by_number_or_by_name(title: str, year: int) -> None:
    assert tet_year(title) == year


# papers that are none


def test_a_text_without_numbering_is_refused(tmp_path: Path) -> None:
    assert (
        refused(typed(tmp_path / "x.txt", "CHỈ THỊ\nVề Tết\nMọi người vui Tết.")) == "no_numbering"
    )


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    assert refused(typed(tmp_path / "x.txt", " \n\u200b\n")) == "no_text"
    for name in ("x.docx", "x.pdf"):
        assert refused(typed(tmp_path / name, "")) == "broken"


@pytest.mark.parametrize(
    ("name", "raw", "why"),
    [
        ("x.txt", b"\x00\x01\x02\xff" * 9, "not_text"),
        ("x.txt", b"1. C\xf4ng an", "not_text"),  # an old code page
        ("x.docx", b"PK\x03\x04" + b"\x07" * 99, "broken"),
        ("x.pdf", b"%PDF-1.7\n" + b"\x07" * 99, "broken"),
        ("x.pdf", b"1. no pdf at all", "broken"),
        ("x.doc", b"\xd0\xcf\x11\xe0", "kind"),
    ],
)
def test_garbage_is_refused(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], name: str, raw: bytes, why: str
) -> None:
    (tmp_path / name).write_bytes(raw)

    assert refused(tmp_path / name) == why
    assert capfd.readouterr().err == ""  # the library keeps its complaints to itself


def test_a_huge_file_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "x.txt"
    with path.open("wb") as file:
        file.truncate(FILE_BYTES + 1)

    assert refused(path) == "too_large"


def test_a_text_as_long_as_a_book_is_refused(tmp_path: Path) -> None:
    assert refused(typed(tmp_path / "x.txt", "1. Công an tỉnh.\n" * 50_000)) == "too_long"


def test_a_paper_of_clauses_without_end_is_refused(tmp_path: Path) -> None:
    text = "1. Công an tỉnh:\n" + "- Trực.\n" * 301

    assert refused(typed(tmp_path / "x.txt", text)) == "too_many"


def test_a_docx_that_unpacks_to_a_hundred_times_its_size_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "x.docx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b" " * 51_000_000)

    assert (tmp_path / "x.docx").stat().st_size < 100_000
    assert refused(tmp_path / "x.docx") == "bomb"


def test_a_docx_whose_entities_multiply_is_harmless(tmp_path: Path) -> None:
    whole = io.BytesIO(in_word(tmp_path / "whole.docx").read_bytes())
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    with (
        zipfile.ZipFile(whole) as source,
        zipfile.ZipFile(tmp_path / "x.docx", "w") as archive,
    ):
        for part in source.namelist():
            raw = source.read(part)
            if part == "word/document.xml":
                text = raw.decode().replace("27/CT-UBND", "&e9;")
                head, _, rest = text.partition("?>")
                raw = f'{head}?><!DOCTYPE d [<!ENTITY e0 "lol">{entities}]>{rest}'.encode()
            archive.writestr(part, raw)

    assert outcome(tmp_path / "x.docx", forbidden="lol") in {"", "broken"}


def pdf(path: Path, pages: int = 1, password: str = "") -> Path:
    writer = pypdf.PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(100, 100)
    if password:
        writer.encrypt(password, algorithm="RC4-128")
    writer.write(str(path))
    return path


def test_a_pdf_with_a_password_is_refused(tmp_path: Path) -> None:
    assert refused(pdf(tmp_path / "x.pdf", password="secret")) == "locked"  # noqa: S106


def test_a_pdf_of_pictures_is_refused(tmp_path: Path) -> None:
    assert refused(pdf(tmp_path / "x.pdf")) == "scan"


def test_a_pdf_of_too_many_pages_is_refused(tmp_path: Path) -> None:
    assert refused(pdf(tmp_path / "x.pdf", pages=101)) == "pages"


# the draft as files


def files_of(draft: Draft, id: str = "ct-tet-2027") -> dict[str, str]:
    return draft_files(draft, id, AGENCIES, TEXTS, TODAY)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder of the written draft, below a folder of directives."""
    draft = drafted(tmp_path, TEXT)
    return write_draft(files_of(draft), tmp_path / "directive", draft_id(draft, "x"), force=False)


def test_the_written_draft_is_read_back_word_by_word(tmp_path: Path, folder: Path) -> None:
    (directive,) = load_directives(folder.parent, AGENCIES)

    draft = drafted(tmp_path, TEXT)
    assert directive.id == "ct-tet-2027"
    assert directive.issued == draft.issued
    assert [(c.id, c.agencies, c.source) for c in directive.clauses] == [
        (c.id, c.agencies, c.source) for c in draft.clauses
    ]
    assert directive.awaits_review


def test_quotes_colons_and_fences_of_the_paper_break_no_file(tmp_path: Path) -> None:
    text = "1. Công an \"tỉnh\": # nhớ\n- --- {x}: [y] \\ 'z' & *a | >\n- @b `c` %d\n"
    draft = drafted(tmp_path, text)
    write_draft(files_of(draft, "ct-x"), tmp_path / "d", "ct-x", force=False)

    (directive,) = load_directives(tmp_path / "d", AGENCIES)

    assert [clause.source for clause in directive.clauses] == list(sources(draft).values())


def test_what_became_of_an_agency_stands_beside_it(folder: Path) -> None:
    assert "# Cục Hải quan tỉnh nay là Chi cục" in (folder / "4.md").read_text("utf-8")


def test_what_no_clause_took_stands_in_a_file(folder: Path) -> None:
    told = (folder / LEFT_OVER).read_text("utf-8")

    assert "Mùa lễ năm trước" in told
    assert "Nơi nhận" in told


def test_a_draft_answers_nobody(folder: Path) -> None:
    directives = load_directives(folder.parent, AGENCIES)

    assert DirectiveSearch(directives, AGENCIES).find("công an tỉnh làm gì", None) is None


def test_each_draft_clause_awaits_review(folder: Path) -> None:
    knowledge = replace(KNOWLEDGE, directives=load_directives(folder.parent, AGENCIES))

    told = {f.path.name: f.text for f in check(knowledge, TODAY) if folder in f.path.parents}

    assert set(told) == {"directive.md", *(f"{id}.md" for id in IDS)}
    assert all("chờ người duyệt" in text for text in told.values())


def test_a_reviewed_clause_must_not_keep_the_papers_words(folder: Path) -> None:
    page = (folder / "3.md").read_text("utf-8")
    filled = page.replace("draft: true", "common: false").replace('short: ""', "short: Giữ kho.")
    filled = filled.replace('answers: ""', "answers: x") + "Giữ kho.\n"
    (folder / "3.md").write_text(filled, "utf-8")
    knowledge = replace(KNOWLEDGE, directives=load_directives(folder.parent, AGENCIES))

    (told,) = (f.text for f in check(knowledge, TODAY) if f.path == folder / "3.md")

    assert "nguyên văn" in told


def test_a_draft_is_replaced_only_when_told(tmp_path: Path, folder: Path) -> None:
    files = files_of(drafted(tmp_path, "1. Công an tỉnh: trực.\n"))

    with pytest.raises(DocumentError) as error:
        write_draft(files, folder.parent, folder.name, force=False)
    write_draft(files, folder.parent, folder.name, force=True)

    assert error.value.key == "exists"
    assert {path.name for path in folder.iterdir()} == {"directive.md", "1.md", LEFT_OVER}
    assert [path.name for path in folder.parent.iterdir()] == [folder.name]


@pytest.mark.parametrize("name", ["3.md", "photo.jpg"])
def test_reviewed_work_is_never_replaced(folder: Path, name: str) -> None:
    (folder / name).write_text("---\nclause: '3'\n---\n\nx\n", "utf-8")

    with pytest.raises(DocumentError) as error:
        write_draft({"directive.md": ""}, folder.parent, folder.name, force=True)

    assert error.value.key == "reviewed"
    assert (folder / "9.3.md").exists()


@pytest.mark.parametrize("name", ["..", "../x", "/x", "", "a b", "Ct", "ct_tet"])
def test_a_folder_that_is_no_id_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(DocumentError) as error:
        write_draft({}, tmp_path, name, force=False)

    assert error.value.key == "bad_id"
