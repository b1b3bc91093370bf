"""What `kb check` looks for beyond "can be read": lengths, sources, dead links, words people don't know."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

from knowledge.agencies import became, gone
from knowledge.article import Article, Law, Version
from knowledge.directive import Clause, Directive
from knowledge.faults import Fault
from knowledge.load import Knowledge
from knowledge.readable import unreadable
from knowledge.stats import REVIEWED
from knowledge.template_check import template_faults
from knowledge.topics import ACTIONS, AUDIENCES, TOPICS
from knowledge.vietnamese import fold

SHORT = 220  # characters of a short answer
TEXT = 900  # characters of a text
TITLE = 80
LABEL = 40
ASKS = (8, 20)
MOST_CHOICES = 4
CHECKED = timedelta(days=365)  # how long a hotline counts as checked
CLAUSE_WORDS = ("title", "agencies", "answers", "keywords", "ask", "short", "text")
DIRECTIVE_WORDS = ("title", "tet", "issuer", "ask", "short", "text")
ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
FIGURE = re.compile(r"\d+ ?(triệu|nghìn|tỷ)|\d đồng|\d+ (năm|tháng) tù|tù (từ )?\d+")
SUM = re.compile(r"\d[\d.,]*(?:–\d[\d.,]*)? ?(?:triệu|nghìn|tỷ|đồng)")
EMERGENCY = frozenset(("111", "112", "113", "114", "115"))
POINTS = str.maketrans(",.", ".,")  # 0.25 in English, 0,25 in Vietnamese
PHONE = re.compile(r"(?<![\d.,/])(?<!Điều )(?:11\d|1[89]00 ?\d{4,6}|0\d{8,10})(?![\d.,/]\d|\d)")
NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


def check(knowledge: Knowledge, today: date) -> tuple[Fault, ...]:
    """Every fault of the knowledge on a day, in the order of files and lines."""
    found: list[Fault] = []
    for article in knowledge.articles.values():
        for rule in RULES:
            found.extend(rule(article, knowledge.articles))
        found.extend(_stale(article, today))
    found.extend(_asked_twice(knowledge.articles.values()))
    found.extend(_same_fine(knowledge.articles.values()))
    found.extend(_unknown_numbers(knowledge))
    found.extend(_gone_agencies(knowledge))
    found.extend(_hotlines(knowledge, today))
    for directive in knowledge.directives:
        found.extend(_directive(directive, today))
    for template in knowledge.templates.values():
        faults = template_faults(template, knowledge.articles, knowledge.hotlines, today)
        found.extend(
            Fault(template.path, template.line, f"«{template.id}»: {text}") for text in faults
        )
    return tuple(sorted(found))


def single_sources(knowledge: Knowledge) -> int:
    """How many versions rest on one source, for an admin to hold against the official gazette."""
    return sum(v.single_source for a in knowledge.articles.values() for v in a.versions)


def _names(article: Article, _: Mapping[str, Article]) -> Iterator[Fault]:
    if not ID.fullmatch(article.id) or len(article.id) > 48:
        yield _at(article, "id chỉ gồm a-z, 0-9, «-», tối đa 48 ký tự")
    if article.topic not in TOPICS:
        yield _at(
            article, f"không có topic «{article.topic}»: xem DESIGN §4 hoặc docs/knowledge.md"
        )
    if len(article.title) > TITLE:
        yield _at(article, f"title dài {len(article.title)} ký tự, tối đa {TITLE}")
    if len(article.label) > LABEL:
        yield _at(article, f"label dài {len(article.label)} ký tự, tối đa {LABEL}")
    if not set(article.audience) <= set(AUDIENCES):
        yield _at(article, f"audience chỉ gồm: {', '.join(AUDIENCES)}")
    if not set(article.actions) <= set(ACTIONS):
        yield _at(article, f"actions chỉ gồm: {', '.join(ACTIONS)}")


def _asks(article: Article, _: Mapping[str, Article]) -> Iterator[Fault]:
    least, most = ASKS
    if not least <= len(article.ask) <= most:
        yield _at(article, f"có {len(article.ask)} dòng ask, cần {least}–{most}")


def _links(article: Article, articles: Mapping[str, Article]) -> Iterator[Fault]:
    for name, ids in (("related", article.related), ("choices", article.choices)):
        for id in ids:
            if id not in articles:
                yield _at(article, f"{name} chỉ tới «{id}» không tồn tại")
        if len(ids) > MOST_CHOICES:
            yield _at(article, f"{name} tối đa {MOST_CHOICES}")


def _lengths(article: Article, _: Mapping[str, Article]) -> Iterator[Fault]:
    for version in article.versions:
        if len(version.short) > SHORT:
            yield _at(article, f"short dài {len(version.short)} ký tự, tối đa {SHORT}", version)
        if len(version.text) > TEXT:
            yield _at(
                article, f"phần nội dung dài {len(version.text)} ký tự, tối đa {TEXT}", version
            )


def _readable(article: Article, _: Mapping[str, Article]) -> Iterator[Fault]:
    for version in article.versions:
        for text in (version.short, version.text):
            yield from (_at(article, fault, version) for fault in unreadable(text))


def _translation(article: Article, articles: Mapping[str, Article]) -> Iterator[Fault]:
    """A translation names no figure that the article does not."""
    original = articles.get(article.of or "")
    for version in article.versions if original else ():
        of = original.on(version.since) if original else None
        known = set(NUMBER.findall(f"{of.short} {of.text} {_places(of.law)}")) if of else set()
        known |= EMERGENCY
        for number in dict.fromkeys(NUMBER.findall(f"{version.short} {version.text}")):
            if number not in known and number.translate(POINTS) not in known:
                yield _at(article, f"số «{number}» không có trong bài «{article.of}»", version)


def _places(laws: Iterable[Law]) -> str:
    """The numbers by which laws are cited."""
    return " ".join(f"{law.document} {law.article} {law.clause}" for law in laws)


def _figures(article: Article, _: Mapping[str, Article]) -> Iterator[Fault]:
    for version in article.versions:
        if not version.law and FIGURE.search(f"{version.short} {version.text}"):
            yield _at(article, "có mức tiền hoặc hình phạt mà thiếu «law»", version)


def _stale(article: Article, today: date) -> Iterator[Fault]:
    if today - article.reviewed > REVIEWED:
        yield _at(article, f"rà soát lần cuối {article.reviewed}, đã quá một năm")
    if article.reviewed > today + timedelta(days=1):
        yield _at(article, f"ngày rà soát {article.reviewed} ở tương lai")


def _asked_twice(articles: Iterable[Article]) -> Iterator[Fault]:
    """The same question under two articles: the search could never tell them apart."""
    asked = sorted(
        (fold(line), article.id, article)
        for article in articles
        for line in (*article.ask, *article.utterances)
    )
    for (this, _, first), (that, _, second) in pairwise(asked):
        if this == that and first.id != second.id:
            yield _at(second, f"câu hỏi «{this}» đã có ở bài «{first.id}»")


def _same_fine(articles: Iterable[Article]) -> Iterator[Fault]:
    """One place of a law gives one sum: two answers of one date that rest on it have a sum in common."""
    known: dict[Law, list[tuple[Version, frozenset[str], Article]]] = {}
    for article in articles:
        for version in article.versions:
            sums = frozenset(SUM.findall(f"{version.short} {version.text}"))
            for law in version.law[:1] if version.law and version.law[0].point and sums else ():
                for other, figures, of in known.setdefault(law, []):
                    if sums.isdisjoint(figures) and _together(version, other):
                        text = f"không có mức nào trùng với bài «{of.id}» dù cùng căn cứ"
                        yield _at(article, f"{text}: {', '.join(sorted(figures))}", version)
                known[law].append((version, sums, article))


def _unknown_numbers(knowledge: Knowledge) -> Iterator[Fault]:
    """A telephone number that nobody checked misleads worse than none."""
    for article in knowledge.articles.values():
        for version in article.versions:
            for number in dict.fromkeys(PHONE.findall(f"{version.short} {version.text}")):
                if number not in knowledge.hotlines:
                    text = f"số điện thoại «{number}» không có trong hotlines.toml: kiểm tra rồi ghi vào đó"
                    yield _at(article, text, version)


def _hotlines(knowledge: Knowledge, today: date) -> Iterator[Fault]:
    for hotline in knowledge.hotlines.values():
        if today - hotline.checked > CHECKED:
            text = (
                f"số {hotline.number} kiểm tra lần cuối {hotline.checked}, đã quá một năm: gọi thử"
            )
            yield Fault(Path("hotlines.toml"), 1, text)


def _gone_agencies(knowledge: Knowledge) -> Iterator[Fault]:
    """Whoever is sent to an office that is no more has walked in vain."""
    for article in knowledge.articles.values():
        if (
            article.topic == "directive"
        ):  # says what a paper said; the answer adds what became of whom
            continue
        for version in article.versions:
            for agency in gone(f"{version.short}\n{version.text}", knowledge.agencies.values()):
                if version.until is None or version.until.isoformat() > agency.since:
                    text = f"nhắc tới cơ quan cũ: {became(agency)} Hãy sửa, hoặc nói rõ là cũ"
                    yield _at(article, text, version)


def _together(one: Version, other: Version) -> bool:
    """Whether there is a day on which both are in force."""
    return all(
        this.until is None or that.since <= this.until
        for this, that in ((one, other), (other, one))
    )


def _directive(directive: Directive, today: date) -> Iterator[Fault]:
    for clause in directive.clauses:
        yield from (_in_clause(directive, clause, text) for text in _clause_faults(clause))
    if directive.draft:
        yield Fault(directive.path, 1, _awaits_review(_missing(directive, DIRECTIVE_WORDS)))
    elif today - directive.reviewed > REVIEWED:
        yield Fault(directive.path, 1, f"rà soát lần cuối {directive.reviewed}, đã quá một năm")


def _awaits_review(missing: Sequence[str]) -> str:
    still = f"còn thiếu {', '.join(missing)}; " if missing else ""
    return f"bản nháp, chờ người duyệt: {still}duyệt xong thì bỏ dòng «draft»"


def _missing(thing: Clause | Directive, names: Sequence[str]) -> list[str]:
    return [name for name in names if not getattr(thing, name)]


def _clause_faults(clause: Clause) -> Iterator[str]:
    if clause.draft:
        yield _awaits_review(_missing(clause, CLAUSE_WORDS))
    elif clause.source:
        yield "còn nguyên văn của chỉ thị: bỏ «source» và «section», chỉ giữ lời viết lại"
    if len(clause.short) > SHORT:
        yield f"short dài {len(clause.short)} ký tự, tối đa {SHORT}"
    if len(clause.text) > TEXT:
        yield f"nội dung dài {len(clause.text)} ký tự, tối đa {TEXT}"
    for topic in clause.topics:
        if topic not in TOPICS:
            yield f"không có topic «{topic}»"
    yield from unreadable(clause.text)


def _in_clause(directive: Directive, clause: Clause, text: str) -> Fault:
    return Fault(directive.path.parent / f"{clause.id}.md", 1, text)


def _at(article: Article, text: str, version: Version | None = None) -> Fault:
    return Fault(article.path, version.line if version else 1, text)


Rule = Callable[[Article, Mapping[str, Article]], Iterator[Fault]]
RULES: tuple[Rule, ...] = (_names, _asks, _links, _lengths, _readable, _figures, _translation)
