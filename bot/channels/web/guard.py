"""What stands before every public page: headers, sizes, rates, and errors that say the remedy."""

import ipaddress
import json
import logging
import secrets
from collections import OrderedDict
from collections.abc import Callable
from time import monotonic
from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from bot.logs import incident
from scheduler.bucket import Bucket

log = logging.getLogger(__name__)

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "worker-src 'self'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
# WebAssembly is what seals: the tip page and its worker may compile it, nothing else may
SEALING_POLICY = POLICY.replace("script-src 'self'", "script-src 'self' 'wasm-unsafe-eval'")
WORKER = "deriving.js"  # of the static files; a worker keeps the policy that it came with
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), interest-cohort=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
NAMES = 20_000  # remembered at most, in memory only
IPV6_NETWORK = 64

ErrorPage = Callable[[web.Request, int, str], web.Response]


def headers_middleware() -> Middleware:
    """The same protective headers on everything; static files are kept by browsers, pages are not."""

    @web.middleware
    async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
        response = await handler(request)
        if not response.prepared:
            protect(request, response)
        return response

    return guard


def protect(request: web.Request, response: web.StreamResponse) -> None:
    """Put the headers on a response that has not begun; a page that needs others has set them itself."""
    if request.path == f"/static/{WORKER}":
        response.headers["Content-Security-Policy"] = SEALING_POLICY
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if request.path.startswith("/static/") and response.status == 200:
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    else:
        response.headers.setdefault("Cache-Control", "no-store")


def errors_middleware(page: ErrorPage) -> Middleware:
    """An error as a page or as JSON, in words; a bug as an incident number, its frames in the log."""

    @web.middleware
    async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            return await handler(request)
        except web.HTTPRedirection:
            raise
        except web.HTTPException as error:
            return _shown(request, error.status, "", page)
        except ConnectionError:
            raise
        except Exception:
            number = secrets.token_hex(4)
            incident.set(number)
            log.exception("request failed", extra={"method": request.method})
            return _shown(request, 500, number, page)

    return guard


def _shown(request: web.Request, status: int, number: str, page: ErrorPage) -> web.Response:
    if request.path.startswith("/webhook/"):
        return web.Response(status=status)
    return page(request, status, number)


def json_error(status: int, text: str) -> web.Response:
    body = json.dumps({"error": text}, ensure_ascii=False)
    return web.Response(status=status, text=body, content_type="application/json")


def same_origin(request: web.Request, public_url: str) -> bool:
    """Whether a POST comes from one of our own pages; browsers say so by themselves."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = request.headers.get("Origin")
    if origin is None:
        return True  # no browser: it can't be tricked into sending somebody's cookie
    return urlsplit(origin).netloc in (request.host, urlsplit(public_url).netloc)


class Buckets:
    """How often a name may do a thing: a bucket each, forgotten with the process."""

    def __init__(self, rate: float, burst: float) -> None:
        self._rate = rate
        self._burst = burst
        self._buckets: OrderedDict[str, Bucket] = OrderedDict()

    def allows(self, name: str) -> bool:
        """Count one; whether it may be done."""
        now = monotonic()
        bucket = self._buckets.pop(name, None) or Bucket(self._rate, self._burst, now)
        self._buckets[name] = bucket
        if len(self._buckets) > NAMES:
            self._buckets.popitem(last=False)
        return bucket.take(now)


class Addresses:
    """The same by the address that a request comes from."""

    def __init__(self, rate: float, burst: float) -> None:
        self._buckets = Buckets(rate, burst)

    def allows(self, request: web.Request) -> bool:
        """Count one; whether it may be done."""
        return self._buckets.allows(network(client(request)))


def client(request: web.Request) -> str:
    """The address of the person: the last one that a proxy on this machine names, else the peer's."""
    peer = request.remote or ""
    forwarded = request.headers.get("X-Forwarded-For", "")
    if forwarded and peer in ("127.0.0.1", "::1"):
        return forwarded.rpartition(",")[2].strip()
    return peer


def network(address: str) -> str:
    """An IPv4 address, or the /64 of an IPv6 one: a household has as many of those as it likes."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return ""
    if ip.version == 4:
        return str(ip)
    return str(ipaddress.ip_network((ip, IPV6_NETWORK), strict=False))
