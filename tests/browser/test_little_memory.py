"""The tip page in a browser that may have 512 MB, as on a cheap phone: all of its processes, by the kernel's limit."""

import os
import shlex
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from playwright.async_api import async_playwright

from bot.config import Secret, Secrets
from bot.wiring import running
from tests.browser.conftest import ARGUMENTS, CHROMIUM, Site
from tests.browser.test_tip import told
from tests.dialogs.people import PEPPER, config_for
from tests.units import found_in

MIB = 1024 * 1024
MOST = 512 * MIB
CGROUPS = Path("/sys/fs/cgroup")
NAME = f"binhan-{os.getpid()}"

pytestmark = pytest.mark.soak


@contextmanager
def limited(most: int) -> Iterator[Path]:
    """A group of processes that together may have so many bytes; skips where the machine makes none."""
    first = (CGROUPS / "memory").is_dir()  # cgroup v1; else v2
    group = (CGROUPS / "memory" if first else CGROUPS) / NAME
    try:
        group.mkdir()
        (group / ("memory.limit_in_bytes" if first else "memory.max")).write_text(str(most))
    except OSError as error:
        with suppress(OSError):
            group.rmdir()
        pytest.skip(f"no group of limited memory can be made here: {error.strerror}")
    try:
        yield group
    finally:
        group.rmdir()


def peak(group: Path) -> int:
    """Bytes that the group had at most."""
    names = ("memory.max_usage_in_bytes", "memory.peak")
    return next(int((group / name).read_text()) for name in names if (group / name).exists())


def entering(group: Path, program: str) -> str:
    """A shell line that runs a program inside the group."""
    return f'echo $$ > {shlex.quote(f"{group}/cgroup.procs")} && exec {shlex.quote(program)} "$@"\n'


def test_the_limit_is_one() -> None:
    """The control of the next test: what wants more than the limit is killed."""
    with limited(MOST) as group:
        line = entering(group, sys.executable)
        wants = ["bash", "-c", line, "-", "-c", f"len(b'x' * {MOST + 64 * MIB})"]
        assert subprocess.run(wants, check=False).returncode != 0
        wants[-1] = f"len(b'x' * {MOST // 2})"
        assert subprocess.run(wants, check=False).returncode == 0


async def test_a_tip_is_sealed_and_its_code_derived_within_512_mb(tmp_path: Path) -> None:
    await found_in(config_for(tmp_path).database_url)
    script = tmp_path / "chromium"
    with limited(MOST) as group:
        script.write_text("#!/bin/bash\n" + entering(group, str(CHROMIUM)))
        script.chmod(0o755)
        async with (
            running(config_for(tmp_path), Secrets(pepper=Secret(PEPPER))) as started,
            async_playwright() as playwright,
        ):
            browser = await playwright.chromium.launch(executable_path=script, args=ARGUMENTS)
            site = Site(started.public_url, browser)
            async with site.page() as page:
                page.on("crash", lambda _: site.complaints.append("crashed"))
                code = await told(page, site)
                await page.fill("#typed", code.split()[-1])
                await page.click("#send")
                await page.wait_for_selector("#sent:not([hidden])")
                await page.goto(f"{site.url}/bao-tin#xem")
                await page.fill("#receipt", code)
                await page.click("#look button")
                await page.wait_for_selector("#more:not([hidden])")
            had = len((group / "cgroup.procs").read_text().split())
            await browser.close()
        print(f"{had} processes had at most {peak(group) / MIB:.0f} MiB")  # noqa: T201
        assert had > 2  # the browser ran inside
        assert peak(group) <= MOST
        assert site.complaints == []
