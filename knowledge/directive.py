"""Finds what a directive orders of an agency, from a cadre's question in any spelling."""

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import log
from pathlib import Path
from typing import Any

from rapidfuzz import fuzz, process

from knowledge.agencies import Agency, load_agencies
from knowledge.clauses import Clause, Directive, changes, load_directives, place
from knowledge.duty_words import (
    Asked,
    Kind,
    Lexicon,
    Phrase,
    Token,
    concerned,
    phrase_of,
    tokens_of,
)

__all__ = [
    "Agency",
    "Clause",
    "Directive",
    "DirectiveHit",
    "DirectiveSearch",
    "changes",
    "load_agencies",
    "load_directives",
]

WORDS_FILE = Path(__file__).with_name("directive") / "words.toml"
MOST = 4  # clauses that answer a question about a content; a whole section may be longer
NEAR = 0.4  # weight of a word that a clause implies but does not say
NESTED = 0.5  # weight of a word inside a longer one ("ma túy" in "tội phạm ma túy")
PAIR = 0.35  # weight of two syllables that stand side by side in a clause
KEEP = 0.45  # of the best clause's score: what is under it is not said
ALIKE = 88  # rapidfuzz ratio from which a question counts as one of the `ask` lines
SAME = 93  # … from which it is one
EXACT = 99
ONLY_PAIRS = 0.65  # how far syllables side by side are trusted, where no keyword is
STRANGE = 0.35  # part of unknown words above which a question without a duty is none
FLOOR = 0.4  # a score under it is no answer to anybody
ROLES = {"own": 1.0, "shared": 0.85, "with": 0.4, "names": 0.35, "reports_to": 0.3}


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectiveHit:
    """What answers a question, best clause first; no clause: the directive as a whole.

    At most four clauses answer a content; an agency alone gets its whole section.
    `score` from 0.6 on is sure.
    """

    directive: Directive
    clauses: tuple[Clause, ...]
    score: float
    agency: Agency | None = None


class DirectiveSearch:
    """Finds the clauses a cadre asks for; None for a citizen's question. Drafts answer nobody."""

    def __init__(
        self,
        directives: Sequence[Directive],
        agencies: Mapping[str, Agency],
        words_file: Path = WORDS_FILE,
    ) -> None:
        reviewed = (directive for directive in directives if not directive.awaits_review)
        newest_first = sorted(reviewed, key=lambda directive: directive.tet, reverse=True)
        words = tomllib.loads(words_file.read_text("utf-8"))
        self._finders = [_Finder(directive, agencies, words) for directive in newest_first]

    def find(self, question: str, year: int | None) -> DirectiveHit | None:
        """What the newest directive (up to `year`) says; None where no duty is asked for."""
        for finder in self._finders:
            if year is None or finder.directive.tet <= year:
                return finder.find(question)
        return None


