"""The command line: a group a subject; a mistake is one clear line on stderr and exit 2, never a traceback."""

import sys
from collections.abc import Callable
from importlib import import_module
from typing import Any

import click

from bot import __version__
from bot.archive import ArchiveError
from bot.config import ConfigError
from bot.store.database import DatabaseError
from knowledge.faults import KnowledgeError

FAULTS_SHOWN = 50


COMMANDS = {  # as `--help` lists them: each with its module of bot.commands
    "serve": "serve",
    "chat": "chat",
    "ask": "ask",
    "kb": "kb",
    "campaign": "campaign",
    "broadcast": "broadcast",
    "officer": "officer",
    "keys": "keys",
    "audit": "audit",
    "doctor": "doctor",
    "zalo": "zalo",
    "backup": "backup",
    "restore": "backup",
}


class Commands(click.Group):
    """Loads a command when it is wanted: a question needs nothing of what a server does."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command = getattr(import_module(f"bot.commands.{COMMANDS[cmd_name]}"), cmd_name)
        return command if isinstance(command, click.Command) else None


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="binhan")
def binhan() -> None:
    """Bình An: trợ lý an ninh, trật tự dịp Tết của một tỉnh."""


def main() -> None:
    """The program's entry point."""
    sys.exit(run(binhan.main, standalone_mode=False))


def run(command: Callable[..., Any], **options: Any) -> int:
    """The exit code of a command: 0 well, 1 a check found faults, 2 wrong use (DESIGN §3)."""
    try:
        code = command(**options)
    except ConfigError as error:
        return _complain(error.faults)
    except DatabaseError as error:
        return _complain([f"database.url: không mở được ({error or type(error).__name__})"])
    except ArchiveError as error:
        return _complain([str(error)])
    except KnowledgeError as error:
        return _complain([str(fault) for fault in error.faults])
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        return 2
    except click.ClickException as error:
        return _complain([_in_vietnamese(error)])
    except (click.Abort, KeyboardInterrupt):
        return 130
    except BrokenPipeError:
        sys.stderr.close()
        return 0
    return code if isinstance(code, int) else 0


def _in_vietnamese(error: click.ClickException) -> str:
    """What is wrong with a command as it was typed, and where to look; ours are said as they are."""
    context = error.ctx if isinstance(error, click.UsageError) else None
    where = f"; xem: {context.command_path} --help" if context else ""
    match error:
        case click.MissingParameter():
            name = error.param.make_metavar(context) if error.param and context else ""
            return f"thiếu {name or 'tham số'}{where}"
        case click.NoSuchOption():
            return f"không có tuỳ chọn {error.option_name}{where}"
        case click.exceptions.NoSuchCommand():
            return f"không có lệnh «{error.command_name}»{where}"
        case click.BadParameter() if error.param:
            return f"{error.param.opts[-1]}: giá trị không hợp lệ{where}"
    if error.message.startswith("Got unexpected extra"):
        return f"thừa tham số{where}"
    return error.format_message()


def _complain(faults: "tuple[str, ...] | list[str]") -> int:
    for fault in faults[:FAULTS_SHOWN]:
        click.echo(f"binhan: {fault}", err=True)
    if len(faults) > FAULTS_SHOWN:
        click.echo(f"binhan: … và {len(faults) - FAULTS_SHOWN} lỗi nữa", err=True)
    return 2
