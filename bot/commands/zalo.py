"""`binhan zalo`: an Official Account's consent, its state, and what the real Zalo does otherwise than supposed."""

import asyncio
import re
import secrets as random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import click

from bot.channels.zalo_oa.api import ABOUT, QUOTA, Api, Failed
from bot.channels.zalo_oa.oauth import OAuth, Pair, Rejected
from bot.channels.zalo_oa.probe import BY_HAND, probe
from bot.channels.zalo_oa.watch import watch
from bot.commands.options import config_option
from bot.config import (
    Config,
    ConfigError,
    Secret,
    Secrets,
    ZaloOa,
    missing_secrets,
    read_config,
    read_secrets,
)
from bot.store.database import open_database
from bot.store.keyed import Keyed
from bot.store.zalo_chats import ZaloChats
from bot.store.zalo_tokens import DatabaseTokens
from bot.wiring.zalo import api_of, app_of, open_session, tokens_of
from handlers.errors import ChannelError, Stopped, Unreachable

REFRESH_LIFE = timedelta(days=90)
SOON = timedelta(days=7)  # an end that near is a fault
CALLBACK = "/zalo-oa/xong"


@click.group(short_help="Zalo Official Account: cho phép, trạng thái, dò thử.")
def zalo() -> None:
    """Nối với Zalo Official Account. Từng bước: docs/zalo.md."""


@zalo.command(epilog="Ví dụ: binhan zalo login tinh-mau")
@click.argument("account")
@click.option(
    "--refresh-token",
    is_flag=True,
    help="Dán refresh token của API Explorer, thay cho việc mở trang xin phép.",
)
@click.option(
    "--again", is_flag=True, help="Thử lại token đang giữ (sau khi sửa bí mật của ứng dụng)."
)
@config_option
def login(account: str, refresh_token: bool, again: bool, config_path: Path | None) -> int:
    """Xin phép của người quản trị OA, rồi giữ token đã mã hoá trong cơ sở dữ liệu."""
    work = _again if again else (_by_token if refresh_token else _by_consent)
    return asyncio.run(_with(account, config_path, work))


@zalo.command(epilog="Ví dụ: binhan zalo status")
@config_option
def status(config_path: Path | None) -> int:
    """Gói, hạn mức, tuổi token, webhook có im không; thoát 1 nếu có việc phải làm."""
    config = read_config(config_path)
    if not config.zalo_oa:
        click.echo("Chưa có [[zalo_oa]] nào trong cấu hình (xem docs/zalo.md).")
        return 0
    return max([asyncio.run(_with(oa.account, config_path, _status)) for oa in config.zalo_oa])


