"""A directive and its clauses as files hold them: what is ordered, of whom, who answers."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from knowledge.agencies import Agency, became
from knowledge.article import Article, Version
from knowledge.faults import Fault, KnowledgeError
from knowledge.frontmatter import Page, read_page
from knowledge.utterances import FILE as UTTERANCES
from knowledge.utterances import read_utterances

OVERVIEW = "directive.md"  # the file that speaks of the directive as a whole
WITHIN = "#"  # between a directive's id and a clause's
CLAUSE_ID = re.compile(r"(\d+|closing)(\.\d+)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """A dash of a section ("9.3"), a whole section ("3"), a closing paragraph ("closing.1").

    `common`: it binds every agency, beside its own section. `near`: words it implies, not its own.
    `draft`: no person has reviewed it; its values may be missing. `source`: the paper's own words,
    which a draft carries until they are put into ours.
    """

    id: str
    title: str
    agencies: tuple[str, ...]
    lead: str | None
    supports: tuple[str, ...]  # `with` in the file: who must cooperate
    reports_to: tuple[str, ...]
    names: tuple[str, ...]  # only mentioned
    answers: str
    topics: tuple[str, ...]
    keywords: tuple[str, ...]
    near: tuple[str, ...]
    deadline: str | None
    ask: tuple[str, ...]
    short: str
    text: str
    utterances: tuple[str, ...] = ()  # further ways to ask, only taught
    common: bool = False
    draft: bool = False
    source: str = ""
    path: Path = Path()

    @property
    def bodies(self) -> tuple[str, ...]:
        """Every agency the clause speaks of, once, the most concerned first."""
        lead = (self.lead,) if self.lead else ()
        everyone = (*lead, *self.agencies, *self.supports, *self.names, *self.reports_to)
        return tuple(dict.fromkeys(everyone))


@dataclass(frozen=True, slots=True, kw_only=True)
class Directive:
    """A directive for the Tết of year `tet`, clauses in its own order.

    `by`: the agencies whose order it is.
    `under`: a body it gives nothing → the bodies whose tasks that one carries out.
    """

    id: str
    title: str
    tet: int
    issuer: str
    issued: date | None
    note: str
    reviewed: date
    ask: tuple[str, ...]
    short: str
    text: str
    clauses: tuple[Clause, ...]
    by: tuple[str, ...] = ()
    under: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    draft: bool = False
    path: Path = Path()

    @property
    def awaits_review(self) -> bool:
        """Whether a person has yet to review any of it; until then it answers nobody."""
        return self.draft or any(clause.draft for clause in self.clauses)


def as_articles(directive: Directive) -> tuple[Article, ...]:
    """Its clauses as articles of the topic "directive", to be searched beside the others: "ct-tet-2024#9.3"."""
    return tuple(
        Article(
            id=f"{directive.id}{WITHIN}{clause.id}",
            topic="directive",
            title=clause.title,
            label=clause.title,
            audience=("cadre",),
            ask=clause.ask,
            utterances=(*clause.utterances, *_tasks(clause.text)),
            versions=(Version(since=date.min, until=None, short=clause.short, text=clause.text),),
            reviewed=directive.reviewed,
        )
        for clause in directive.clauses
    )


def _tasks(text: str) -> tuple[str, ...]:
    """The tasks of a clause, a line each: cadres ask by naming them."""
    return tuple(line.removeprefix("- ") for line in text.splitlines() if line.strip())


def changes(clause: Clause, agencies: Mapping[str, Agency]) -> tuple[str, ...]:
    """What became of the clause's agencies since, a plain sentence each."""
    found = (agencies[key] for key in clause.bodies if key in agencies)
    return tuple(became(agency) for agency in found if agency.now)


def load_directives(folder: Path, agencies: Mapping[str, Agency]) -> tuple[Directive, ...]:
    """The directives below a folder, newest Tết first; KnowledgeError with every fault.

    Without agencies (their file is broken) names of agencies are not checked.
    """
    faults: list[Fault] = []
    found = []
    for path in sorted(folder.glob(f"*/{OVERVIEW}")):
        try:
            found.append(_directive(path, agencies))
        except KnowledgeError as error:
            faults.extend(error.faults)
    if faults:
        raise KnowledgeError(sorted(faults))
    return tuple(sorted(found, key=lambda directive: directive.tet, reverse=True))


