"""The paragraphs of a Word file as a reader sees them: with the numbers Word counts, without what was deleted."""

import io
import re
from collections.abc import Iterable, Iterator
from typing import Any

import docx
from docx.oxml.ns import qn

HIDDEN = {"Fallback", "moveFrom", "del"}  # the second form of a text box; what was moved or deleted
SIGNS = {"tab": " ", "br": "\n", "cr": "\n", "noBreakHyphen": "-", "sym": "•"}
ROMAN = ((10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))


def paragraphs(raw: bytes) -> Iterator[str]:
    """Each paragraph with its number or bullet, also of tables and text boxes; the library's error if broken."""
    document = docx.Document(io.BytesIO(raw))
    labels = _Labels(document)
    for paragraph in _paragraphs(document.element.body):
        yield f"{labels.of(paragraph)} {_said(paragraph)}"


def _name(element: Any) -> str:
    """An element's name without its namespace; "" for a comment."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _paragraphs(body: Any) -> Iterator[Any]:
    for element in body.iter():
        if _name(element) == "p" and not any(_name(up) in HIDDEN for up in element.iterancestors()):
            yield element


def _said(element: Any) -> str:
    """The text of a paragraph with what was inserted, without what was deleted or stands in a box of its own."""
    said = []
    for child in element:
        name = _name(child)
        if name == "t":
            said.append(child.text or "")
        elif name in SIGNS:
            said.append(SIGNS[name])
        elif name not in HIDDEN and name not in ("p", "pPr", "rPr"):
            said.append(_said(child))
    return "".join(said)


class _Labels:
    """The numbers and bullets that Word counts by itself and does not write into the text."""

    def __init__(self, document: Any) -> None:
        self._styles = {
            s.get(qn("w:styleId")): s for s in self._found(document.styles.element, "style")
        }
        related = (
            part for part in document.part.rels.values() if part.reltype.endswith("/numbering")
        )
        numbering = next((rel.target_part.element for rel in related), None)
        lists = () if numbering is None else self._found(numbering, "abstractNum")
        self._lists = {x.get(qn("w:abstractNumId")): x for x in lists}
        nums = () if numbering is None else self._found(numbering, "num")
        self._nums = {x.get(qn("w:numId")): x for x in nums}
        self._counts: dict[str, dict[int, int]] = {}

    def of(self, paragraph: Any) -> str:
        """The label in front of a paragraph, counted; "" where it has none."""
        number, depth = self._place(paragraph)
        num = self._nums.get(number)
        if num is None:
            return ""
        list_id = self._value(num, "abstractNumId") or ""
        levels = {level.get(qn("w:ilvl")): level for level in self._levels(list_id)}
        level = levels.get(str(depth))
        if level is None:
            return ""
        if self._value(level, "numFmt") in (None, "bullet", "none"):
            return "-" if self._value(level, "numFmt") == "bullet" else ""
        counts = self._counts.setdefault(list_id, {})
        counts[depth] = counts.get(depth, int(self._value(level, "start") or 1) - 1) + 1
        for deeper in [d for d in counts if d > depth]:
            del counts[deeper]
        pattern = self._value(level, "lvlText") or ""
        return re.sub(r"%(\d)", lambda m: self._numeral(levels, counts, int(m[1]) - 1), pattern)

    def _numeral(self, levels: dict[Any, Any], counts: dict[int, int], depth: int) -> str:
        level = levels.get(str(depth))
        form = "decimal" if level is None else self._value(level, "numFmt")
        return numeral(counts.get(depth, 1), form or "decimal")

    def _levels(self, list_id: str) -> list[Any]:
        chosen = self._lists.get(list_id)
        return [] if chosen is None else list(self._found(chosen, "lvl"))

    def _place(self, paragraph: Any) -> tuple[str | None, int]:
        """The list and depth of a paragraph, its own or its style's."""
        seen: set[str] = set()
        properties = paragraph.find(qn("w:pPr"))
        while properties is not None:
            found = properties.find(qn("w:numPr"))
            if found is not None and (number := self._value(found, "numId")):
                return number, int(self._value(found, "ilvl") or 0)
            style = self._value(properties, "pStyle") or self._value(
                properties.getparent(), "basedOn"
            )
            if style is None or style in seen or style not in self._styles:
                break
            seen.add(style)
            properties = self._own_properties(self._styles[style], seen)
        return None, 0

    def _own_properties(self, style: Any, seen: set[str]) -> Any:
        """A style's paragraph properties, or those of the first style it rests on that has some."""
        while (found := style.find(qn("w:pPr"))) is None:
            below = self._value(style, "basedOn")
            if below is None or below in seen or below not in self._styles:
                return None
            seen.add(below)
            style = self._styles[below]
        return found

    def _found(self, element: Any, name: str) -> Iterable[Any]:
        found: Iterable[Any] = element.findall(qn(f"w:{name}"))
        return found

    def _value(self, element: Any, name: str) -> str | None:
        found = element.find(qn(f"w:{name}"))
        value: str | None = None if found is None else found.get(qn("w:val"))
        return value


def numeral(count: int, form: str) -> str:
    """A number as Word writes it: 4 → "4", "iv", "IV", "d", "D"."""
    if form.endswith("Roman"):
        written = ""
        for worth, letters in ROMAN:
            written += letters * (count // worth)
            count %= worth
        return written.lower() if form.startswith("lower") else written
    if form.endswith("Letter"):
        letter = chr(ord("a") + (count - 1) % 26)
        return letter.upper() if form.startswith("upper") else letter
    return str(count)
