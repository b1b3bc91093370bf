"""Every sum and prison term of an answer stands in the table of researched facts, at a place the answer cites."""

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import pytest

from knowledge.article import Article, Law, Version, in_language
from knowledge.repeals import law_key
from tests.shipped import KNOWLEDGE

Figure = str  # "2-5": million đồng; "6m-3y": prison; "P4": licence points; "R10-12": months without a licence
UNIT = {"nghìn": 0.001, "triệu": 1.0, "tỷ": 1000.0, "đồng": 0.000001}
AMOUNT = r"(\d[\d.,]*)(?: (nghìn|triệu|tỷ)(?: đồng)?| đồng)?"
SUM = re.compile(rf"{AMOUNT}(?:–| đến (?:dưới )?){AMOUNT}(?= |[.,;)*]|$)|{AMOUNT}")
TERM = re.compile(r"(?<![\d,])(\d+)(?: (tháng|năm))?(?:–| đến )(\d+) (tháng|năm)(?! \d)")
PRISON = re.compile(r"\btù\b")
OTHER = re.compile(r"tước[^.;]*|đình chỉ[^.;]*|giấy phép[^.;]*|\d{1,2}/\d{1,2}/\d{4}|năm \d{4}\S*")
POINTS = re.compile(r"[Tt]rừ (\d+) điểm")
REVOKED = re.compile(r"[Tt]ước\b[^.;]*?tháng(?! tuổi)")
MONTHS = re.compile(r"(\d+)(–| đến )(\d+)")
SENTENCE = re.compile(r"(?<=[.;!?])\s|\n")


def known() -> dict[str, dict[str, set[Figure]]]:
    """The table: law → place → figures."""
    laws: dict[str, dict[str, set[Figure]]] = {}
    current: dict[str, set[Figure]] = {}
    for line in Path(__file__).with_name("figures.txt").read_text("utf-8").splitlines():
        if found := re.match(r"\[(\S+)\]", line):
            current = laws.setdefault(found[1], {})
        elif line and not line.startswith("#"):
            place, *figures = line.split()
            current.setdefault(place, set()).update(figures)
    return laws


TABLE = known()


def allowed(law: Law) -> set[Figure]:
    """The figures of a place and of all below and above it."""
    places = TABLE.get(law_key(law.document), {})
    wanted = f"{law.article or ''}.{law.clause or ''}{law.point or ''}".strip(".")
    return {
        figure
        for place, figures in places.items()
        if not wanted or _within(place, wanted) or _within(wanted, place) or place.isalpha()
        for figure in figures
    }


def _within(place: str, other: str) -> bool:
    """Whether a place is another or lies in it: 13.4đ in 13.4 in 13."""
    rest = place.removeprefix(other)
    return place.startswith(other) and (not rest or rest[0] == "." or not rest[0].isdigit())


def named(text: str) -> Iterator[tuple[Figure, str]]:
    """The figures of a text, with the sentence that names each."""
    for sentence in SENTENCE.split(text.replace("**", "")):
        plain = OTHER.sub("", sentence)
        yield from ((figure, sentence) for figure in _consequences(sentence))
        yield from ((figure, sentence) for figure in _sums(plain))
        if PRISON.search(plain):
            yield from ((figure, sentence) for figure in _terms(plain))


def _consequences(sentence: str) -> Iterator[Figure]:
    """What a licence loses."""
    yield from (f"P{points}" for points in POINTS.findall(sentence))
    for revoked in REVOKED.findall(sentence):
        for low, to, high in MONTHS.findall(revoked):
            yield from (f"R{low}-{high}",) if to == "–" else (f"R{low}", f"R{high}")


def _sums(sentence: str) -> Iterator[Figure]:
    for found in SUM.finditer(sentence):
        low, low_unit, high, high_unit, one, one_unit = found.groups()
        if low:
            upper = high_unit or ("đồng" if found[0].endswith("đồng") else None)
            lower = low_unit or ("đồng" if re.match(r"[\d.,]+ đồng", found[0]) else upper)
            if upper and lower:
                ends = _million(low, lower), _million(high, upper)
                yield from ends if " đến " in found[0] else ("-".join(ends),)
        elif one and (one_unit or found[0].endswith("đồng")):
            yield _million(one, one_unit or "đồng")


def _million(number: str, unit: str) -> str:
    value = float(number.strip(".,").replace(".", "").replace(",", ".")) * UNIT[unit]
    return f"{round(value, 3):g}"


