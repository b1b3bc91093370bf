"""Files → what the service knows, or every fault at once with its file and line."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cache
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from knowledge.areas import Areas, load_areas
from knowledge.article import Article, Law, Range, Version, in_language
from knowledge.clauses import as_articles
from knowledge.directive import Agency, Directive, load_agencies, load_directives
from knowledge.faults import Fault, KnowledgeError
from knowledge.frontmatter import Page, read_page, sections
from knowledge.hotlines import Hotline, load_hotlines
from knowledge.repeals import Repeal, load_repeals, withdrawn
from knowledge.templates import Template, load_templates
from knowledge.texts import Texts, load_texts
from knowledge.utterances import FILE as UTTERANCES
from knowledge.utterances import load_utterances

T = TypeVar("T")
SHIPPED = Path(__file__).parent
ENGLISH = "-en"  # how the id of an article in English ends
SLOTS = ("vehicle", "level", "weight", "age")


@dataclass(frozen=True, slots=True, kw_only=True)
class Knowledge:
    """Everything the service knows, by id or key; read-only."""

    articles: Mapping[str, Article]
    directives: tuple[Directive, ...]
    agencies: Mapping[str, Agency]
    hotlines: Mapping[str, Hotline]
    areas: Areas
    texts: Texts
    repeals: tuple[Repeal, ...] = ()
    templates: Mapping[str, Template] = field(default_factory=dict)

    def searched(self) -> tuple[Article, ...]:
        """What questions in Vietnamese are searched in: the articles, and the newest directive's clauses."""
        reviewed = (directive for directive in self.directives if not directive.awaits_review)
        newest = max(reviewed, key=lambda directive: directive.tet, default=None)
        clauses = as_articles(newest) if newest else ()
        return (*in_language(self.articles.values(), "vi"), *clauses)


def load_knowledge(folder: Path = SHIPPED) -> Knowledge:
    """The knowledge of a folder; KnowledgeError with all faults where it can't be used.

    An admin's folder lies over the shipped one: what it holds (an article, an agency, a number, a directive,
    a text) takes the place of the shipped one of the same id, all else is the
    shipped one's; areas are replaced as a whole tree.
    """
    if folder.resolve() == SHIPPED:
        return _shipped()
    if not folder.is_dir():
        raise KnowledgeError([Fault(folder, 1, "không thấy thư mục kiến thức này")])
    return _over(_shipped(), folder)


@cache
def _shipped() -> Knowledge:
    return _over(None, SHIPPED)


def _over(base: Knowledge | None, folder: Path) -> Knowledge:
    """What a folder holds, over a base; without a base everything has to be there."""
    faults: list[Fault] = []

    def part(name: str, load: Callable[[Path], T]) -> T | None:
        path = folder / name
        return _try(faults, lambda: load(path)) if base is None or path.exists() else None

    texts = part("texts.vi.toml", load_texts)
    hotlines = part("hotlines.toml", load_hotlines)
    templates = part("templates.toml", load_templates)
    agencies = part("agencies.csv", load_agencies)
    areas = part("areas.csv", load_areas)
    known = {**(base.agencies if base else {}), **(agencies or {})}
    directives = part("directive", lambda path: load_directives(path, known))
    under = base.articles if base else {}
    articles = part("articles", lambda path: load_articles(path, under))
    all_articles = {**under, **(articles or {})}
    utterances = _try(faults, lambda: load_utterances(folder / "articles", all_articles))
    repeals = _try(faults, lambda: load_repeals(folder / "repeals.toml"))
    if faults:
        raise KnowledgeError(sorted(faults))
    own = {each.id: each for each in directives or ()}
    merged = {each.id: each for each in base.directives} if base else {}
    words = Texts({**(base.texts.by_key if base else {}), **(texts.by_key if texts else {})})
    words_of = cache(words.in_language)
    ends = (*(base.repeals if base else ()), *(repeals or ()))
    return Knowledge(
        articles={
            id: withdrawn(_linked(each, all_articles), ends, words_of(each.lang))
            for id, each in _spoken(all_articles, under, utterances or {}).items()
        },
        directives=tuple((merged | own).values()),
        agencies=known,
        hotlines={**(base.hotlines if base else {}), **(hotlines or {})},
        areas=_whole(areas, base),
        texts=words,
        repeals=ends,
        templates={**(base.templates if base else {}), **(templates or {})},
    )


def _spoken(
    articles: Mapping[str, Article],
    under: Mapping[str, Article],
    utterances: Mapping[str, tuple[str, ...]],
) -> dict[str, Article]:
    """The articles with their utterances: a folder's own, and those of the article that one lies over."""
    return {
        id: replace(
            article,
            utterances=(*(under[id].utterances if id in under else ()), *utterances.get(id, ())),
        )
        for id, article in articles.items()
    }


