"""The province's tree: today's communes and hamlets, found by any spelling and by the names from before 1 July 2025."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from rapidfuzz import process
from rapidfuzz.distance import OSA

from knowledge.faults import Fault, KnowledgeError
from knowledge.tables import read_table
from knowledge.vietnamese import fold, syllables

COLUMNS = (
    "id", "name", "kind", "parent", "aliases", "old_names", "households", "hotline", "duty",
)  # fmt: skip
SAMPLE = "tinh-mau"  # the id of the invented province that is shipped
ID_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-")
LONGEST_ID = 48  # letters: it has to fit into a button and a deep link of 64
LONGEST = 12  # syllables looked at
PHRASE = 6  # syllables of the longest name
MOST = 6  # areas offered where several may be meant
TYPOS = ((9, 2), (5, 1))  # a name of so many letters may have so many wrong ones; shorter ones none
KIND_WORDS = (
    "tinh", "thanh pho", "thi xa", "thi tran", "huyen", "quan", "xa", "phuong",
    "to dan pho", "khu pho", "thon", "ban", "xom", "khu", "ap", "tdp", "tt", "tx", "p", "x", "h",
)  # fmt: skip


class Kind(StrEnum):
    """The levels of the tree, of two tiers since 1 July 2025, and the hamlet below them."""

    PROVINCE = "province"
    COMMUNE = "commune"
    HAMLET = "hamlet"


ABOVE = {Kind.PROVINCE: None, Kind.COMMUNE: Kind.PROVINCE, Kind.HAMLET: Kind.COMMUNE}


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """One place. `old_names`: what it or a part of it was called before; `duty`: the officer on duty's telephone."""

    id: str
    name: str
    kind: Kind
    parent: str | None = None
    aliases: tuple[str, ...] = ()
    old_names: tuple[str, ...] = ()
    households: int = 0  # 0: not counted here; `Areas.households` adds up
    hotline: str = ""
    duty: str = ""


@dataclass(frozen=True, slots=True)
class Match:
    """An area that a text may mean, by which of its names; `old`: one that it no longer has."""

    area: Area
    name: str
    old: bool = False