@zalo.command("probe", epilog="Ví dụ: binhan zalo probe tinh-mau --person 8412345678901234567")
@click.argument("account")
@click.option("--person", default="", help="Mã người nhận tin thử (một quản trị viên của OA).")
@config_option
def probe_command(account: str, person: str, config_path: Path | None) -> int:
    """Ngày đầu tiên: gọi thử Zalo thật và nêu điều khác với điều chương trình đang giả định; thoát 1 nếu có."""
    return asyncio.run(_with(account, config_path, lambda desk: _probe(desk, person)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What the commands work with, for one account."""

    oa: ZaloOa
    config: Config
    api: Api
    oauth: OAuth
    store: DatabaseTokens
    chats: ZaloChats


async def _with(
    account: str, config_path: Path | None, work: Callable[[Desk], Awaitable[int]]
) -> int:
    config = read_config(config_path)
    async with _desk(account, config, read_secrets(config)) as desk:
        return await work(desk)


@asynccontextmanager
async def _desk(account: str, config: Config, secrets: Secrets) -> AsyncIterator[Desk]:
    oa = next((oa for oa in config.zalo_oa if oa.account == account), None)
    if oa is None:
        known = ", ".join(oa.account for oa in config.zalo_oa) or "chưa có [[zalo_oa]] nào"
        raise ConfigError([f"không có tài khoản Zalo «{account}» trong cấu hình ({known})"])
    if faults := missing_secrets(config, secrets):
        raise ConfigError(faults)
    async with open_database(config.database_url) as database, open_session() as session:
        tokens = tokens_of(oa, secrets, database, session, _now)
        app = app_of(secrets.zalo_oa[account], secrets)
        keyed = Keyed(bytes.fromhex(secrets.pepper.reveal()))
        try:
            yield Desk(
                oa=oa,
                config=config,
                api=api_of(oa, tokens, session, _now),
                oauth=OAuth(session=session, base=oa.oauth_base, app=app),
                store=DatabaseTokens(database, secrets.key("zalo_key")),
                chats=ZaloChats(database, keyed),
            )
        finally:
            await tokens.finish()


async def _by_consent(desk: Desk) -> int:
    """Shows the link, takes the address that the browser ended at."""
    callback, state = f"{desk.config.public_url}{CALLBACK}", random.token_urlsafe(16)
    click.echo("1. Trong trang quản lý ứng dụng (Official Account → Thiết lập chung), lưu:")
    click.echo(f"     Callback URL:    {callback}")
    click.echo(f"     Code Challenge:  {desk.oauth.app.challenge}")
    click.echo("   Đánh dấu mọi quyền. Đổi một trong các mục này về sau sẽ làm mất quyền đã cho.")
    click.echo("2. Người quản trị OA mở địa chỉ này và bấm đồng ý:")
    click.echo(f"     {desk.oauth.permission_url(callback, state)}")
    click.echo("3. Chép địa chỉ mà trình duyệt dừng lại (10 phút, dùng một lần).")
    code = _code_of(click.prompt("Dán địa chỉ đó vào đây", hide_input=True), state)
    return await _keep(desk, desk.oauth.exchange(code, _now()))


async def _by_token(desk: Desk) -> int:
    """Takes a refresh token from the console's API Explorer, and renews it at once: it works once."""
    token = click.prompt("Dán refresh token", hide_input=True).strip()
    return await _keep(desk, desk.oauth.refresh(Secret(token), _now()))


async def _keep(desk: Desk, asked: Awaitable[Pair]) -> int:
    """Keep the pair before anything else is done with it; then ask Zalo who we are."""
    try:
        pair = await asked
    except Rejected as error:
        raise click.ClickException(_refused(error.code)) from None
    except Unreachable:
        raise click.ClickException("Zalo không trả lời; kiểm tra mạng rồi làm lại.") from None
    await desk.store.put(desk.oa.account, pair)
    click.echo(
        "Đã giữ token, mã hoá trong cơ sở dữ liệu. Dịch vụ đang chạy dùng ngay, không cần khởi động lại."
    )
    return await _status(desk)


async def _again(desk: Desk) -> int:
    if not await desk.store.forgive(desk.oa.account):
        click.echo("Token không bị đánh dấu hỏng; không có gì để thử lại.")
    return await _status(desk)


async def _status(desk: Desk) -> int:
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
        return [f"token hỏng từ {_shown(kept.lost)}; chạy: binhan zalo login {oa.account}"]
    dies = kept.pair.got + REFRESH_LIFE
    click.echo(
        f"  Token: lần thứ {kept.version}, lấy lúc {_shown(kept.pair.got)}, tự thay mỗi 20 giờ"
    )
    if dies - _now() < SOON and kept.version > 1:
        return [f"token hết hạn hẳn {_shown(dies)} nếu dịch vụ không chạy; hãy bật dịch vụ"]
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
    when = _shown(datetime.fromtimestamp(heard, UTC)) if heard else "chưa lần nào"
    click.echo(f"  Webhook: Zalo gọi lần cuối {when}")
    if await watch(desk.api, heard):
        return ["có người nhắn mà webhook im: vào trang quản lý ứng dụng, mục Webhook, bật lại"]
    return []


async def _probe(desk: Desk, person: str) -> int:
    differing = 0
    async for finding in probe(desk.api, person):
        differing += finding.differs
        mark = "≠" if finding.differs else "="
        click.echo(f"{mark} {finding.name}: {finding.seen}  (giả định: {finding.assumed})")
    if not person:
        click.echo(
            "Chưa gửi tin thử: thêm --person MÃ (một quản trị viên của OA đã nhắn OA hôm nay)."
        )
    click.echo("Phải tự tay thử:")
    for line in BY_HAND:
        click.echo(f"  – {line}")
    return int(bool(differing))


def _code_of(pasted: str, state: str) -> str:
    """The code of an address; one that was asked for by another request is refused."""
    asked = parse_qs(urlsplit(pasted.strip()).query)
    code = asked.get("code", [""])[0]
    if not re.fullmatch(r"[\w.~-]{1,1024}", code):
        raise click.ClickException("địa chỉ này không có code=…; hãy chép cả thanh địa chỉ")
    if asked.get("state", [state])[0] != state:
        raise click.ClickException(
            "địa chỉ này của một lần xin phép khác; hãy mở lại đường dẫn ở bước 2"
        )
    return code


def _refused(code: int) -> str:
    known = {
        -14002: "ứng dụng chưa kích hoạt, hoặc người bấm không phải quản trị viên OA",
        -14003: "Callback URL khác với địa chỉ đã lưu ở bước 1",
        -14012: "Code Challenge khác với mã đã lưu ở bước 1",
    }
    about = known.get(code, "mã đã dùng rồi, quá 10 phút, hoặc bí mật của ứng dụng sai")
    return f"Zalo từ chối ({code}): {about}"


def _shown(at: datetime) -> str:
    return at.astimezone().strftime("%H:%M %d/%m/%Y")


def _int(value: Any) -> int:
    return value if type(value) is int else 0


def _now() -> datetime:
    return datetime.now(UTC)
