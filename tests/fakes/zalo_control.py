"""The fake Zalo's control address: what a test does by methods, a program or a page does by HTTP.

POST /control/say    {"person": "84…", "text": "…"}   a person writes
POST /control/send   {"person": "84…", "kind": "image", …}   … or sends something else
POST /control/follow | unfollow | see {"person": "84…"}
POST /control/human  {"person": "84…", "text": "…"}   somebody writes to them in OA Manager
POST /control/hook   {"url": "http://…"}              the console's webhook address
POST /control/fail   {"path": "/v3.0/oa/message/cs", "how": "502", "times": 1}
POST /control/pass   {"hours": 49}                    the fake's own clock goes on
POST /control/grant  {}                               a pair from the API Explorer
POST /control/code   {"challenge": "…"}               the admin presses "allow": a code
POST /control/oa     {"oa_type": 4}                   what the OA is
GET  /control/got?person=84…                          what the person got
GET  /control/state                                   rotations, quota, webhook, report
"""

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from aiohttp import web

if TYPE_CHECKING:
    from tests.fakes.zalo import ZaloServer


def control_routes(zalo: "ZaloServer") -> Sequence[web.RouteDef]:
    """POST and GET /control/<verb>."""

    async def control(request: web.Request) -> web.Response:
        body = await request.json()
        match request.match_info["verb"]:
            case "say" | "send":
                verb = request.match_info["verb"]
                return web.json_response(
                    {"msg_id": getattr(zalo, verb)(body.pop("person"), **body)}
                )
            case "follow" | "unfollow" | "see" as verb:
                getattr(zalo, verb)(body["person"])
            case "human":
                zalo.human(body["person"], body["text"])
            case "hook":
                return web.json_response({"status": await zalo.hook.set(body["url"])})
            case "fail":
                zalo.fail(body.pop("path"), body.pop("how"), **body)
            case "pass":
                zalo.pass_time(hours=body["hours"])
            case "grant":
                access, refresh = zalo.grant.explore(zalo.now())
                return web.json_response({"access_token": access, "refresh_token": refresh})
            case "code":
                zalo.grant.challenge = body.get("challenge", zalo.grant.challenge)
                return web.json_response({"code": zalo.grant.code(zalo.now())})
            case "oa":
                for name, value in body.items():
                    setattr(zalo, name, value)
            case _:
                return web.Response(status=404)
        return web.json_response({})

    async def look(request: web.Request) -> web.Response:
        match request.match_info["verb"]:
            case "got":
                got = zalo.got(request.query["person"])[int(request.query.get("since", 0)) :]
                return web.json_response([asdict(said) for said in got])
            case "state":
                state: dict[str, Any] = {"rotations": zalo.grant.rotations}
                state |= {"oauth_calls": zalo.oauth_calls}
                state |= {"hook": zalo.hook.on, "statuses": zalo.hook.statuses}
                return web.json_response(state | {"report": zalo.report()})
        return web.Response(status=404)

    return [web.post("/control/{verb}", control), web.get("/control/{verb}", look)]
