"""The configuration: one TOML file and the environment's secrets, or every fault at once with its key."""

import os
import re
import secrets
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any, get_args, get_type_hints

from knowledge.load import SHIPPED

FILE = "config.toml"
SECRETS_FILE = "secrets.toml"
PEPPER_BYTES = 32
CHAT = re.compile(r"[a-z_]+:[^:\s]{1,64}")  # a channel and a chat's id there
ACCOUNT = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")  # stands in an address
KEY = re.compile(r"[0-9a-fA-F]{64}")
PHONE = re.compile(r"[0-9][0-9 .]{2,14}")


class ConfigError(Exception):
    """The configuration can't be used; `faults` are lines for the person who wrote it."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("; ".join(faults))
        self.faults = tuple(faults)


class Secret(str):
    """A text that prints as stars; `reveal()` is the only way to its letters in a message or a log."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "'***'" if self else "''"

    def __str__(self) -> str:
        return "***" if self else ""

    def __format__(self, spec: str) -> str:
        return str(self)

    def reveal(self) -> str:
        return str.__str__(self)


NO_SECRET = Secret()


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    listen: str = "127.0.0.1:8080"
    public_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Console:
    listen: str = "127.0.0.1:8081"
    public_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Data:
    path: str = "data"


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseConfig:
    url: str = "sqlite:///data/binhan.db"


@dataclass(frozen=True, slots=True, kw_only=True)
class KnowledgeConfig:
    path: str = ""
    gate: bool = True
    admins: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeConfig:
    address: str = ""
    duty: str = ""
    controller: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Telegram:
    enabled: bool = False
    mode: str = "polling"
    api_base: str = "https://api.telegram.org"
    per_second: float = 25.0
    paid_broadcasts: bool = False


# https://core.telegram.org/bots/faq: about 30 messages a second are free, up to 1,000 where the bot pays for the rest
FREE_PER_SECOND, PAID_PER_SECOND = 30.0, 1000.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ZaloOa:
    """One Official Account. `name` is its own in our addresses and commands; empty: the area's, else "oa"."""

    name: str = ""
    area: str = ""
    oa_id: str = ""
    enabled: bool = False
    template: str = ""
    api_base: str = "https://openapi.zalo.me"
    oauth_base: str = "https://oauth.zaloapp.com"

    @property
    def account(self) -> str:
        return self.name or self.area or "oa"


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitsConfig:
    questions_per_second: int = 1
    questions_per_minute: int = 20
    question_characters: int = 2000
    quiet_seconds: float = 2.0
    body_bytes: int = 1_000_000
    streams: int = 2000
    request_seconds: float = 30.0
    grace_seconds: float = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class WarningsConfig:
    campaign: bool = False
    halt_percent: float = 5.0
    ask_next_minutes: float = 10.0
    ask_next_urgent_minutes: float = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ZaloApp:
    """The app behind an Official Account. `refresh_token` is a first one from the console's API Explorer."""

    app_id: str = ""
    secret: Secret = NO_SECRET
    webhook_secret: Secret = NO_SECRET
    refresh_token: Secret = NO_SECRET


