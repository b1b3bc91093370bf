"""What Python and the browser must agree on; `python -m tests.vectors` writes `sealing.json` anew."""

import json
from pathlib import Path
from typing import Any

FILE = Path(__file__).parent / "sealing.json"


def vectors() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(FILE.read_text("utf-8"))
    return found
