"""Runs every measurement and writes docs/benchmarks.md; `make bench`."""

import platform
import subprocess
import sys
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from bench import search, webhook

PAGE = Path(__file__).parent.parent / "docs" / "benchmarks.md"
QUESTIONS = 100_000
PACKAGES = ("aiohttp", "python-telegram-bot", "aiogram", "numpy", "rapidfuzz", "bm25s")


def main() -> None:
    rates = {kind: webhook.measure(kind) for kind in ("ptb", "aiogram", "binhan")}
    print(rates, flush=True)
    searches = [search.measure(size) for size in search.SIZES]
    print(searches, flush=True)
    first, rss = memory(QUESTIONS)
    print(first, rss, flush=True)
    PAGE.write_text(page(rates, searches, first, rss), "utf-8")
    print(f"written: {PAGE}")


def memory(count: int) -> tuple[float, float]:
    """Seconds until the first answer, MiB after `count` questions."""
    command = [sys.executable, "-m", "bench.memory", str(count)]
    shown = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    values = dict(line.split() for line in shown.splitlines() if line.startswith(("first", "rss")))
    return float(values["first"]), float(values["rss"])


def page(
    rates: dict[str, float],
    searches: list[dict[str, object]],
    first: float,
    rss: float,
) -> str:
    ours = rates["binhan"]
    lines = [
        "# Benchmarks",
        "",
        "Written by `make bench`. Machines are noisy: only the ratios within one run mean anything.",
        "",
        f"- {datetime.now(UTC):%Y-%m-%d}, CPython {platform.python_version()}, {platform.machine()}, "
        f"{platform.system()}; one core for the program, the other for load and fakes",
        "- " + ", ".join(f"{name} {version(name)}" for name in PACKAGES),
        "",
        "## Telegram questions answered a second, by webhook",
        "",
        "Real knowledge and store, 30 % of the questions repeated, 64 connections, 5,000 chats. "
        "The peers only echo. Budget: 9 times stock PTB.",
        "",
        "| program | a second | ours is |",
        "|---|---|---|",
        f"| Bình An | {ours:.0f} | |",
        f"| echo on stock PTB | {rates['ptb']:.0f} | {ours / rates['ptb']:.1f} times |",
        f"| echo on aiogram | {rates['aiogram']:.0f} | {ours / rates['aiogram']:.1f} times |",
        "",
        "## Search, milliseconds, uncached",
        "",
        "Budget: p50 at most 0.3 at 5,000 phrasings, at most 3 at 100,000.",
        "",
        "| phrasings | ours p50 / p99 | bm25s alone p50 / p99 | rapidfuzz over all p50 / p99 | built in |",
        "|---|---|---|---|---|",
    ]
    for row in searches:
        cells = " | ".join(
            f"{t.p50:.2f} / {t.p99:.2f}"
            for t in (row["ours"], row["bm25s"], row["rapidfuzz"])
            if isinstance(t, search.Timing)
        )
        lines.append(f"| {row['phrasings']:,} | {cells} | {row['built']:.1f} s |")
    lines += [
        "",
        "## Start and memory",
        "",
        "| what | measured | budget |",
        "|---|---|---|",
        f"| from process start to the first answer | {first:.1f} s | 2 s |",
        f"| resident memory after {QUESTIONS:,} questions | {rss:.0f} MiB | 200 MiB |",
        "",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