def _terms(sentence: str) -> Iterator[Figure]:
    for low, unit, high, last in TERM.findall(sentence):
        yield f"{low}{_letter(unit or last)}-{high}{_letter(last)}"


def _letter(unit: str) -> str:
    return "m" if unit == "tháng" else "y"


def strange(article: Article, version: Version) -> list[str]:
    """The figures of a version that no place it cites knows.

    The short answer speaks of this version's law alone; the text may say what another version's law says.
    """
    others = [law for each in article.versions for law in each.law]
    return [
        f"{figure}: {sentence.strip()}"
        for text, laws in ((version.short, version.law), (version.text, others))
        for figure, sentence in named(text)
        if figure not in _with_ends(laws)
    ]


def _with_ends(laws: Iterable[Law]) -> set[Figure]:
    figures = {figure for law in laws for figure in allowed(law)}
    return figures | {end for figure in figures for end in _ends(figure)}


def _ends(figure: Figure) -> list[Figure]:
    kind = "R" if figure.startswith("R") else ""
    return [f"{kind}{end.removeprefix('R')}" for end in figure.split("-")]


def unmatched(version: Version, laws: Sequence[Law]) -> list[str]:
    """The sentences in which one sum stands beside one loss of a licence, and no place gives them together."""
    rows = [
        figures
        for law in laws
        for place, figures in TABLE.get(law_key(law.document), {}).items()
        if law.article is None or place.isalpha() or _within(place, law.article)
    ]
    found = []
    for sentence in SENTENCE.split(f"{version.short}\n{version.text}".replace("**", "")):
        losses = set(_consequences(sentence))
        sums = {figure for figure in _sums(OTHER.sub("", sentence)) if "-" in figure}
        if len(losses) == len(sums) == 1 and not any(row >= losses | sums for row in rows):
            found.append(sentence.strip())
    return found


ARTICLES = in_language(KNOWLEDGE.articles.values(), "vi")


@pytest.mark.parametrize("article", ARTICLES, ids=lambda article: article.id)
def test_every_figure_is_a_fact(article: Article) -> None:
    assert [strange(article, version) for version in article.versions] == [
        [] for _ in article.versions
    ]


@pytest.mark.parametrize("article", ARTICLES, ids=lambda article: article.id)
def test_points_and_months_stand_beside_the_sum_they_come_with(article: Article) -> None:
    laws = [law for version in article.versions for law in version.law]

    assert [unmatched(version, laws) for version in article.versions] == [
        [] for _ in article.versions
    ]


@pytest.mark.parametrize(
    ("text", "figures"),
    [
        ("Phạt 20–40 triệu đồng và tù 6 tháng–3 năm.", {"20-40", "6m-3y"}),
        ("Phạt 500.000 đồng–1 triệu đồng, tước bằng lái 10–12 tháng.", {"0.5-1", "R10-12"}),
        ("Phạt 6–8 triệu đồng, trừ 4 điểm bằng lái.", {"6-8", "P4"}),
        ("Tước bằng lái từ 10 đến 24 tháng.", {"R10", "R24"}),
        ("Từ 2 đến dưới 50 triệu đồng: 2–7 năm tù.", {"2", "50", "2y-7y"}),
        ("Thu lợi 100.000–200.000 đồng từ 15/12/2025.", {"0.1-0.2"}),
        ("Xe máy bị phạt đến 10 triệu đồng.", {"10"}),
    ],
)
def test_figures_are_read_as_a_person_reads_them(text: str, figures: set[str]) -> None:
    assert {figure for figure, _ in named(text)} == figures


def test_a_wrong_figure_is_found() -> None:
    article = KNOWLEDGE.articles["fireworks-penalty-use"]
    version = article.versions[-1]

    assert strange(article, version) == []
    (found,) = strange(
        article, Version(since=version.since, until=None, short="Phạt 20–45 triệu đồng.", text="")
    )
    assert found.startswith("20-45")


@pytest.mark.parametrize(
    ("wrong", "lone"),
    [("trừ 3 điểm bằng lái", True), ("phạt 6–8 triệu đồng và trừ 6 điểm bằng lái", False)],
)
def test_a_wrong_loss_of_points_is_found(wrong: str, lone: bool) -> None:
    article = KNOWLEDGE.articles["drink-driving-car-b1"]
    law = article.versions[-1].law
    version = Version(since=article.versions[-1].since, until=None, short=wrong, text="", law=law)

    assert unmatched(version, law) or strange(article, version)
    assert bool(strange(article, version)) is lone or unmatched(version, law)