class _Finder:
    """Finds clauses of one directive."""

    def __init__(
        self, directive: Directive, agencies: Mapping[str, Agency], words: Mapping[str, Any]
    ) -> None:
        self.directive = directive
        self._agencies = agencies
        self._clauses = {clause.id: clause for clause in directive.clauses}
        self._place = re.compile(words["place"])
        self._met_by_citizens = frozenset(words["met_by_citizens"])
        self._lexicon = _lexicon(directive, agencies, words)
        self._pairs = _pairs(directive.clauses)
        # of each `ask` line: its clause (None: the directive as a whole) and the agencies it names
        self._asks: list[tuple[str | None, frozenset[str]]] = []
        self._ask_lines: list[str] = []
        self._fill_asks()

    def find(self, question: str) -> DirectiveHit | None:
        tokens = tokens_of(question)
        spans = self._lexicon.spans(tokens)
        if not concerned(spans):
            return None
        asked = Asked(tokens, spans, self.directive.by)
        if clauses := self._placed(tokens, asked):
            return self._hit(clauses, 0.95, asked)
        alike, overview = self._alike(tokens, asked)
        same = max(overview, *alike.values()) >= SAME if alike else overview >= SAME
        if (asked.is_personal or not asked.concerns) and not same:
            return None
        content = self._content(asked, alike)
        if asked.agencies:
            return self._of_agency(asked, content, same)
        if overview >= (EXACT if asked.content else SAME):
            return self._hit((), 0.9, asked)
        return self._of_content(asked, content, same)

    # what is asked for

    def _of_agency(
        self, asked: "Asked", content: Mapping[str, float], same: bool
    ) -> DirectiveHit | None:
        sure = 0.95 if asked.has_duty or same else self._without_duty(asked)
        scored = {id: s * self._share(self._clauses[id], asked) for id, s in content.items()}
        best = self._best(scored)
        if not best:
            if not asked.has_duty or (asked.content and not asked.left):
                # a content the directive gives to somebody else: the agency's own tasks, as a guess
                sure = min(sure, 0.4)
            best = self._own(asked.agencies[0]) if asked.has_duty else ()
            return self._hit(best, sure * (1 - 0.6 * bool(asked.left)), asked) if best else None
        if not (asked.has_duty or same) and asked.strangeness > STRANGE:
            return None
        known = 1.0 if asked.content or same else ONLY_PAIRS
        return self._hit(best, sure * known * (1 - 0.5 * asked.strangeness), asked)

    def _without_duty(self, asked: "Asked") -> float:
        """How sure a bare "agency, content" is a cadre's: "sở công thương kiểm tra xăng dầu"."""
        if asked.whether:
            return 0.35
        first, content = asked.named[0], asked.content[0] if asked.content else None
        said = content and max(content.phrase.clauses.values()) > NEAR
        met = asked.agencies[0] in self._met_by_citizens
        in_front = content is not None and first.start < content.start
        if met:
            return 0.55 if in_front else 0.35
        return 0.62 if said and in_front else 0.55

    def _of_content(
        self, asked: "Asked", content: Mapping[str, float], same: bool
    ) -> DirectiveHit | None:
        best = self._best(content)
        if same or asked.of_directive:
            if not best and asked.of_directive:
                return self._hit((), 0.9 * (1 - 0.6 * asked.strangeness), asked)
            known = 1.0 if asked.content or same else ONLY_PAIRS
            sure = 0.9 * known * (1 - 0.5 * asked.strangeness)
            return self._hit(best, sure, asked) if best else None
        if not best or not asked.content:
            return None
        sure, doubt = (0.85, 0.8) if Kind.APPARATUS in asked.kinds else (0.5, 0.9)
        return self._hit(best, sure * (1 - doubt * asked.strangeness), asked)

    def _hit(self, ids: Iterable[str], score: float, asked: "Asked") -> DirectiveHit | None:
        if score < FLOOR:
            return None
        return DirectiveHit(
            directive=self.directive,
            clauses=tuple(self._clauses[id] for id in ids),
            score=round(score, 3),
            agency=self._agencies.get(asked.agencies[0]) if asked.agencies else None,
        )

    def _placed(self, tokens: Sequence[Token], asked: "Asked") -> tuple[str, ...]:
        """The clauses that a question names by their place ("mục 5 của chỉ thị")."""
        if not asked.of_directive:
            return ()
        found = self._place.search(" ".join(plain for _, plain in tokens))
        numbers = [part for part in found.groups() if part] if found else []
        if not numbers:
            return ()
        id = ".".join(numbers)
        return tuple(c for c in self._clauses if c == id or c.startswith(f"{id}."))

    # how much a clause has to do with it

    def _content(self, asked: "Asked", alike: Mapping[str, float]) -> dict[str, float]:
        scores: dict[str, float] = defaultdict(float)
        for weight, phrase in self._weighed(asked):
            for id, share in phrase.clauses.items():
                scores[id] += weight * share
        for first, second in asked.left_pairs:
            for id in (where := self._pairs.get((first, second), frozenset())):
                scores[id] += PAIR * self._rarity(len(where))
            if where:
                asked.explain(first, second)
        for id, ratio in alike.items():
            scores[id] += 3 * (ratio - 80) / 20
        return scores

    def _weighed(self, asked: "Asked") -> Iterator[tuple[float, Phrase]]:
        """The phrases of the content, each once, with those inside longer ones."""
        seen: set[tuple[Token, ...]] = set()
        for span in asked.content:
            inside = self._lexicon.inside(asked.tokens[span.start : span.end], span.phrase)
            for phrase, weight in [(span.phrase, 1.0), *((inner, NESTED) for inner in inside)]:
                if phrase.words not in seen:
                    seen.add(phrase.words)
                    yield weight * self._rarity(len(phrase.clauses)), phrase

    def _best(self, scores: Mapping[str, float]) -> tuple[str, ...]:
        """The best ids, best first; equal ones by section, there the one of fewer tasks first."""

        def rank(id: str) -> tuple[float, int, int, int]:
            section, dash = place(id)
            return -round(scores[id], 6), section, len(self._clauses[id].keywords), dash

        ranked = sorted((id for id, score in scores.items() if score > 0), key=rank)
        return tuple(id for id in ranked[:MOST] if scores[id] >= KEEP * scores[ranked[0]])

    def _rarity(self, clauses: int) -> float:
        return log(1 + len(self._clauses) / max(clauses, 1))

    def _share(self, clause: Clause, asked: "Asked") -> float:
        """How much a clause is the agency's own; of several, the best and a little of the rest."""
        shares = sorted((self._role(clause, key) for key in asked.agencies), reverse=True)
        return shares[0] + 0.3 * sum(shares[1:])

    def _role(self, clause: Clause, agency: str) -> float:
        whose = {agency, *self.directive.under.get(agency, ())}
        if whose & set(clause.agencies):
            return ROLES["shared" if clause.common else "own"]
        if clause.common:
            return ROLES["shared"]
        for role, keys in (
            ("with", clause.supports),
            ("names", clause.names),
            ("reports_to", clause.reports_to),
        ):
            if whose & set(keys):
                return ROLES[role]
        return 0.0

    def _own(self, agency: str) -> tuple[str, ...]:
        """The clauses of an agency: its section, else what binds all, else where it helps."""
        whose = {agency, *self.directive.under.get(agency, ())}
        addressed = [c for c in self.directive.clauses if whose & set(c.agencies)]
        own = [c.id for c in addressed if not c.common]
        first = [c.id for c in addressed if place(c.id)[0] == place(addressed[0].id)[0]]
        helps = [c.id for c in self.directive.clauses if whose & {*c.supports, *c.names}]
        return tuple(own or first or helps)

    # reading the question

    def _alike(self, tokens: Sequence[Token], asked: "Asked") -> tuple[dict[str, float], float]:
        """Clauses with an `ask` line like the question → ratio; and the overview's ratio."""
        line = " ".join(plain for _, plain in tokens)
        found: dict[str, float] = {}
        overview = 0.0
        near = process.extract(
            line, self._ask_lines, scorer=fuzz.ratio, score_cutoff=ALIKE, limit=None
        )
        for _, ratio, index in near:
            id, agencies = self._asks[index]
            if agencies != frozenset(asked.agencies):
                continue
            if id:
                found[id] = max(ratio, found.get(id, 0.0))
            else:
                overview = max(ratio, overview)
        return found, overview

    # what is known beforehand

    def _fill_asks(self) -> None:
        lines = [(None, text) for text in self.directive.ask]
        of_clauses = [(clause.id, text) for clause in self.directive.clauses for text in clause.ask]
        for id, text in [*lines, *of_clauses]:
            tokens = tokens_of(text)
            asked = Asked(tokens, self._lexicon.spans(tokens), self.directive.by)
            self._asks.append((id, frozenset(asked.agencies)))
            self._ask_lines.append(" ".join(plain for _, plain in tokens))


