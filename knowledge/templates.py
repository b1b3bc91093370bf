"""Warnings written beforehand: an officer fills in place and hour, the law's figures come from the articles."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from knowledge.article import Article
from knowledge.faults import Fault, KnowledgeError
from knowledge.sms import unmarked
from knowledge.tables import read_toml
from knowledge.texts import placeholders

GIVEN = ("xa", "dien_thoai", "luat")  # filled by the area and the law, not by the officer
HOLE = "\x00"  # where a field stands, while a form is compared
FILLING = r"[^\n]{1,120}?"  # what an officer may have put there
KINDS = ("clock", "date", "words")


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """What an officer fills in: `label` names it, `hint` is an example, `kind` is clock, date or words."""

    label: str
    hint: str
    kind: str = "words"


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A warning with {fields}; `law`: the article whose short answer is {luat}; `ready`: approved in advance."""

    id: str
    topic: str
    name: str
    text: str
    sms: str
    urgent: bool = False
    law: str = ""
    ready: bool = False
    fields: Mapping[str, Field] = field(default_factory=dict)
    path: Path = Path()
    line: int = 1

    @property
    def asked(self) -> tuple[str, ...]:
        """The fields that an officer fills, in the order of the text."""
        wanted = placeholders(self.text) | placeholders(self.sms)
        return tuple(name for name in self.fields if name in wanted)

    def filled(
        self, values: Mapping[str, str], articles: Mapping[str, Article], on: date
    ) -> tuple[str, str]:
        """(text, sms) with what is known filled in; a field without a value stays as {field}."""
        version = articles[self.law].on(on) if self.law in articles else None
        known = {name: value for name, value in values.items() if value}
        known["luat"] = version.short if version else ""
        text = self.text.format_map(_Open(known))
        sms = self.sms.format_map(_Open({name: unmarked(value) for name, value in known.items()}))
        return "\n\n".join(filter(None, text.split("\n\n"))), sms

    def made(self, text: str, sms: str, articles: Mapping[str, Article], on: date) -> bool:
        """Whether words are this template's with nothing but its fields filled, by the law of a day."""
        forms = self.filled(dict.fromkeys((*self.fields, *GIVEN), HOLE), articles, on)
        return all(
            re.fullmatch(re.escape(form).replace(HOLE, FILLING), words)
            for form, words in zip(forms, (text, sms), strict=True)
        )


class _Open(dict[str, str]):
    """Leaves a field without a value as it stands."""

    def __missing__(self, key: str) -> str:
        return "{" + key + "}"


def load_templates(path: Path) -> dict[str, Template]:
    """The templates of a TOML file by id; KnowledgeError where it can't be used."""
    try:
        raw = read_toml(path)
        content = path.read_text("utf-8")
        fields = {name: Field(**values) for name, values in raw.get("field", {}).items()}
        found = [_template(row, fields, path, content) for row in raw["template"]]
    except (ValueError, KeyError, TypeError, AttributeError):
        remedy = "mỗi [[template]] cần id, topic, name, text, sms; mỗi [field.…] cần label, hint"
        raise KnowledgeError([Fault(path, 1, remedy)]) from None
    return {each.id: each for each in found}


def _template(
    row: Mapping[str, Any], fields: Mapping[str, Field], path: Path, content: str
) -> Template:
    words = {"text": row["text"].strip(), "sms": row["sms"].strip()}
    line = content[: content.index(f'id = "{row["id"]}"')].count("\n") + 1
    return Template(**{**row, **words}, fields=fields, path=path, line=line)