def _whole(areas: Areas | None, base: Knowledge | None) -> Areas:
    """A folder's tree takes the place of the shipped one as a whole: provinces are not mixed."""
    if areas is not None:
        return areas
    return base.areas if base else Areas(())


def _linked(article: Article, known: Mapping[str, Article]) -> Article:
    """A translation has only those buttons that are translated too; an article's own are checked elsewhere."""
    if article.lang == "vi":
        return article
    return replace(article, choices=tuple(id for id in article.choices if id in known))


def load_articles(
    folder: Path, base: Mapping[str, Article] = MappingProxyType({})
) -> dict[str, Article]:
    """The articles below a folder by id; KnowledgeError with every fault of every file.

    `base`: the articles that a folder lies over; a translation may be of one of them.
    """
    faults: list[Fault] = []
    articles: dict[str, Article] = {}
    known = dict(base)
    # an article before its translation: "fireworks-buy.md" before "fireworks-buy-en.md"
    for path in sorted(
        folder.glob("*/*.md"),
        key=lambda path: (path.parent, path.stem.endswith(ENGLISH), path.stem),
    ):
        article = _try(faults, lambda path=path: _read(read_page(path), known))  # type: ignore[misc]
        if article is None:
            continue
        known[article.id] = article
        if article.id in articles:
            text = f"id «{article.id}» đã có ở {articles[article.id].path.name}: hãy đổi tên"
            faults.append(Fault(path, 1, text))
        articles[article.id] = article
    if not articles and not faults and not any(folder.glob(f"*/{UTTERANCES}")):
        faults.append(
            Fault(
                folder,
                1,
                "không có bài nào trong thư mục này: thêm bài (articles/<topic>/<id>.md), hoặc xoá thư mục articles",
            )
        )
    if faults:
        raise KnowledgeError(faults)
    return articles


def _read(page: Page, known: Mapping[str, Article]) -> Article:
    return read_translation(page, known) if "of" in page.values else read_article(page)


def read_translation(page: Page, known: Mapping[str, Article]) -> Article:
    """An article in English: its own words; law, dates, slots and buttons are those of the article it is `of`."""
    faults: list[Fault] = []
    take = _Taker(page, faults)
    name = take.text("of")
    if name not in known:
        raise KnowledgeError([page.fault(f"of chỉ tới bài «{name}» không tồn tại", "of")])
    original = known[name]
    if (id := take.text("id")) != page.path.stem or id != f"{name}{ENGLISH}":
        faults.append(page.fault(f"id và tên tệp phải là «{name}{ENGLISH}»", "id"))
    article = replace(
        original,
        id=id,
        of=name,
        lang="en",
        title=take.text("title"),
        label=take.text("label", take.text("title")),
        ask=take.texts("ask"),
        utterances=(),
        choices=tuple(f"{each}{ENGLISH}" for each in original.choices),
        related=(),
        reviewed=take.day("reviewed") or date.min,
        versions=_translated(page, take, original),
        path=page.path,
    )
    if faults:
        raise KnowledgeError(faults)
    return article


def _translated(page: Page, take: "_Taker", original: Article) -> tuple[Version, ...]:
    """The versions that have English words; at least the newest has."""
    texts = sections(page)
    found = []
    for index, raw in enumerate(take.maps("versions")):
        here = _Taker(page, take.faults, raw, ("versions", index))
        since = here.day("from")
        of = next((version for version in original.versions if version.since == since), None)
        if of is None:
            here.fault("không khớp phiên bản nào của bài gốc", "from")
            continue
        line, text = texts.get(of.since.isoformat(), (1, ""))
        if not text:
            here.fault(f"thiếu phần «## {of.since}» bên dưới", "from")
        source = here.text("source", "") or of.source
        found.append(replace(of, short=here.text("short"), text=text, source=source, line=line))
    if found and found[-1].since != original.versions[-1].since:
        take.fault("thiếu phiên bản mới nhất của bài gốc", "versions")
    return tuple(found)


def read_article(page: Page) -> Article:
    """The article of a page; KnowledgeError with every fault that keeps it from being used."""
    faults: list[Fault] = []
    take = _Taker(page, faults)
    article = Article(
        id=take.text("id"),
        topic=take.text("topic"),
        title=take.text("title"),
        label=take.text("label", take.text("title")),
        audience=take.texts("audience", ("citizen",)),
        ask=take.texts("ask"),
        slots=_slots(take),
        choices=take.texts("choices", ()),
        related=take.texts("related", ()),
        actions=take.texts("actions", ()),
        reviewed=take.day("reviewed") or date.min,
        versions=_versions(page, take),
        path=page.path,
    )
    if article.id and article.id != page.path.stem:
        faults.append(page.fault(f"id phải trùng tên tệp: «{page.path.stem}»", "id"))
    if article.topic and article.topic != page.path.parent.name:
        faults.append(page.fault(f"topic phải trùng thư mục: «{page.path.parent.name}»", "topic"))
    faults.extend(_broken_line(page, article.versions))
    if faults:
        raise KnowledgeError(faults)
    return article


