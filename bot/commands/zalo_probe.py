"""Asks the real Zalo, on the first day, what could only be supposed; and says what is otherwise.

Each probe makes one call or a few and compares what comes with what this program assumes. What no call
can find out is a question for a person: `BY_HAND`.
"""

import base64
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import click

from bot.channels.zalo_oa.api import ABOUT, QUOTA, RECENT, SEND, SEND_V2, Api, Failed, Fields
from bot.channels.zalo_oa.faults import WRONG_OA_TYPE
from bot.channels.zalo_oa.media import Media, message_of
from bot.channels.zalo_oa.oauth import Rejected
from bot.commands.zalo_desk import Desk, now
from handlers.errors import ChannelError, Stopped

BUSINESS, GOVERNMENT = 2, 4
KNOWN_QUOTAS = frozenset({"reply", "welcome_msg", "sub_quota", "purchase_quota", "reward_quota"})
SQUARE = base64.b64decode(  # a green dot, PNG
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)
REPLIES = 3  # messages that are sent to see whether the free ones are counted

BY_HAND = (
    "Tắt dịch vụ 1 phút, nhắn vào OA, bật lại: tin có đến lại không? (webhook chậm hoặc lỗi có được gửi lại?)",
    "Nhắn OA lúc 22:30 rồi để cán bộ trả lời: điện thoại có kêu không?",
    "Gửi một ảnh vào OA, mở lại địa chỉ ảnh sau 1 giờ: còn xem được không?",
    "Hỏi oa@zalo.me: gói của OA nhà nước, giá nhóm GMF, hạn mức bài viết, cách xin gửi khẩn toàn tỉnh.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What a probe saw. `differs`: not what this program assumes; somebody should read docs/zalo.md."""

    assumed: str
    seen: str
    differs: bool = False


Probe = Callable[[Api, str], Awaitable[Finding]]


async def probe(api: Api, person: str) -> AsyncIterator[tuple[str, Finding]]:
    """What was asked and what was found, one after the other.

    `person`: who gets the trial messages; empty: those are left out.
    """
    for name, ask in {**ALONE, **(TO_A_PERSON if person else {})}.items():
        try:
            yield name, await ask(api, person)
        except (Failed, ChannelError) as error:
            code = str(getattr(error, "code", type(error).__name__))
            yield name, Finding(assumed="gọi được", seen=f"lỗi {code}", differs=True)


async def probed(desk: Desk, person: str, *, twice: bool) -> int:
    """Prints the findings; 1 where something is otherwise."""
    differing = 0
    async for name, finding in probe(desk.api, person):
        differing += shown(name, finding)
    if twice:
        differing += shown("Token dùng hai lần", await refreshed_twice(desk))
    if not person:
        click.echo(
            "Chưa gửi tin thử: thêm --person MÃ (một quản trị viên của OA đã nhắn OA hôm nay)."
        )
    click.echo("Phải tự tay thử:")
    for line in BY_HAND:
        click.echo(f"  – {line}")
    return int(bool(differing))


def shown(name: str, finding: Finding) -> bool:
    """Prints a finding; whether it differs."""
    mark = "≠" if finding.differs else "="
    click.echo(f"{mark} {name}: {finding.seen}  (giả định: {finding.assumed})")
    return finding.differs


async def refreshed_twice(desk: Desk) -> Finding:
    """Which error a refresh token gets that was used before. The new pair is kept first, as ever."""
    kept = await desk.store.load(desk.oa.account)
    if kept is None:
        raise Stopped
    pair = await desk.oauth.refresh(kept.pair.refresh, now())
    await desk.store.renew(desk.oa.account, kept.version, pair)
    try:
        again = await desk.oauth.refresh(kept.pair.refresh, now())
    except Rejected as error:
        return Finding(assumed="bị từ chối", seen=f"lỗi {error.code}")
    await desk.store.put(desk.oa.account, again)
    return Finding(assumed="bị từ chối", seen="được nhận lần nữa", differs=True)


async def oa_kind(api: Api, person: str) -> Finding:
    """The kind of OA: a state body may be served by the older sending call."""
    about = await api.raw("GET", ABOUT)
    kind = about.get("oa_type")
    named = {BUSINESS: "doanh nghiệp", GOVERNMENT: "nhà nước"}.get(kind or 0, f"lạ: {kind!r}")
    return Finding(assumed="2 hoặc 4", seen=named, differs=kind not in (BUSINESS, GOVERNMENT))


async def verified(api: Api, person: str) -> Finding:
    """The tick, without which nothing can be sent."""
    good = bool((await api.raw("GET", ABOUT)).get("is_verified"))
    seen = "đã xác thực" if good else "chưa xác thực"
    return Finding(assumed="đã xác thực", seen=seen, differs=not good)


async def package(api: Api, person: str) -> Finding:
    """The package, which decides the calls a minute."""
    name = (await api.raw("GET", ABOUT)).get("package_name")
    return Finding(assumed="có tên gói", seen=str(name), differs=not name)


async def rate(api: Api, person: str) -> Finding:
    """The calls a minute, by the headers."""
    await api.raw("GET", ABOUT)
    seen = str(api.limit) if api.limit else "không thấy X-RateLimit-Limit"
    differs = api.limit not in (100, 2000)
    return Finding(assumed="100 hoặc 2000", seen=seen, differs=differs)


async def quota(api: Api, person: str) -> Finding:
    """The quota of messages outside 48 hours, and its shape."""
    body = {"quota_owner": "OA", "product_type": "cs", "quota_type": "sub_quota"}
    data = await api.raw("POST", QUOTA, json=body)
    items = data.get("items")
    good = isinstance(items, list) and all("remain" in item and "total" in item for item in items)
    seen = ", ".join(f"{i['remain']}/{i['total']}" for i in items) if good and items else "không có"
    return Finding(assumed="danh sách remain/total", seen=seen, differs=not good)


async def recent(api: Api, person: str) -> Finding:
    """The list of recent talk, by which a deaf webhook is noticed."""
    data = await api.get(RECENT, offset=0, count=1)
    items = data.get("items")
    good = isinstance(items, list) and all(
        type(item.get("time")) is int and item.get("src") in (0, 1) for item in items
    )
    seen = "đọc được" if good else "khác dạng"
    return Finding(assumed="src, time", seen=seen, differs=not good)


async def plain_text(api: Api, person: str) -> Finding:
    """Plain text by v3.0; by v2.0 for a state body."""
    code, path = await _code(api, SEND, _text(person)), SEND
    if code == WRONG_OA_TYPE:
        code, path = await _code(api, SEND_V2, _text(person)), SEND_V2
        if code == 0:
            api.sending = SEND_V2
    return Finding(assumed="0", seen=f"{code} trên {path}", differs=bool(code))


async def buttons(api: Api, person: str) -> Finding:
    """Buttons beside the text, without a `template_type`."""
    keys = [{"title": "Trợ giúp", "type": "oa.query.hide", "payload": "#f:help"}]
    code = await _code(api, api.sending, _with_buttons(person, keys))
    return Finding(assumed="0", seen=str(code), differs=bool(code))


async def short_number(api: Api, person: str) -> Finding:
    """A dial button with a short number: not used by us, a person must press it."""
    key = {"title": "Gọi 113", "type": "oa.open.phone", "payload": {"phone_code": "84113"}}
    code = await _code(api, api.sending, _with_buttons(person, [key]))
    seen = f"{code}; bấm thử: có ra 113 không?"
    return Finding(assumed="chưa rõ, không dùng", seen=seen)


async def six_buttons(api: Api, person: str) -> Finding:
    """A sixth button: refused, as we suppose."""
    keys = [
        {"title": f"Nút {n}", "type": "oa.query.hide", "payload": f"#thu:{n}"} for n in range(6)
    ]
    code = await _code(api, api.sending, _with_buttons(person, keys))
    return Finding(assumed="bị từ chối", seen=str(code), differs=code == 0)


async def picture(api: Api, person: str) -> Finding:
    """A picture, uploaded and sent."""
    asset = await api.upload("image", SQUARE, "thu.png")
    body = {
        "recipient": {"user_id": person},
        "message": message_of(Media("thu.png", SQUARE), asset),
    }
    code = await _code(api, api.sending, body)
    return Finding(assumed="0", seen=str(code), differs=bool(code))


async def free_replies(api: Api, person: str) -> Finding:
    """Whether messages within 48 hours are counted."""
    seen = [_quota_of(await _send(api, person)) for _ in range(REPLIES)]
    kinds = {str(quota.get("quota_type")) if quota else "charged" for quota in seen}
    left = [quota["remain"] for quota in seen if "remain" in quota]
    counted = len(set(left)) > 1
    about = f"{', '.join(sorted(kinds))}; remain {left or 'không có'}"
    return Finding(
        assumed="reply, không bị đếm",
        seen=about,
        differs=counted or not kinds <= KNOWN_QUOTAS,
    )


ALONE: Mapping[str, Probe] = {
    "Loại OA": oa_kind,
    "Dấu tích": verified,
    "Gói": package,
    "Lệnh gọi/phút": rate,
    "Hạn mức tin": quota,
    "Trò chuyện gần đây": recent,
}
TO_A_PERSON: Mapping[str, Probe] = {
    "Gửi chữ": plain_text,
    "Nút bấm": buttons,
    "Nút gọi 113": short_number,
    "Sáu nút": six_buttons,
    "Gửi ảnh": picture,
    "Tin trong 48 giờ": free_replies,
}


async def _code(api: Api, path: str, body: Mapping[str, Any]) -> int:
    """Zalo's own code for a call: 0 where it went well."""
    try:
        await api.raw("POST", path, json=body)
    except Failed as failed:
        return failed.code
    return 0


async def _send(api: Api, person: str) -> Fields:
    return await api.raw("POST", api.sending, json=_text(person))


def _quota_of(data: Fields) -> Fields:
    quota = data.get("quota")
    return quota if isinstance(quota, Mapping) else {}


def _text(person: str) -> dict[str, Any]:
    return {"recipient": {"user_id": person}, "message": {"text": "Bình An: tin thử."}}


def _with_buttons(person: str, keys: list[dict[str, Any]]) -> dict[str, Any]:
    body = _text(person)
    body["message"]["attachment"] = {"type": "template", "payload": {"buttons": keys}}
    return body
