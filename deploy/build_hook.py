"""Refuses to build a wheel that would lack its front-end files: they come from npm, not from the repository."""

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

NEEDED = (
    "be-vietnam-pro/files/be-vietnam-pro-vietnamese-400-normal.woff2",
    "libsodium/libsodium-sumo.js",
    "libsodium/libsodium-wrappers.js",
)


class FrontEndHook(BuildHookInterface[Any]):
    """Checks `bot/web/static/vendor/` before a wheel or an sdist is made; an editable install needs none."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "editable":
            return
        vendor = Path(self.root) / "bot/web/static/vendor"
        missing = [name for name in NEEDED if not (vendor / name).is_file()]
        if missing:
            raise SystemExit(
                f"front-end files are missing: {', '.join(missing)}; run 'make vendor' first"
            )
