"""`binhan zalo`: an Official Account's consent, its state, and what the real Zalo does otherwise than supposed."""

import asyncio
import re
import secrets as random
from collections.abc import Awaitable
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import click

from bot.channels.zalo_oa.oauth import Pair, Rejected
from bot.commands.options import config_option
from bot.commands.zalo_desk import Desk, at_desk, now
from bot.commands.zalo_probe import probed
from bot.commands.zalo_status import status_of
from bot.config import Secret, read_config
from handlers.errors import Unreachable

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
    return asyncio.run(at_desk(account, config_path, work))


@zalo.command(epilog="Ví dụ: binhan zalo status")
@config_option
def status(config_path: Path | None) -> int:
    """Gói, hạn mức, tuổi token, webhook có im không; thoát 1 nếu có việc phải làm."""
    config = read_config(config_path)
    if not config.zalo_oa:
        click.echo("Chưa có [[zalo_oa]] nào trong cấu hình (xem docs/zalo.md).")
        return 0
    return max([asyncio.run(at_desk(oa.account, config_path, status_of)) for oa in config.zalo_oa])


@zalo.command("probe", epilog="Ví dụ: binhan zalo probe tinh-mau --person 8412345678901234567")
@click.argument("account")
@click.option("--person", default="", help="Mã người nhận tin thử (một quản trị viên của OA).")
@click.option(
    "--refresh-twice",
    is_flag=True,
    help="Dùng token cũ lần nữa để biết lỗi; cần người xin phép lại được.",
)
@config_option
def probe_command(account: str, person: str, refresh_twice: bool, config_path: Path | None) -> int:
    """Ngày đầu tiên: gọi thử Zalo thật và nêu điều khác với điều chương trình đang giả định; thoát 1 nếu có."""
    return asyncio.run(
        at_desk(account, config_path, lambda desk: probed(desk, person, twice=refresh_twice))
    )


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
    return await _keep(desk, desk.oauth.exchange(code, now()))


async def _by_token(desk: Desk) -> int:
    """Takes a refresh token from the console's API Explorer, and renews it at once: it works once."""
    token = click.prompt("Dán refresh token", hide_input=True).strip()
    return await _keep(desk, desk.oauth.refresh(Secret(token), now()))


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
    return await status_of(desk)


async def _again(desk: Desk) -> int:
    if not await desk.store.forgive(desk.oa.account):
        click.echo("Token không bị đánh dấu hỏng; không có gì để thử lại.")
    return await status_of(desk)


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
