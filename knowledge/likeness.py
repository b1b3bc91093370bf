"""Puts questions that ask the same together, so that an admin looks at groups and not at lines."""

from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from knowledge.lexicon import polite
from knowledge.vietnamese import clean, fold, syllables

ALIKE = 72  # rapidfuzz token_set_ratio of the words that say something


@dataclass(frozen=True, slots=True)
class Group:
    """Questions alike, the most typical first, each once; `count` with repetitions."""

    questions: tuple[str, ...]
    count: int


def groups(questions: Sequence[str]) -> list[Group]:
    """Groups of questions, the largest first; each question is in exactly one."""
    found: list[tuple[str, list[str]]] = []
    for question in questions:
        key = _telling(question)
        near = max(found, key=lambda each: fuzz.token_set_ratio(each[0], key), default=None)
        if near and fuzz.token_set_ratio(near[0], key) >= ALIKE:
            near[1].append(question)
        else:
            found.append((key, [question]))
    whole = [Group(tuple(dict.fromkeys(members)), len(members)) for _, members in found]
    return sorted(whole, key=lambda group: (-group.count, group.questions[0]))


def _telling(question: str) -> str:
    words = [word for word in syllables(fold(clean(question))) if word not in polite()]
    return " ".join(words) or fold(question)
