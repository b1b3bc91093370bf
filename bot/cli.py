"""The command line: a group a subject; a mistake is one clear line on stderr and exit 2, never a traceback."""

import sys
from collections.abc import Callable
from typing import Any

import click

from bot import __version__
from bot.archive import ArchiveError
from bot.commands.ask import ask
from bot.commands.audit import audit
from bot.commands.backup import backup, restore
from bot.commands.broadcast import broadcast
from bot.commands.campaign import campaign
from bot.commands.chat import chat
from bot.commands.doctor import doctor
from bot.commands.kb import kb
from bot.commands.keys import keys
from bot.commands.officer import officer
from bot.commands.serve import serve
from bot.commands.zalo import zalo
from bot.config import ConfigError
from bot.store.database import DatabaseError
from knowledge.faults import KnowledgeError

FAULTS_SHOWN = 50


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="binhan")
def binhan() -> None:
    """Bình An: trợ lý an ninh, trật tự dịp Tết của một tỉnh."""


for command in (
    serve,
    chat,
    ask,
    kb,
    campaign,
    broadcast,
    officer,
    keys,
    audit,
    doctor,
    zalo,
    backup,
    restore,
):
    binhan.add_command(command)


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