class Areas(Mapping[str, Area]):
    """The tree, by id, and the way from what people type to a place of today."""

    def __init__(self, areas: Iterable[Area]) -> None:
        self._by_id = {area.id: area for area in areas}
        self._children: defaultdict[str, list[Area]] = defaultdict(list)
        self._named: defaultdict[str, list[Match]] = defaultdict(list)
        for area in self._by_id.values():
            self._children[area.parent or ""].append(area)
            for match in _names(area):
                self._named[key(match.name)].append(match)
        self._joined = {name.replace(" ", ""): name for name in self._named}

    def __getitem__(self, id: str) -> Area:
        return self._by_id[id]

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_id)

    def __len__(self) -> int:
        return len(self._by_id)

    @property
    def province(self) -> Area:
        """The one root of the tree."""
        return self._children[""][0]

    @property
    def communes(self) -> tuple[Area, ...]:
        return tuple(area for area in self._by_id.values() if area.kind is Kind.COMMUNE)

    @property
    def sample(self) -> bool:
        """Whether this is the invented province that the program ships with."""
        return SAMPLE in self._by_id

    def within(self, id: str) -> tuple[Area, ...]:
        """An area and all below it."""
        below = (each for child in self._children[id] for each in self.within(child.id))
        return (self._by_id[id], *below)

    def above(self, id: str) -> tuple[Area, ...]:
        """An area and all that it lies in, the province last."""
        area = self._by_id[id]
        return (area, *(self.above(area.parent) if area.parent else ()))

    def commune(self, id: str) -> Area | None:
        """The commune that an area is or lies in; None for the province."""
        return next((area for area in self.above(id) if area.kind is Kind.COMMUNE), None)

    def households(self, id: str) -> int:
        """How many households an area has: as counted, else the sum of what is below it."""
        area = self._by_id[id]
        return area.households or sum(self.households(c.id) for c in self._children[id])

    def find(self, text: str) -> tuple[Area, ...]:
        """The areas that a text may mean, the likeliest first, at most six; of any spelling, old or new."""
        return tuple(match.area for match in self.match(text))

    def match(self, text: str) -> tuple[Match, ...]:
        """The same with the names that were recognised; of one place the name that it has today."""
        words = syllables(fold(text))[:LONGEST]
        said = self._said(words) or self._nearly(words)
        return _first_of_each(_agreeing(self, said))[:MOST]

    def _said(self, words: list[str]) -> list[list[Match]]:
        """The places of each name that stands in the words, the longest names first taken."""
        found, start = [], 0
        while start < len(words):
            for end in range(min(len(words), start + PHRASE), start, -1):
                before = words[max(0, start - 3) : start]
                if len(words) > 1 and end - start == 1 and not _kind_said(before):
                    continue  # "cho tôi …" is no "khu phố Chợ": so short a name stands behind its kind, or alone
                if matches := self._by_words(words[start:end], before):
                    found.append(matches)
                    start = end - 1
                    break
            start += 1
        return found

    def _by_words(self, words: list[str], before: list[str]) -> list[Match]:
        """The places of a name; where a word says what kind of place it is, only of that kind."""
        name = " ".join(words)
        matches = self._named.get(name) or self._named.get(self._joined.get(name, ""), [])
        stated = _kind_said(before)
        if of_kind := [m for m in matches if stated and _kind_word(m.name) == stated]:
            return of_kind
        return [m for m in matches if _today(m)] or list(matches)

    def _nearly(self, words: list[str]) -> list[list[Match]]:
        """The places whose names differ from what was typed by a letter or two, never by a number."""
        for size in range(min(len(words), PHRASE), 0, -1):
            for start in range(len(words) - size + 1):
                typed = key(" ".join(words[start : start + size])).replace(" ", "")
                if found := [m for name in self._near(typed) for m in self._named[name]]:
                    return [found]
        return []

    def _near(self, typed: str) -> list[str]:
        allowed = next((typos for letters, typos in TYPOS if len(typed) >= letters), 0)
        if not allowed:
            return []
        near = process.extract(
            typed, self._joined.keys(), scorer=OSA.distance, score_cutoff=allowed, limit=MOST
        )
        names = [(distance, name) for name, distance, _ in near if _digits(name) == _digits(typed)]
        least = min((distance for distance, _ in names), default=0)
        return [self._joined[name] for distance, name in names if distance == least]


def _kind_said(before: list[str]) -> str:
    """The word for a kind of place ("khu pho") that ends these words; "" for none."""
    return next((k for k in KIND_WORDS if " ".join(before).endswith(k) and before), "")


def key(name: str) -> str:
    """A name without marks and without what kind of place it is: "Xã Suối Gương" → "suoi guong"."""
    plain = " ".join(syllables(fold(name)))
    word = _kind_word(name)
    rest = plain.removeprefix(word).strip()
    return plain if not word or not rest or rest.isdecimal() else rest


def load_areas(path: Path) -> Areas:
    """The tree of a CSV file; KnowledgeError with every faulty line."""
    rows = read_table(path, COLUMNS)
    faults = [Fault(path, line, text) for line, row in rows for text in _row_faults(row)]
    if not faults:
        faults = [Fault(path, line, text) for line, text in _tree_faults(rows)]
    if faults:
        raise KnowledgeError(sorted(faults))
    return Areas(_area(row) for _, row in rows)


def _names(area: Area) -> Iterator[Match]:
    yield Match(area, area.name)
    for alias in area.aliases:
        yield Match(area, alias)
    for old in area.old_names:
        yield Match(area, old, old=True)


def _kind_word(name: str) -> str:
    """What kind of place a name says it is, folded; "" where it doesn't."""
    plain = " ".join(syllables(fold(name)))
    return next((word for word in KIND_WORDS if plain.startswith(f"{word} ")), "")


def _today(match: Match) -> bool:
    """Whether it is today's name of a commune: a bare "Nà Mây" is the commune, not the old district."""
    return not match.old and match.area.kind is not Kind.HAMLET


