"""How an Official Account stands: tokens, package, quota, webhook; every fault with its remedy."""

from datetime import timedelta
from typing import Any

import click

from bot.channels.zalo_oa.api import ABOUT, QUOTA, Failed
from bot.channels.zalo_oa.watch import watch
from bot.commands.zalo_desk import Desk, clock, now
from bot.config import ConfigError
from handlers.errors import ChannelError, Stopped

REFRESH_LIFE = timedelta(days=90)
SOON = timedelta(days=7)  # an end that near is a fault


async def status_of(desk: Desk) -> int:
    """What stands where; every ✗ says what to do."""
    faults = [*await _tokens_line(desk)]
    try:
        await _oa_lines(desk)
        faults += await _webhook_line(desk)
    except Stopped:
        faults.append(f"Zalo không cho gọi; chạy: binhan zalo login {desk.oa.account}")
    except Failed as failed:
        faults.append(f"Zalo trả lỗi {failed.code}; xem bảng lỗi trong docs/zalo.md")
    except ChannelError:
        faults.append("Zalo không trả lời; kiểm tra mạng của máy chủ")
    for fault in faults:
        click.echo(f"  ✗ {fault}")
    return int(bool(faults))


async def _tokens_line(desk: Desk) -> list[str]:
    oa, kept = desk.oa, await desk.store.load(desk.oa.account)
    click.echo(f"{oa.account} (khu vực: {oa.area or 'chưa ghi'}, {'bật' if oa.enabled else 'tắt'})")
    if kept is None:
        return [f"chưa có token; chạy: binhan zalo login {oa.account}"]
    if kept.lost:
        return [f"token hỏng từ {clock(kept.lost)}; chạy: binhan zalo login {oa.account}"]
    dies = kept.pair.got + REFRESH_LIFE
    click.echo(
        f"  Token: lần thứ {kept.version}, lấy lúc {clock(kept.pair.got)}, tự thay mỗi 20 giờ"
    )
    if dies - now() < SOON and kept.version > 1:
        return [f"token hết hạn hẳn {clock(dies)} nếu dịch vụ không chạy; hãy bật dịch vụ"]
    return []


async def _oa_lines(desk: Desk) -> None:
    about = await desk.api.get(ABOUT)
    kind = {2: "doanh nghiệp", 4: "nhà nước"}.get(_int(about.get("oa_type")), "loại lạ")
    tick = "đã xác thực" if about.get("is_verified") else "CHƯA xác thực"
    click.echo(f"  OA: {about.get('name')} ({about.get('oaid')}), {kind}, {tick}")
    until = about.get("package_valid_through_date")
    click.echo(
        f"  Gói: {about.get('package_name')}, đến {until}; {desk.api.limit or '?'} lệnh gọi/phút"
    )
    click.echo(f"  Người quan tâm: {about.get('num_follower')}")
    if desk.oa.oa_id and desk.oa.oa_id != about.get("oaid"):
        raise ConfigError([f"zalo_oa «{desk.oa.account}»: oa_id khác với OA đã cho phép"])
    owned = {"quota_owner": "OA", "product_type": "cs", "quota_type": "sub_quota"}
    items = (await desk.api.post(QUOTA, owned)).get("items")
    for item in items if isinstance(items, list) else ():
        click.echo(f"  Tin ngoài 48 giờ: còn {item.get('remain')}/{item.get('total')}")


async def _webhook_line(desk: Desk) -> list[str]:
    heard = await desk.chats.last_heard(desk.oa.account)
    when = f"{clock(heard.at)}, ký kiểu {heard.variant}" if heard else "chưa lần nào"
    click.echo(f"  Webhook: Zalo gọi lần cuối {when}")
    if await watch(desk.api, heard.at if heard else None):
        return ["có người nhắn mà webhook im: vào trang quản lý ứng dụng, mục Webhook, bật lại"]
    return []


def _int(value: Any) -> int:
    return value if type(value) is int else 0