@dataclass(frozen=True, slots=True, kw_only=True)
class Secrets:
    """What the environment or the secrets file gives; see docs/operations.md for what losing each means."""

    pepper: Secret = NO_SECRET
    audit_key: Secret = NO_SECRET
    desk_key: Secret = NO_SECRET
    zalo_key: Secret = NO_SECRET
    telegram_token: Secret = NO_SECRET
    telegram_webhook_secret: Secret = NO_SECRET
    zalo_oa: Mapping[str, ZaloApp] = field(default_factory=dict)  # by account

    def key(self, name: str) -> bytes:
        """The 32-byte key of a purpose ("audit_key"): what was given, else derived from the pepper."""
        given = getattr(self, name).reveal()
        if given:
            return bytes.fromhex(given)
        return blake2b(
            name.encode(), digest_size=32, key=bytes.fromhex(self.pepper.reveal())
        ).digest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """The whole configuration; `folder` is what relative paths are relative to, `demo` that of `serve --demo`."""

    server: Server = field(default_factory=Server)
    console: Console = field(default_factory=Console)
    data: Data = field(default_factory=Data)
    database: DatabaseConfig = field(default_factory=DatabaseConfig)
    knowledge: KnowledgeConfig = field(default_factory=KnowledgeConfig)
    office: OfficeConfig = field(default_factory=OfficeConfig)
    telegram: Telegram = field(default_factory=Telegram)
    limits: LimitsConfig = field(default_factory=LimitsConfig)
    warnings: WarningsConfig = field(default_factory=WarningsConfig)
    zalo_oa: tuple[ZaloOa, ...] = ()
    folder: Path = field(default_factory=Path)
    demo: bool = False

    @property
    def data_folder(self) -> Path:
        return self.folder / self.data.path

    @property
    def database_url(self) -> str:
        """The database's URL with a SQLite path made absolute."""
        prefix = "sqlite:///"
        if not self.database.url.startswith(prefix):
            return self.database.url
        return prefix + str((self.folder / self.database.url.removeprefix(prefix)).resolve())

    @property
    def knowledge_folder(self) -> Path:
        """The folder of the knowledge: an admin's own, else the shipped one."""
        return self.folder / self.knowledge.path if self.knowledge.path else SHIPPED

    @property
    def public_url(self) -> str:
        return (self.server.public_url or f"http://{self.server.listen}").rstrip("/")

    @property
    def console_url(self) -> str:
        return (self.console.public_url or f"http://{self.console.listen}").rstrip("/")


def read_config(path: Path | None) -> Config:
    """The configuration of a file; without one, of ./config.toml, else the embedded defaults."""
    if path is None and not Path(FILE).is_file():
        return Config()
    path = path or Path(FILE)
    try:
        raw = tomllib.loads(path.read_text("utf-8"))
    except OSError:
        raise ConfigError([f"{path}: không đọc được tệp cấu hình"]) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError([f"{path}: viết sai cách TOML ({error})"]) from None
    return parse_config(raw, path.resolve().parent)


def parse_config(raw: Mapping[str, Any], folder: Path) -> Config:
    """The configuration of a file's tables; ConfigError names every faulty key."""
    faults: list[str] = []
    values = _tables(Config, raw, "", faults, skip=("folder", "demo"))
    config = Config(**values, folder=folder)
    faults += _impossible(config)
    if faults:
        raise ConfigError(faults)
    return config


def read_secrets(config: Config, environment: Mapping[str, str] = os.environ) -> Secrets:
    """The secrets of the environment (BINHAN_…), else of the secrets file, which is made where absent (0600)."""
    path = config.data_folder / SECRETS_FILE
    try:
        stored = tomllib.loads(path.read_text("utf-8")) if path.exists() else {}
    except (OSError, ValueError):
        raise ConfigError([f"{path}: không đọc được tệp bí mật; xem docs/operations.md"]) from None
    if not stored.get("pepper") and "BINHAN_PEPPER" not in environment:
        stored["pepper"] = secrets.token_hex(PEPPER_BYTES)
        _write_secret(path, f'pepper = "{stored["pepper"]}"\n')
    found = {
        name.name: Secret(
            environment.get(f"BINHAN_{name.name.upper()}") or stored.get(name.name, "")
        )
        for name in fields(Secrets)
        if name.name != "zalo_oa"
    }
    zalo = stored.get("zalo_oa", {})
    apps = {oa.account: _zalo_app(oa.account, zalo, environment) for oa in config.zalo_oa}
    return Secrets(**found, zalo_oa=apps)


