"""The documents say what is there: each command, setting and text."""

import re
import tomllib
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import get_args, get_type_hints

import click
import pytest

from bot.cli import binhan
from bot.config import Config, ConfigError, parse_config
from knowledge.load import SHIPPED
from knowledge.texts import load_texts, placeholders

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")
CODE = "\n".join(
    path.read_text("utf-8")
    for folder in ("bot", "handlers", "scheduler", "knowledge")
    for pattern in ("*.py", "*.html", "*.js", "*.webmanifest")
    for path in (ROOT / folder).rglob(pattern)
    if "vendor" not in path.parts
)


def commands(group: click.Group, prefix: str = "") -> dict[str, click.Command]:
    found: dict[str, click.Command] = {}
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command
        if isinstance(command, click.Group):
            found |= commands(command, f"{prefix}{name} ")
        else:
            found[f"{prefix}{name}"] = command
    return found


@pytest.mark.parametrize("name", commands(binhan))
def test_each_command_is_in_the_readme(name: str) -> None:
    assert f"binhan {name}" in README


@pytest.mark.parametrize(("name", "command"), commands(binhan).items())
def test_each_command_has_help_with_an_example(name: str, command: click.Command) -> None:
    assert command.help
    assert f"binhan {name}" in (command.epilog or "")


def settings(kind: type, prefix: str = "") -> list[str]:
    found = []
    for field in fields(kind):
        hint = get_type_hints(kind)[field.name]
        inner = get_args(hint)[0] if get_args(hint) else hint
        if is_dataclass(inner):
            found += settings(inner, f"{prefix}{field.name}.")  # type: ignore[arg-type]
        elif field.name not in ("folder", "demo"):
            found.append(f"{prefix}{field.name}")
    return found


@pytest.mark.parametrize("key", settings(Config))
def test_each_setting_stands_in_the_example_with_a_comment(key: str) -> None:
    table, _, name = key.rpartition(".")
    text = (ROOT / "config.example.toml").read_text("utf-8")
    section = re.split(r"^#? ?\[+", text, flags=re.MULTILINE)
    mine = next(part for part in section if part.startswith(f"{table}]"))

    line = next(line for line in mine.splitlines() if re.match(rf"(# )?{name} *=", line))

    assert "#" in line.removeprefix("# ") or table == "zalo_oa"


def test_the_example_is_the_defaults() -> None:
    raw = tomllib.loads((ROOT / "config.example.toml").read_text("utf-8"))

    assert parse_config(raw, Path()) == Config()


def test_each_text_is_used() -> None:
    """A key stands in the code as a whole, or begins or ends with what the code puts together."""
    unused = [key for key in load_texts(SHIPPED / "texts.vi.toml").by_key if not is_used(key)]

    assert unused == []


def is_used(key: str) -> bool:
    key = key.removeprefix("en.")  # said by the same code, in another language
    table, _, name = key.rpartition(".")
    made_up = (
        rf'f"{re.escape(table)}\.\{{',  # f"topic.{id}"
        rf'"{re.escape(table)}\." ~',  # t("desk_role." ~ role)
        rf'\}}\.{re.escape(name)}"',  # f"{section}.duty"
        rf'"{re.escape(key.rstrip("0123456789"))}(?:\{{|" ~)',  # f"web.error_{status}"
        rf'table\("{re.escape(table)}"\)',
    )
    if table.startswith("step."):  # a conversation's button, by its verb: step(NAME, "police", …)
        return f'"{name.partition("-")[0]}"' in CODE
    whole = (f'"{key}"', f"'{key}'")
    return any(form in CODE for form in whole) or any(
        re.search(pattern, CODE) for pattern in made_up
    )


def test_each_english_text_says_what_a_vietnamese_one_says() -> None:
    texts = load_texts(SHIPPED / "texts.vi.toml")

    for key, text in texts.table("en").items():
        assert placeholders(text) == placeholders(texts.by_key[key]), key


def test_each_text_can_be_filled() -> None:
    for text in load_texts(SHIPPED / "texts.vi.toml").by_key.values():
        assert all(name.isidentifier() for name in placeholders(text))


@pytest.mark.parametrize(
    ("telegram", "stops"),
    [
        ({"per_second": 30}, False),
        ({"per_second": 31}, True),  # more is paid for: nobody said that it may be
        ({"per_second": 1000, "paid_broadcasts": True}, False),
        ({"per_second": 1001, "paid_broadcasts": True}, True),
        ({"per_second": 5000, "api_base": "http://127.0.0.1:9"}, False),  # a server of one's own
    ],
)
def test_a_bot_is_faster_than_is_free_only_where_that_is_set(
    telegram: dict[str, object], stops: bool
) -> None:
    if not stops:
        parse_config({"telegram": telegram}, Path())
        return
    with pytest.raises(ConfigError, match="per_second"):
        parse_config({"telegram": telegram}, Path())
