"""Logs as JSON lines that hold events and identifiers only: never a text, a name, a chat id or a token."""

import json
import logging
import sys
import traceback
from contextvars import ContextVar
from datetime import UTC, datetime
from types import FrameType
from typing import Any

incident: ContextVar[str] = ContextVar("incident", default="")

# what may stand beside an event; anything else that is passed as `extra` is left out
ALLOWED = (
    "account", "address", "article", "attempts", "channel", "count", "database", "delivery", "fault",
    "file", "kind", "line", "method", "migration", "mode", "path", "reason", "remedy", "route", "seconds",
    "status", "task", "version", "wait",
)  # fmt: skip

# libraries whose messages quote tokens, URLs or whole updates (DESIGN §2): nothing of theirs is printed
SILENT = ("telegram", "httpx", "httpcore", "aiohttp.access", "aiohttp.client", "asyncpg")

QUIET = ("apscheduler", "asyncio")  # tell too much, but nothing secret


class JsonLines(logging.Formatter):
    """One JSON object a line; an exception as its type and frames, never its message."""

    def format(self, record: logging.LogRecord) -> str:
        ours = record.name.partition(".")[0] in ("bot", "scheduler", "handlers", "knowledge")
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "event": record.msg if ours and isinstance(record.msg, str) else record.funcName,
            "from": record.name,
        }
        line |= {key: getattr(record, key) for key in ALLOWED if hasattr(record, key) and ours}
        if incident.get():
            line["incident"] = incident.get()
        if record.exc_info and record.exc_info[0]:
            line["error"] = record.exc_info[0].__name__
            line["frames"] = frames(record.exc_info[1])
        return json.dumps(line, ensure_ascii=False, default=lambda value: type(value).__name__)


def frames(error: BaseException | None) -> list[str]:
    """Where an exception went through: file, line, function; nothing of what it carried."""
    if error is None:
        return []
    return [
        f"{_short(frame)}:{line}:{frame.f_code.co_name}"
        for frame, line in traceback.walk_tb(error.__traceback__)
    ]


def _short(frame: FrameType) -> str:
    return "/".join(frame.f_code.co_filename.split("/")[-2:])


def set_up_logs(level: str = "INFO") -> None:
    """Sends every logger's lines to stderr as JSON; silences the libraries that would quote people."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in SILENT:
        logger = logging.getLogger(name)
        logger.setLevel(logging.CRITICAL + 1)  # their children then don't even format
        logger.propagate = False
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