def _directive(path: Path, agencies: Mapping[str, Agency]) -> Directive:
    faults: list[Fault] = []
    clauses = []
    for file in sorted(path.parent.glob("*.md")):
        if file.name == OVERVIEW:
            continue
        try:
            clauses.append(_clause(read_page(file), agencies))
        except KnowledgeError as error:
            faults.extend(error.faults)
    said: dict[str, tuple[str, ...]] = {}
    if (file := path.parent / UTTERANCES).exists():
        try:
            said = read_utterances(file, {clause.id for clause in clauses})
        except KnowledgeError as error:
            faults.extend(error.faults)
    take = _Taker(read_page(path), agencies)
    directive = Directive(
        id=take.text("id"),
        title=take.text("title"),
        tet=take.number("tet"),
        issuer=take.text("issuer"),
        issued=take.day("issued"),
        note=take.text("note", required=False),
        reviewed=take.day("reviewed", required=not take.draft) or date.min,
        ask=take.texts("ask"),
        short=take.text("short"),
        text=take.page.body.strip(),
        clauses=tuple(
            replace(clause, utterances=said.get(clause.id, ()))
            for clause in sorted(clauses, key=lambda clause: place(clause.id))
        ),
        by=take.agencies("by"),
        under=take.under(),
        draft=take.draft,
        path=path,
    )
    if directive.id != path.parent.name:
        take.fault(f"id phải trùng tên thư mục: «{path.parent.name}»", "id")
    if faults := [*faults, *take.faults]:
        raise KnowledgeError(faults)
    return directive


def _clause(page: Page, agencies: Mapping[str, Agency]) -> Clause:
    take = _Taker(page, agencies)
    lead = take.agencies("lead")
    clause = Clause(
        id=take.text("clause"),
        title=take.text("title"),
        agencies=take.agencies("agencies", required=True),
        lead=lead[0] if lead else None,
        supports=take.agencies("with"),
        reports_to=take.agencies("reports_to"),
        names=take.agencies("names"),
        answers=take.text("answers"),
        topics=take.texts("topics"),
        keywords=take.texts("keywords"),
        near=take.texts("near", required=False),
        deadline=take.text("deadline", required=False) or None,
        ask=take.texts("ask"),
        short=take.text("short"),
        text=page.body.strip(),
        common=page.values.get("common") is True,
        draft=take.draft,
        source=take.text("source", required=False),
        path=page.path,
    )
    if not CLAUSE_ID.fullmatch(clause.id):
        take.fault('clause phải dạng "9.3", "3" hoặc closing.1', "clause")
    elif clause.id != page.path.name.removesuffix(".md"):
        take.fault(f"tệp phải tên là {clause.id}.md", "clause")
    if not clause.text and not clause.draft:
        take.fault("thiếu nội dung bên dưới phần đầu", "short")
    if take.faults:
        raise KnowledgeError(take.faults)
    return clause


def place(id: str) -> tuple[int, int]:
    """Where a clause stands, for sorting: (section, dash); the closing last."""
    section, _, dash = id.partition(".")
    return (int(section) if section.isdigit() else 1000), int(dash or 0)


class _Taker:
    """Takes values of the right kind out of a page, noting a fault for each that is not.

    What a draft lacks is no fault: `kb check` says that it awaits review.
    """

    def __init__(self, page: Page, agencies: Mapping[str, Agency]) -> None:
        self.page = page
        self.known = agencies
        self.draft = page.values.get("draft") is True
        self.faults: list[Fault] = []

    def fault(self, text: str, key: str) -> None:
        self.faults.append(self.page.fault(text, key))

    def text(self, key: str, required: bool = True) -> str:
        value = self.page.values.get(key)
        if isinstance(value, str) and value.strip():
            return value.strip()
        if self.draft and value in (None, ""):
            return ""
        if required or value is not None:
            self.fault(f"thiếu «{key}» (một dòng chữ; số thì đặt trong ngoặc kép)", key)
        return ""

    def texts(self, key: str, required: bool = True) -> tuple[str, ...]:
        value = self.page.values.get(key)
        if isinstance(value, str):
            value = [value]
        if self.draft and value is None:
            return ()
        if isinstance(value, list) and all(isinstance(item, str) for item in value):
            return tuple(item.strip() for item in value)
        if required or value is not None:
            self.fault(f"«{key}» phải là danh sách các dòng chữ", key)
        return ()

    def agencies(self, key: str, required: bool = False) -> tuple[str, ...]:
        names = self.texts(key, required)
        for name in names if self.known else ():
            if name not in self.known:
                self.fault(f"«{name}» không có trong agencies.csv", key)
        return names

    def number(self, key: str) -> int:
        value = self.page.values.get(key)
        if isinstance(value, int) or (self.draft and value is None):
            return value or 0
        self.fault(f"«{key}» phải là một số", key)
        return 0

    def day(self, key: str, required: bool = False) -> date | None:
        value = self.page.values.get(key)
        if isinstance(value, date):
            return value
        if required or value is not None:
            self.fault(f"«{key}» phải là ngày dạng 2025-12-15", key)
        return None

    def under(self) -> dict[str, tuple[str, ...]]:
        value = self.page.values.get("under") or {}
        if not isinstance(value, dict):
            self.fault("«under» phải là các dòng «cơ quan: [cơ quan]»", "under")
            return {}
        found = {str(key): tuple(map(str, whose or ())) for key, whose in value.items()}
        for name in {name for key, whose in found.items() for name in (key, *whose)}:
            if self.known and name not in self.known:
                self.fault(f"«{name}» không có trong agencies.csv", "under")
        return found
