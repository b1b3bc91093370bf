"""Laws that end: from that day no answer rests on them; where nothing follows, the bot says so, not the old figure."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

from knowledge.article import Article, Version
from knowledge.faults import Fault, KnowledgeError
from knowledge.tables import read_toml
from knowledge.texts import Texts

NUMBER = re.compile(r"\d+/\d{4}(?:/[\w-]+)?")
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeal:
    """A law (its number decides: "144/2021") that is no longer in force from `since` on."""

    document: str
    since: date

    def ends(self, version: Version) -> bool:
        """Whether a version rests on it."""
        return any(same_law(self.document, law.document) for law in version.law)


def same_law(one: str, other: str) -> bool:
    """Whether two names mean one law: "Nghị định 144/2021" and "Nghị định 144/2021/NĐ-CP" do."""
    return law_key(one) == law_key(other)


def law_key(document: str) -> str:
    """What a law is known by: its number and year, else its name in small letters."""
    found = NUMBER.search(document)
    return "/".join(found[0].split("/")[:2]) if found else " ".join(document.lower().split())


def load_repeals(path: Path) -> tuple[Repeal, ...]:
    """The repeals of a TOML file, none where there is no file; KnowledgeError where it can't be used."""
    if not path.exists():
        return ()
    try:
        raw = read_toml(path).get("repeal", [])
        repeals = [Repeal(document=str(line["document"]), since=line["from"]) for line in raw]
        if not all(isinstance(repeal.since, date) for repeal in repeals):
            raise TypeError
    except (KeyError, TypeError):
        remedy = 'mỗi [[repeal]] cần document = "Nghị định …" và from = 2027-01-01'
        raise KnowledgeError([Fault(path, 1, remedy)]) from None
    return tuple(repeals)


def save_repeals(path: Path, repeals: Iterable[Repeal]) -> None:
    """Write repeals as `load_repeals` reads them."""
    lines = (
        f'[[repeal]]\ndocument = "{repeal.document.replace(chr(34), "")}"\nfrom = {repeal.since}\n'
        for repeal in repeals
    )
    path.write_text("\n".join(lines), "utf-8")


def withdrawn(article: Article, repeals: Iterable[Repeal], texts: Texts) -> Article:
    """The article with each version cut where a law it rests on ends; a gap is filled by a word that says so."""
    for repeal in repeals:
        if any(_hit(version, repeal) for version in article.versions):
            article = replace(article, versions=tuple(_cut(article.versions, repeal, texts)))
    return article


def ended(articles: Iterable[Article], repeal: Repeal) -> tuple[Article, ...]:
    """The articles that a repeal leaves without an answer from its day on."""
    return tuple(a for a in articles if any(_hit(version, repeal) for version in a.versions))


def _hit(version: Version, repeal: Repeal) -> bool:
    return repeal.ends(version) and (version.until is None or version.until >= repeal.since)


def _cut(versions: Sequence[Version], repeal: Repeal, texts: Texts) -> Iterator[Version]:
    for version, after in pairwise((*versions, None)):
        if version is None or not _hit(version, repeal):
            yield from (version,) if version else ()
            continue
        start = max(version.since, repeal.since)
        if version.since < repeal.since:
            yield replace(version, until=repeal.since - DAY)
        yield replace(
            version,
            since=start,
            until=after.since - DAY if after else version.until,
            short=texts("kb.repealed.short"),
            text=texts("kb.repealed.text", law=repeal.document, day=f"{repeal.since:%d/%m/%Y}"),
            law=(),
            source=texts("kb.repealed.source", law=repeal.document, day=f"{repeal.since:%d/%m/%Y}"),
            single_source=False,
        )
