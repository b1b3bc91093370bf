"""A draft directive as files: the form of knowledge/directive/, marked as draft, for a person to put into our words."""

import json
import re
import shutil
import tempfile
import textwrap
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from knowledge.agencies import Agency, became
from knowledge.clauses import OVERVIEW
from knowledge.faults import KnowledgeError
from knowledge.frontmatter import read_page
from knowledge.ingest.clauses import Draft, DraftClause
from knowledge.ingest.documents import DocumentError
from knowledge.texts import Texts
from knowledge.vietnamese import fold

LEFT_OVER = "left-over.txt"  # the lines that are in no clause
WIDTH = 120
ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
PLAIN = re.compile(r"[^\W\d][\w ]*")  # a word list's entry that needs no quotes


def draft_id(draft: Draft, stem: str) -> str:
    """A folder's name: by the year of its Tết, else by the paper's file name."""
    if draft.tet:
        return f"ct-tet-{draft.tet}"
    slug = "-".join(re.findall(r"[a-z0-9]+", fold(stem)))
    return f"ct-{slug[:40].strip('-') or 'moi'}"


def draft_files(
    draft: Draft, id: str, agencies: Mapping[str, Agency], texts: Texts, today: date
) -> dict[str, str]:
    """The files of a draft: name → text."""
    files = {OVERVIEW: _overview(draft, id, texts, today)}
    for clause in draft.clauses:
        files[f"{clause.id}.md"] = _page(clause, agencies, texts)
    files[LEFT_OVER] = left_over(draft, texts)
    return files


def left_over(draft: Draft, texts: Texts) -> str:
    """The lines that are in no clause, each with its number and why; then what is odd."""
    lines = [
        texts(
            "ingest.left_line", number=one.line.number, why=why(one.why, texts), text=one.line.text
        )
        for one in draft.left
    ]
    lines += [
        texts("ingest.doubt_line", number=d.line.number, why=why(d.key, texts), text=d.line.text)
        for d in draft.doubts
    ]
    return "\n".join((texts("ingest.left_head"), *lines, ""))


def why(key: str, texts: Texts) -> str:
    return texts(f"ingest_why.{key}")


def write_draft(files: Mapping[str, str], out: Path, id: str, force: bool) -> Path:
    """Write a draft's folder whole or not at all; DocumentError where that would cost reviewed work."""
    if not ID.fullmatch(id):
        raise DocumentError("bad_id", id=id)
    folder = out / id
    if folder.exists():
        if not force:
            raise DocumentError("exists", folder=str(folder))
        if not only_drafts(folder):
            raise DocumentError("reviewed", folder=str(folder))
    try:
        out.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".draft-", dir=out) as made:
            new = Path(made) / id
            new.mkdir()
            for name, text in files.items():
                (new / name).write_text(text, "utf-8")
            if folder.exists():
                folder.rename(Path(made) / "old")
            shutil.move(new, folder)
    except OSError:
        raise DocumentError("unwritable", folder=str(out)) from None
    return folder


def only_drafts(folder: Path) -> bool:
    """Whether everything in a folder is a draft of ours: nothing there that a person has finished or put in."""
    names = {path.name for path in folder.iterdir()} if folder.is_dir() else {""}
    pages = [name for name in names if name.endswith(".md")]
    if names - {*pages, LEFT_OVER} or folder.is_symlink():
        return False
    try:
        return all(read_page(folder / name).values.get("draft") is True for name in pages)
    except KnowledgeError:
        return False


def _overview(draft: Draft, id: str, texts: Texts, today: date) -> str:
    front = [
        f"id: {id}",
        f"draft: true   # {texts('ingest.hint_draft')}",
        f"title: {_quoted(draft.title)}   # {texts('ingest.hint_title')}",
        f"tet: {draft.tet or 'null'}",
        f"issuer: {_quoted(draft.issuer)}",
        f"by: {_keys(draft.by)}",
        f"issued: {draft.issued or 'null'}",
        f"note: {_quoted(texts('ingest.note', number=draft.number) if draft.number else '')}",
        f"reviewed: {today}",
        "under: {}",
        "ask: []",
        'short: ""',
    ]
    return _fenced(front)


def _page(clause: DraftClause, agencies: Mapping[str, Agency], texts: Texts) -> str:
    first, last = clause.lines
    spoken_of = (*clause.agencies, *clause.supports, *clause.reports_to, *clause.names)
    changed = [agencies[key] for key in dict.fromkeys(spoken_of) if agencies[key].now]
    front = [
        f"clause: {_quoted(clause.id)}",
        f"draft: true   # {texts('ingest.hint_draft')}",
        f"title: {_quoted(clause.title)}",
        *(f"# {became(agency)}" for agency in changed),
        f"agencies: {_keys(clause.agencies)}",
        f"lead: {clause.lead or 'null'}",
        f"with: {_keys(clause.supports)}",
        f"reports_to: {_keys(clause.reports_to)}",
        f"names: {_keys(clause.names)}",
        'answers: ""',
        f"topics: {_keys(clause.topics)}",
        f"keywords: {_phrases(clause.keywords)}",
        "near: []",
        f"deadline: {_quoted('; '.join(clause.deadlines)) if clause.deadlines else 'null'}",
        "ask: []",
        'short: ""',
        f"# {texts('ingest.hint_source', page=clause.page, first=first, last=last)}",
        *(_folded("section", clause.section) if clause.section else ()),
        *_folded("source", clause.source),
    ]
    return _fenced(front)


def _fenced(front: list[str]) -> str:
    return "\n".join(("---", *front, "---", "", ""))


def _quoted(text: str) -> str:
    """A YAML string; JSON's are."""
    return json.dumps(text, ensure_ascii=False)


def _keys(keys: tuple[str, ...]) -> str:
    return f"[{', '.join(keys)}]"


def _phrases(phrases: tuple[str, ...]) -> str:
    return f"[{', '.join(p if PLAIN.fullmatch(p) else _quoted(p) for p in phrases)}]"


def _folded(key: str, text: str) -> list[str]:
    """A long text over several lines that YAML reads as one."""
    lines = textwrap.wrap(text, WIDTH, break_long_words=False, break_on_hyphens=False)
    return [f"{key}: >-", *(f"  {line}" for line in lines)]
