"""An admin's own folder for tests: small articles that lie over the shipped ones."""

from pathlib import Path

from knowledge.load import SHIPPED

SHORT = "Thả diều gần đường dây điện là nguy hiểm, hãy ra chỗ trống."
ASKS = (
    "thả diều gần đường dây điện có sao không",
    "con nít chơi diều chỗ trụ điện được không",
    "diều mắc dây điện thì làm gì",
    "thả diều ở đâu cho an toàn",
    "chơi diều chiều ba mươi có bị cấm không",
    "diều vướng cột điện gọi ai",
    "có được thả diều trong xóm không",
    "diều sáo thả đêm gần trạm điện",
)


def article(
    id: str = "fire-kites",
    *,
    topic: str = "fire-safety",
    short: str = SHORT,
    asks: tuple[str, ...] = ASKS,
    law: str = "source: Khuyến cáo của ngành điện",
    text: str = "Bạn đưa các cháu ra bãi trống, xa dây điện.",
) -> str:
    """The text of an article's file."""
    lines = "".join(f"  - {ask}\n" for ask in asks)
    return (
        f"---\nid: {id}\ntopic: {topic}\ntitle: Thả diều gần dây điện\nask:\n{lines}"
        f"reviewed: 2026-11-20\nversions:\n  - from: 2024-01-01\n    {law}\n    short: {short}\n"
        f"---\n\n## 2024-01-01\n\n{text}\n"
    )


def copied(folder: Path, id: str = "fire-votive") -> Path:
    """Save a shipped article in a folder as it is, so that nothing new is to be learnt; its file."""
    shipped = next(SHIPPED.glob(f"articles/*/{id}.md"))
    path = folder / shipped.relative_to(SHIPPED)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(shipped.read_text("utf-8"), "utf-8")
    return path


def put(folder: Path, id: str = "fire-kites", text: str | None = None) -> Path:
    """Save an article in a folder; its file."""
    path = folder / "articles" / "fire-safety" / f"{id}.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(article(id) if text is None else text, "utf-8")
    return path