def _zalo_app(account: str, stored: Any, environment: Mapping[str, str]) -> ZaloApp:
    """An account's own app (BINHAN_ZALO_OA_<ACCOUNT>_SECRET, [zalo_oa.<account>]), else the common one."""
    tables = [stored.get(account), stored] if isinstance(stored, dict) else []
    own = account.upper().replace("-", "_")

    def given(name: str) -> str:
        named = (
            environment.get(f"BINHAN_ZALO_OA_{each}{name.upper()}") for each in (f"{own}_", "")
        )
        written = (table.get(name) for table in tables if isinstance(table, dict))
        return next((text for text in (*named, *written) if isinstance(text, str) and text), "")

    return ZaloApp(
        app_id=given("app_id"),
        secret=Secret(given("secret")),
        webhook_secret=Secret(given("webhook_secret")),
        refresh_token=Secret(given("refresh_token")),
    )


def missing_secrets(config: Config, secrets: Secrets) -> list[str]:
    """What the configuration wants and nobody gave."""
    faults = []
    if config.telegram.enabled and not secrets.telegram_token:
        faults.append("telegram.enabled: thiếu BINHAN_TELEGRAM_TOKEN")
    if config.telegram.enabled and config.telegram.mode == "webhook":
        if not secrets.telegram_webhook_secret:
            faults.append("telegram.mode: thiếu BINHAN_TELEGRAM_WEBHOOK_SECRET")
        elif not re.fullmatch(r"[A-Za-z0-9_-]{16,256}", secrets.telegram_webhook_secret.reveal()):
            faults.append("BINHAN_TELEGRAM_WEBHOOK_SECRET: cần 16–256 ký tự A-Z a-z 0-9 _ -")
    for oa in config.zalo_oa:
        app = secrets.zalo_oa.get(oa.account, ZaloApp())
        if oa.enabled and not (app.app_id and app.secret):
            faults.append(
                f"zalo_oa «{oa.account}»: thiếu BINHAN_ZALO_OA_APP_ID hoặc BINHAN_ZALO_OA_SECRET"
                " (xem docs/zalo.md)"
            )
        sharing = [o for o in config.zalo_oa if o.enabled and _same_app(o, oa, secrets)]
        if oa.enabled and len(sharing) > 1 and not oa.oa_id:
            faults.append(f"zalo_oa «{oa.account}»: cần oa_id, vì ứng dụng này phục vụ nhiều OA")
    faults += [
        f"BINHAN_{name.upper()}: cần 64 chữ số hệ 16"
        for name in ("audit_key", "desk_key", "zalo_key")
        if (given := getattr(secrets, name).reveal()) and not KEY.fullmatch(given)
    ]
    return faults


def _same_app(one: ZaloOa, other: ZaloOa, secrets: Secrets) -> bool:
    """Whether two accounts are served by one app: their events then come to one address."""
    apps = [secrets.zalo_oa.get(oa.account, ZaloApp()).app_id for oa in (one, other)]
    return bool(apps[0]) and apps[0] == apps[1]


def _write_secret(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "a") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def _tables(
    kind: type[Any],
    raw: Mapping[str, Any],
    prefix: str,
    faults: list[str],
    skip: tuple[str, ...] = (),
) -> dict[str, Any]:
    hints = get_type_hints(kind)
    known = [name.name for name in fields(kind) if name.name not in skip]
    for key in raw:
        if key not in known:
            faults.append(f"{prefix}{key}: không có khoá này (xem config.example.toml)")
    values = {
        key: _value(hints[key], raw[key], f"{prefix}{key}", faults) for key in known if key in raw
    }
    return {key: value for key, value in values.items() if value is not None}


def _value(kind: Any, value: Any, key: str, faults: list[str]) -> Any:
    """The value of a key; None, and a fault noted, where it is of the wrong type."""
    if isinstance(kind, type) and is_dataclass(kind):
        if isinstance(value, dict):
            return kind(**_tables(kind, value, f"{key}.", faults))
        faults.append(f"{key}: phải là một bảng [{key}]")
        return None
    if get_args(kind):
        item = get_args(kind)[0]
        if isinstance(value, list):
            found = (_value(item, v, f"{key}[{n}]", faults) for n, v in enumerate(value))
            return tuple(one for one in found if one is not None)
        dressed = f"các bảng [[{key}]]" if is_dataclass(item) else "một danh sách trong ngoặc vuông"
        faults.append(f"{key}: phải là {dressed}")
        return None
    if kind is float and type(value) is int:
        value = float(value)
    if type(value) is not kind:
        names = {str: "chữ trong ngoặc kép", int: "số nguyên", float: "số", bool: "true hoặc false"}
        faults.append(f"{key}: phải là {names[kind]}")
        return None
    return value