def _broken_line(page: Page, versions: tuple[Version, ...]) -> Iterable[Fault]:
    """Gaps and overlaps: on any day from the first `from` on exactly one version is in force."""
    for index, (this, after) in enumerate(pairwise(versions)):
        if this.until is None or this.until >= after.since:
            text = f"phiên bản này chồng lên phiên bản từ {after.since}: sửa «until»"
            yield page.fault(text, "versions", index)
        elif this.until + timedelta(days=1) != after.since:
            text = f"thiếu phiên bản từ {this.until + timedelta(days=1)} đến {after.since}"
            yield page.fault(text, "versions", index)
    if versions and versions[-1].until is not None:
        text = (
            "phiên bản cuối không được có «until»: nếu quy định đã hết, thêm một phiên bản nói vậy"
        )
        yield page.fault(text, "versions", len(versions) - 1)


def _versions(page: Page, take: "_Taker") -> tuple[Version, ...]:
    texts = sections(page)
    found = []
    for index, raw in enumerate(take.maps("versions")):
        here = _Taker(page, take.faults, raw, ("versions", index))
        since = here.day("from")
        if since is None:
            continue
        line, text = texts.get(since.isoformat(), (1, ""))
        if not text:
            take.faults.append(page.fault(f"thiếu phần «## {since}» bên dưới", "versions", index))
        version = Version(
            since=since,
            until=here.day("until", required=False),
            short=here.text("short"),
            text=text,
            law=tuple(_law(here, place, raw) for place, raw in enumerate(here.maps("law", False))),
            source=here.text("source", "") or None,
            single_source=raw.get("single_source") is True,
            line=line,
        )
        if not version.law and not version.source:
            remedy = "thiếu căn cứ: thêm «law» hoặc «source»"
            take.faults.append(page.fault(remedy, "versions", index))
        found.append(version)
    dates = {version.since.isoformat() for version in found}
    for heading, (line, _) in texts.items():
        if heading not in dates:
            text = f"phần «## {heading}» không khớp «from» của phiên bản nào"
            take.faults.append(Fault(page.path, line, text))
    return tuple(found)


def _law(take: "_Taker", place: int, raw: Mapping[str, Any]) -> Law:
    here = _Taker(take.page, take.faults, raw, (*take.place, "law", place))
    parts = {key: str(raw[key]) for key in ("article", "clause", "point") if key in raw}
    return Law(document=here.text("document"), **parts)


def _slots(take: "_Taker") -> dict[str, str | Range]:
    raw = take.values.get("slots") or {}
    if not isinstance(raw, dict) or not set(raw) <= set(SLOTS):
        take.fault(f"slots chỉ gồm: {', '.join(SLOTS)}", "slots")
        return {}
    slots: dict[str, str | Range] = {}
    for name, value in raw.items():
        if isinstance(value, list) and len(value) == 2:
            slots[name] = (float(value[0]), float(value[1]))
        else:
            slots[name] = str(value)
    return slots


def _try(faults: list[Fault], load: Callable[[], T]) -> T | None:
    try:
        return load()
    except KnowledgeError as error:
        faults.extend(error.faults)
        return None


class _Taker:
    """Takes values of the right type out of a page, noting a fault for each that is missing or wrong."""

    def __init__(
        self,
        page: Page,
        faults: list[Fault],
        values: Mapping[str, Any] | None = None,
        place: tuple[str | int, ...] = (),
    ) -> None:
        self.page = page
        self.faults = faults
        self.values = page.values if values is None else values
        self.place = place

    def fault(self, text: str, key: str) -> None:
        self.faults.append(self.page.fault(text, *self.place, key))

    def text(self, key: str, default: str | None = None) -> str:
        value = self.values.get(key, default)
        if isinstance(value, str) and (value.strip() or default == ""):
            return value.strip()
        self.fault(f"thiếu «{key}» (một dòng chữ)", key)
        return ""

    def texts(self, key: str, default: tuple[str, ...] | None = None) -> tuple[str, ...]:
        value = self.values.get(key, default)
        if isinstance(value, str):
            value = [value]
        if isinstance(value, list | tuple) and all(isinstance(item, str) for item in value):
            return tuple(item.strip() for item in value)
        self.fault(f"«{key}» phải là danh sách các dòng chữ", key)
        return ()

    def day(self, key: str, required: bool = True) -> date | None:
        value = self.values.get(key)
        if isinstance(value, date):
            return value
        if required or value is not None:
            self.fault(f"«{key}» phải là ngày dạng 2025-12-15", key)
        return None

    def maps(self, key: str, required: bool = True) -> list[Mapping[str, Any]]:
        value = self.values.get(key)
        if value is None and not required:
            return []
        if isinstance(value, list) and value and all(isinstance(item, dict) for item in value):
            return value
        self.fault(f"«{key}» phải là danh sách có ít nhất một mục", key)
        return []