def _agreeing(areas: Areas, said: list[list[Match]]) -> list[Match]:
    """Of all that was said, the places that most of it agrees on; a hamlet before its commune."""

    def agrees(match: Match, others: list[Match]) -> bool:
        above = {area.id for area in areas.above(match.area.id)}
        return any(
            o.area.id in above or match.area.id in {a.id for a in areas.above(o.area.id)}
            for o in others
        )

    scored = [
        (sum(agrees(match, others) for others in said), len(areas.above(match.area.id)), match)
        for group in said
        for match in group
    ]
    most = max((agreed for agreed, _, _ in scored), default=0)
    best = [(deep, match) for agreed, deep, match in scored if agreed == most]
    if most > 1:  # "thôn 1 xã Đồng Nắng" means the hamlet
        deepest = max(deep for deep, _ in best)
        return [match for deep, match in best if deep == deepest]
    return [match for deep, match in best]


def _first_of_each(matches: list[Match]) -> tuple[Match, ...]:
    """One match a place: communes before hamlets, the names of today before the old ones."""
    found: dict[str, Match] = {}
    for match in sorted(matches, key=lambda m: (m.area.kind is Kind.HAMLET, m.old)):
        found.setdefault(match.area.id, match)
    return tuple(found.values())


def _digits(text: str) -> str:
    return "".join(letter for letter in text if letter.isdigit())


def _row_faults(row: Mapping[str, str | None]) -> Iterator[str]:
    if None in row or None in row.values():
        yield f"dòng phải có đúng {len(COLUMNS)} cột; ô có dấu phẩy đặt trong ngoặc kép"
        return
    cells = {name: str(value).strip() for name, value in row.items()}
    if not cells["id"] or not set(cells["id"]) <= ID_LETTERS or len(cells["id"]) > LONGEST_ID:
        yield f"id «{cells['id']}» chỉ gồm a-z, 0-9, «-», tối đa {LONGEST_ID} ký tự"
    if not cells["name"]:
        yield "thiếu name"
    if cells["kind"] not in tuple(Kind):
        yield f"kind là một trong: {', '.join(Kind)}"
    if cells["households"] and not cells["households"].isdecimal():
        yield "households là số hộ, chỉ gồm chữ số"
    for name in ("hotline", "duty"):
        digits = cells[name].replace(" ", "")
        if digits and not (digits.isdecimal() and 3 <= len(digits) <= 11):
            yield f"{name} «{cells[name]}» không phải số điện thoại"


def _tree_faults(rows: list[tuple[int, dict[str, str]]]) -> Iterator[tuple[int, str]]:
    """What is wrong between lines: the same id or name twice, a parent that is none."""
    kinds = {row["id"].strip(): Kind(row["kind"].strip()) for _, row in rows}
    ids: set[str] = set()
    names: set[tuple[str, str]] = set()
    for line, row in rows:
        id, parent = row["id"].strip(), row["parent"].strip()
        wanted = ABOVE[kinds[id]]
        if id in ids:
            yield line, f"trùng id «{id}»"
        if wanted is None and parent:
            yield line, "tỉnh không có parent"
        if wanted and kinds.get(parent) is not wanted:
            yield line, f"parent phải là id của một dòng kind {wanted}"
        if (parent, fold(row["name"])) in names:
            yield line, f"trùng tên «{row['name']}» trong cùng một nơi"
        ids.add(id)
        names.add((parent, fold(row["name"])))
    if list(kinds.values()).count(Kind.PROVINCE) != 1:
        yield 1, "cần đúng một dòng kind province"


def _area(row: Mapping[str, str]) -> Area:
    def parts(name: str) -> tuple[str, ...]:
        return tuple(part.strip() for part in row[name].split(";") if part.strip())

    return Area(
        id=row["id"].strip(),
        name=row["name"].strip(),
        kind=Kind(row["kind"].strip()),
        parent=row["parent"].strip() or None,
        aliases=parts("aliases"),
        old_names=parts("old_names"),
        households=int(row["households"].strip() or 0),
        hotline=row["hotline"].replace(" ", ""),
        duty=row["duty"].replace(" ", ""),
    )
