"""The real program as a process of its own, beside a fake Bot API as another."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.fakes.telegram import TOKEN
from tests.fakes.zalo import APP_ID, APP_SECRET, OA_SECRET
from tests.ports import free_port

SECRET = "a-secret-of-tests-only"  # noqa: S105
PATIENCE = 20.0


class Bot:
    """`binhan serve` on a folder; may be killed and started again on the same data."""

    def __init__(
        self, folder: Path, channel: str, environment: Mapping[str, str], **limits: float
    ) -> None:
        """`channel` is its tables in the configuration, `environment` its secrets."""
        self.environment = environment
        self.port = free_port()
        self.folder = folder
        self.log = folder / "log.jsonl"
        self._process: subprocess.Popen[bytes] | None = None
        lines = "\n".join(f"{key} = {value}" for key, value in limits.items())
        (folder / "config.toml").write_text(
            f"""
[server]
listen = "127.0.0.1:{self.port}"
public_url = "http://127.0.0.1:{self.port}"
[console]
listen = "127.0.0.1:{free_port()}"
[limits]
{lines}
{channel}
""",
            "utf-8",
        )

    def start(self) -> None:
        """Start it, and wait until it is ready."""
        command = [
            sys.executable,
            "-m",
            "bot",
            "serve",
            "--config",
            str(self.folder / "config.toml"),
        ]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                command,
                stdout=log,
                stderr=log,
                env=os.environ | self.environment,
                cwd=Path(__file__).parents[2],
            )
        wait_until(lambda: get(f"http://127.0.0.1:{self.port}/readyz"))

    def kill(self) -> None:
        """As a power cut would."""
        assert self._process
        self._process.send_signal(signal.SIGKILL)
        self._process.wait(PATIENCE)

    def stop(self) -> int:
        """As an operator would; its exit code."""
        assert self._process
        self._process.send_signal(signal.SIGTERM)
        return self._process.wait(PATIENCE)

    def close(self) -> None:
        if self._process and self._process.poll() is None:
            self._process.kill()
            self._process.wait(PATIENCE)


def telegram_bot(
    folder: Path, api_base: str, mode: str, database: str = "", **limits: float
) -> Bot:
    """`database` is its address where it is not the file of the folder."""
    table = f'[telegram]\nenabled = true\nmode = "{mode}"\napi_base = "{api_base}"'
    if database:
        table += f'\n[database]\nurl = "{database}"'
    secrets = {"BINHAN_TELEGRAM_TOKEN": TOKEN, "BINHAN_TELEGRAM_WEBHOOK_SECRET": SECRET}
    return Bot(folder, table, secrets, **limits)


def zalo_bot(folder: Path, base: str, **limits: float) -> Bot:
    table = (
        f'[[zalo_oa]]\nname = "tinh"\nenabled = true\napi_base = "{base}"\noauth_base = "{base}"'
    )
    secrets = {
        "BINHAN_ZALO_OA_APP_ID": APP_ID,
        "BINHAN_ZALO_OA_SECRET": APP_SECRET,
        "BINHAN_ZALO_OA_WEBHOOK_SECRET": OA_SECRET,
    }
    return Bot(folder, table, secrets, **limits)


class Api:
    """The fake Bot API's control address."""

    def __init__(self, base: str) -> None:
        self.base = base

    def tell(self, verb: str, **what: Any) -> Any:
        return post(f"{self.base}/control/{verb}", what)

    def texts(self, chat: int) -> list[str]:
        """What was said in a chat, in order."""
        return [call["shown"] for call in self._calls(chat) if call["ok"]]

    def was_called(self, chat: int) -> bool:
        """Whether the program began to say something in a chat, carried out or not."""
        return bool(self._calls(chat))

    def _calls(self, chat: int) -> list[dict[str, Any]]:
        calls = json.loads(get(f"{self.base}/control/calls") or b"[]")
        return [
            call
            for call in calls
            if call["method"] == "sendMessage" and int(call["fields"]["chat_id"]) == chat
        ]

    def hears(self, chat: int, words: str, count: int = 1) -> None:
        """Wait until words were said in a chat so often."""
        wait_until(lambda: sum(words in text for text in self.texts(chat)) >= count)


class Zalo:
    """The fake Zalo's control address."""

    def __init__(self, base: str) -> None:
        self.base = base

    def tell(self, verb: str, **what: Any) -> Any:
        return post(f"{self.base}/control/{verb}", what)

    def state(self) -> Any:
        return json.loads(get(f"{self.base}/control/state") or b"{}")

    def texts(self, person: str) -> list[str]:
        """What a person got, in order."""
        got = json.loads(get(f"{self.base}/control/got?person={person}") or b"[]")
        return [said["message"]["text"] for said in got]

    def hears(self, person: str, words: str) -> None:
        """Wait until words were said to a person."""
        wait_until(lambda: any(words in text for text in self.texts(person)))


@contextmanager
def fake_api() -> Iterator[Api]:
    with _fake("tests.fakes.telegram") as line:
        yield Api(line.split()[0])


@contextmanager
def fake_zalo() -> Iterator[Zalo]:
    with _fake("tests.fakes.zalo") as line:
        yield Zalo(line.strip())


@contextmanager
def _fake(module: str) -> Iterator[str]:
    """A fake as a process of its own: the line that it prints first."""
    command = [sys.executable, "-m", module]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout
        yield process.stdout.readline()
    finally:
        process.kill()
        process.communicate()


def wait_until(done: Callable[[], object], patience: float = PATIENCE) -> None:
    end = time.monotonic() + patience
    while not done():
        if time.monotonic() > end:
            raise TimeoutError
        time.sleep(0.02)


def get(url: str) -> bytes | None:
    """The body of an answer; None where there is no good one."""
    try:
        with urllib.request.urlopen(url, timeout=5) as response:  # noqa: S310
            return bytes(response.read()) or b" "
    except OSError:
        return None


def post(url: str, body: Any) -> Any:
    data = json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json"})  # noqa: S310
    with urllib.request.urlopen(request, timeout=5) as response:  # noqa: S310
        return json.loads(response.read())