def _impossible(config: Config) -> list[str]:
    """Values of the right type that can't be meant."""
    limits = config.limits
    checks: list[tuple[bool, str]] = [
        (_is_address(config.server.listen), 'server.listen: cần dạng "127.0.0.1:8080"'),
        (_is_address(config.console.listen), 'console.listen: cần dạng "127.0.0.1:8081"'),
        (
            config.server.listen != config.console.listen,
            "console.listen: phải khác server.listen",
        ),
        (
            _is_url(config.server.public_url),
            "server.public_url: cần bắt đầu bằng http:// hoặc https://",
        ),
        (
            _is_url(config.console.public_url),
            "console.public_url: cần bắt đầu bằng http:// hoặc https://",
        ),
        (
            config.database.url.startswith(("sqlite:///", "postgresql://")),
            "database.url: cần sqlite:///… hoặc postgresql://…",
        ),
        (config.telegram.mode in ("polling", "webhook"), 'telegram.mode: "polling" hoặc "webhook"'),
        (
            bool(config.telegram.api_base) and _is_url(config.telegram.api_base),
            "telegram.api_base: cần bắt đầu bằng http:// hoặc https://",
        ),
        (
            not config.office.duty or bool(PHONE.fullmatch(config.office.duty)),
            "office.duty: cần là một số điện thoại",
        ),
        (
            not config.knowledge.path or (config.folder / config.knowledge.path).is_dir(),
            "knowledge.path: không có thư mục này",
        ),
    ]
    checks += [
        (bool(CHAT.fullmatch(chat)), f'knowledge.admins: «{chat}» cần dạng "telegram:123456"')
        for chat in config.knowledge.admins
    ]
    names = [oa.account for oa in config.zalo_oa]
    for oa in config.zalo_oa:
        checks += [
            (
                bool(ACCOUNT.fullmatch(oa.account)),
                f"zalo_oa.name: «{oa.account}» cần chữ thường, số, gạch nối",
            ),
            (names.count(oa.account) == 1, f"zalo_oa.name: «{oa.account}» có hai lần"),
            (
                all(base and _is_url(base) for base in (oa.api_base, oa.oauth_base)),
                f"zalo_oa «{oa.account}»: api_base, oauth_base cần bắt đầu bằng http:// hoặc https://",
            ),
        ]
    checks.append((config.telegram.per_second > 0, "telegram.per_second: phải lớn hơn 0"))
    most = PAID_PER_SECOND if config.telegram.paid_broadcasts else FREE_PER_SECOND
    checks.append(
        (
            config.telegram.api_base != Telegram().api_base or config.telegram.per_second <= most,
            f"telegram.per_second: Telegram nhận nhiều nhất {FREE_PER_SECOND:g} tin mỗi giây, hay"
            f" {PAID_PER_SECOND:g} nếu bật telegram.paid_broadcasts (có phí)",
        )
    )
    waits = config.warnings
    checks.append(
        (
            waits.ask_next_minutes > 0 and waits.ask_next_urgent_minutes > 0,
            "warnings.ask_next_minutes, warnings.ask_next_urgent_minutes: phải lớn hơn 0",
        )
    )
    checks += [
        (getattr(limits, f.name) > 0, f"limits.{f.name}: phải lớn hơn 0") for f in fields(limits)
    ]
    return [text for good, text in checks if not good]


def _is_url(text: str) -> bool:
    return not text or text.startswith(("http://", "https://"))


def _is_address(text: str) -> bool:
    host, colon, port = text.rpartition(":")
    return bool(host and colon) and port.isdecimal() and int(port) < 65536


def address(listen: str) -> tuple[str, int]:
    """The host and port of a `listen` value."""
    host, _, port = listen.rpartition(":")
    return host.strip("[]"), int(port)
