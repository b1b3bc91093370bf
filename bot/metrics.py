"""Counts for the operators, in the text format that Prometheus reads: numbers only, of nobody."""

from collections import Counter
from collections.abc import Mapping

Labels = tuple[tuple[str, str], ...]

HELP = {
    "binhan_messages_total": "Messages received, by channel and kind.",
    "binhan_replies_total": "Replies decided, by catalogue key.",
    "binhan_unreadable_total": "Events that could not be read, by channel and reason.",
    "binhan_zalo_signatures_total": "Webhook calls, by which secret and timestamp signed them.",
    "binhan_zalo_sent_total": "Messages to Zalo, by account and the quota that paid for them.",
    "binhan_failures_total": "Messages that met a bug of ours.",
}


class Metrics:
    """Counters since the start of this process."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[str, Labels]] = Counter()

    def count(self, name: str, **labels: str) -> None:
        """Add one to a counter of HELP."""
        self._counts[name, tuple(sorted(labels.items()))] += 1

    def text(self, gauges: Mapping[str, float]) -> str:
        """All counters, and the gauges given, as exposition text."""
        lines: list[str] = []
        for name, about in HELP.items():
            lines += [f"# HELP {name} {about}", f"# TYPE {name} counter"]
            lines += [
                f"{name}{_braces(labels)} {count}"
                for (counter, labels), count in sorted(self._counts.items())
                if counter == name
            ]
        for name, value in gauges.items():
            lines += [f"# TYPE {name} gauge", f"{name} {value:g}"]
        return "\n".join(lines) + "\n"


def _braces(labels: Labels) -> str:
    inside = ",".join(f'{key}="{value}"' for key, value in labels)
    return f"{{{inside}}}" if inside else ""
