"""The tip page without script: sealed here, which the page says; nothing is stored before the code was typed back."""

import hmac
import json
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from bot import sealing
from bot.channels.web.submission import read_submission
from bot.channels.web.tip import TipPages
from bot.store.drafts import keys_of
from bot.store.tips import Tips
from handlers.ask import local_day
from handlers.receipt import digits_of, last_group, shown
from handlers.tips import LONGEST, SHORTEST, Head, Police, route
from knowledge.areas import Areas


@dataclass(frozen=True, slots=True)
class PlainPages:
    """The handlers that a form posts to; they see what is told for the moment of sealing it."""

    pages: TipPages

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/bao-tin", self.tell),
            web.post("/bao-tin/gui", self.send),
            web.post("/bao-tin/xem", self.answers),
        ]

    async def tell(self, request: web.Request) -> web.Response:
        """Seals what the form holds, and shows the code; nothing is stored before its last digits come back."""
        self.pages.check(request, self.pages.senders)
        form = await request.post()
        text = str(form.get("text", ""))[:LONGEST].strip()
        areas = self.pages.areas()
        where = str(form.get("where", ""))
        if where not in areas or sum(map(str.isalnum, text)) < SHORTEST:
            return await self.pages.form(problem="tip.too_little", told=text)
        code = await self.pages.codes.fresh()
        payload = await self._sealed(form, areas, where, text, code.pub)
        if payload is None:
            return await self.pages.form(problem="tip_page.closed", told=text)
        payload["lookup"] = code.lookup
        proof = self.pages.keyed("page", payload["tip"], code.lookup, last_group(code.digits))
        return self.pages.shown(
            "tip_code.html", code=shown(code.digits), sealed=json.dumps(payload), proof=proof
        )

    async def send(self, request: web.Request) -> web.Response:
        """The sealed tip comes back with the code's last digits, or with the wish to keep no code."""
        self.pages.check(request, self.pages.senders)
        form = await request.post()
        try:
            raw = json.loads(str(form.get("sealed", "")))
            lookup = str(raw.pop("lookup"))
            tip = read_submission(raw)
        except (ValueError, KeyError, AttributeError):
            raise web.HTTPBadRequest from None
        typed = str(form.get("typed", "")).replace(" ", "")
        keeps = "nocode" not in form
        proof = str(form.get("proof", ""))
        wanted = self.pages.keyed("page", tip.tip, lookup, typed)
        if keeps and not hmac.compare_digest(wanted.encode(), proof.encode()):
            return self.pages.shown(
                "tip_code.html", code="", sealed=str(form.get("sealed")), proof=proof
            )
        if problem := await self.pages.stored(tip, lookup if keeps else ""):
            return await self.pages.form(problem=problem)
        self.pages.wipe()
        return self.pages.shown("tip_sent.html", kept=keeps)

    async def answers(self, request: web.Request) -> web.Response:
        """What waits under a typed code, opened here."""
        self.pages.check(request, self.pages.askers)
        digits = digits_of(str((await request.post()).get("code", "")))
        if digits is None:
            return self.pages.shown("tip_answers.html", state="status.mistyped", answers=())
        code = await self.pages.codes.of(digits)
        async with self.pages.database.transaction() as tx:
            report = await Tips(tx).report(code, local_day(self.pages.clock()))
        if report is None:
            return self.pages.shown("tip_answers.html", state="status.unknown", answers=())
        state = f"status.is.{report.state}"
        return self.pages.shown("tip_answers.html", state=state, answers=report.answers)

    async def _sealed(
        self, form: Mapping[str, Any], areas: Areas, where: str, text: str, reply_pub: bytes
    ) -> dict[str, Any] | None:
        """The submission that the page's script would have made; None where nobody could open it."""
        named = str(form.get("police", ""))
        police = Police(named) if named in tuple(Police) else Police.NO
        places = [area.id for area in areas.above(where)]
        async with self.pages.database.transaction() as tx:
            keys = await keys_of(tx, places)
        way = route(places, police, frozenset(keys))
        if way is None:
            return None
        pair, tip = sealing.fresh_keys(), sealing.fresh_id()
        day = local_day(self.pages.clock()).isoformat()
        more: dict[str, Any] = {
            name: str(form.get(name, ""))[:300] for name in ("kind", "when", "place", "known_by")
        }
        more |= {name: name in form for name in ("household", "urgent")}
        head = Head(where=where, police=police, channel="web", sealed_by="server", more=more)
        bodies: tuple[tuple[str, Mapping[str, Any]], ...] = (
            ("tip", head.body()),
            ("part", {"text": text}),
        )
        return {
            "tip": tip,
            "pub": pair.pub.hex(),
            "urgent": more["urgent"],
            "keys": [
                {
                    "unit": unit,
                    "epoch": keys[unit][0],
                    "sealed": sealing.seal_key(pair.private, keys[unit][1]).hex(),
                    "dormant": unit == way.dormant,
                }
                for unit in way.units
            ],
            "reply": {"finder": "00" * 32, "pub": reply_pub.hex()},
            "messages": [
                {
                    "kind": kind,
                    "seq": seq,
                    "body": b64encode(
                        sealing.seal(pair.pub, tip=tip, kind=kind, seq=seq, day=day, body=body)
                    ).decode(),
                }
                for seq, (kind, body) in enumerate(bodies)
            ],
            "files": [],
        }
