"""Pictures and papers out: uploaded once for all who get them, and again when Zalo has forgotten them."""

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any

from bot.channels.zalo_oa.api import Api
from handlers.errors import Refused

KEPT = timedelta(days=6)  # Zalo keeps what was uploaded for seven
SHELF = 200  # uploads remembered
ENDINGS = {
    "image": (".jpg", ".jpeg", ".png"),
    "file": (".pdf", ".doc", ".docx", ".csv"),
}
LARGEST = {"image": 1 << 20, "file": 5 << 20}  # bytes


@dataclass(frozen=True, slots=True)
class Media:
    """A picture or a paper, by its name: "ban-do.png", "to-roi.pdf"."""

    name: str
    content: bytes

    @property
    def kind(self) -> str:
        """ "image" or "file"; Refused for what Zalo does not take, or not of this size."""
        for kind, endings in ENDINGS.items():
            if self.name.lower().endswith(endings) and 0 < len(self.content) <= LARGEST[kind]:
                return kind
        raise Refused


class Shelf:
    """What one account has uploaded. Uploads are counted by Zalo, 5,000 a month of each kind."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._uploaded: OrderedDict[bytes, tuple[str, datetime]] = OrderedDict()

    async def asset(self, media: Media) -> str:
        """Zalo's id of it, uploaded now if need be; raises ChannelError."""
        mark, now = _mark(media), self._api.clock()
        asset, at = self._uploaded.get(mark, ("", now))
        if not asset or now - at >= KEPT:
            asset = await self._api.upload(media.kind, media.content, media.name)
            self._uploaded[mark] = (asset, now)
            if len(self._uploaded) > SHELF:
                self._uploaded.popitem(last=False)
        return asset

    def forget(self, media: Media) -> None:
        """Zalo does not know it any more."""
        self._uploaded.pop(_mark(media), None)


def message_of(media: Media, asset: str, text: str = "") -> dict[str, Any]:
    """The `message` of a request that shows it; words may stand beside a picture only."""
    if media.kind == "file":
        return {"attachment": {"type": "file", "payload": {"token": asset}}}
    elements = [{"media_type": "image", "attachment_id": asset}]
    payload = {"template_type": "media", "elements": elements}
    words = {"text": text} if text else {}
    return {**words, "attachment": {"type": "template", "payload": payload}}


def _mark(media: Media) -> bytes:
    return blake2b(media.content, digest_size=16, person=media.kind.encode()).digest()