def _lexicon(
    directive: Directive, agencies: Mapping[str, Agency], words: Mapping[str, Any]
) -> Lexicon:
    """The words of questions, the names of agencies, and what the clauses speak of."""
    known: dict[tuple[Token, ...], Phrase] = {}
    for kind in Kind:
        for text in words[kind.value]:
            phrase_of(text, known).kinds.add(kind)
    for agency in agencies.values():
        for text in (agency.name, *agency.aliases):
            phrase_of(text, known).agencies.append(agency.key)
    for clause in directive.clauses:
        said = [(text, 1.0) for text in clause.keywords]
        implied = [(text, NEAR) for text in clause.near]
        for text, weight in [*said, *implied]:
            phrase_of(text, known).clauses.setdefault(clause.id, weight)
    lexicon = Lexicon(known.values())
    for phrase in known.values():
        if Kind.APPARATUS in phrase.kinds and not phrase.clauses:
            for inner in lexicon.inside(phrase.words, phrase):
                phrase.clauses.update(inner.clauses)  # "ai chủ trì" asks for "chủ trì"
    return lexicon


def _pairs(clauses: Iterable[Clause]) -> dict[tuple[str, str], frozenset[str]]:
    """Two syllables side by side → the clauses they stand in."""
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    for clause in clauses:
        for text in (clause.title, clause.short, clause.text, *clause.keywords, *clause.ask):
            plain = [word for _, word in tokens_of(text)]
            for pair in pairwise(plain):
                found[pair].add(clause.id)
    return {pair: frozenset(ids) for pair, ids in found.items()}
