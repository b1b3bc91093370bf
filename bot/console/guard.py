"""What stands before every page of the desk: who is asking, may they, and is it their own doing."""

from collections.abc import Awaitable, Callable
from hashlib import blake2b
from hmac import compare_digest
from typing import Any, TypeVar
from urllib.parse import quote

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from bot.channels.web.guard import HEADERS, json_error, same_origin
from bot.console.desk import CSRF, DESK, OFFICER, Desk
from handlers.officer import Role

# the browser compiles libsodium (WebAssembly); pictures of a tip are drawn from memory (blob:)
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self' 'wasm-unsafe-eval'",
        "style-src 'self'",
        "img-src 'self' blob:",
        "font-src 'self'",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    )
)
SAFE = frozenset({"GET", "HEAD"})
EVERYBODY = frozenset(Role)
NOBODY: frozenset[Role] = frozenset()

H = TypeVar("H", bound=Callable[..., Awaitable[web.StreamResponse]])


def needs(*roles: Role) -> Callable[[H], H]:
    """Only officers of these roles get in; without it any officer does."""

    def mark(handler: H) -> H:
        handler.needs = frozenset(roles)  # type: ignore[attr-defined]
        return handler

    return mark


def public(handler: H) -> H:
    """Nobody need be logged in: the way in, and what a stylesheet is made of."""
    handler.needs = NOBODY  # type: ignore[attr-defined]
    return handler


def quiet(handler: H) -> H:
    """Asked by the page by itself: it does not keep a session awake."""
    handler.quiet = True  # type: ignore[attr-defined]
    return handler


def headers_middleware() -> Middleware:
    """The same protective headers on everything; nothing is kept by browsers or proxies but static files."""

    @web.middleware
    async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            response = await handler(request)
        except web.HTTPRedirection as redirection:
            protect(request, redirection)
            raise
        if not response.prepared:
            protect(request, response)
        return response

    return guard


def protect(request: web.Request, response: web.StreamResponse) -> None:
    """Put the headers on a response that has not begun."""
    response.headers.update(HEADERS | {"Content-Security-Policy": POLICY})
    asked_again = "no-cache" if request.path.startswith("/static/") else "no-store"
    response.headers.setdefault("Cache-Control", asked_again)


def session_middleware() -> Middleware:
    """Puts `request[OFFICER]` and `request[CSRF]` there; refuses who is not logged in, may not, or was sent here.

    Every route needs an officer unless it is marked `public`: a new route can't be forgotten.
    """

    @web.middleware
    async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
        desk = request.app[DESK]
        roles = wanted(request)
        await identify(request, desk)
        if request.method not in SAFE:
            await check_own_doing(request, desk, with_token=bool(roles))
        if roles and OFFICER not in request:
            return to_login(request, desk)
        if roles and request[OFFICER].role not in roles:
            raise web.HTTPForbidden
        return await handler(request)

    return guard


def wanted(request: web.Request) -> frozenset[Role]:
    """The roles that may have a route; none: it is public."""
    if request.path.startswith("/static/"):
        return NOBODY
    roles: frozenset[Role] = getattr(request.match_info.handler, "needs", EVERYBODY)
    return roles


async def identify(request: web.Request, desk: Desk) -> None:
    token = request.cookies.get(desk.cookie, "")
    touch = not getattr(request.match_info.handler, "quiet", False)
    officer = await desk.officer_of(token, touch=touch) if token else None
    if officer is not None:
        request[OFFICER] = officer
        request[CSRF] = csrf_of(token, desk.key)


async def check_own_doing(request: web.Request, desk: Desk, *, with_token: bool) -> None:
    """A request that changes something comes from our own page, and holds the session's token."""
    if not same_origin(request, desk.url):
        raise web.HTTPForbidden
    if not with_token:
        if request.content_type != "application/json":  # a form of another site can't send it
            raise web.HTTPUnsupportedMediaType
        return
    given = request.headers.get("X-CSRF") or str((await request.post()).get("csrf", ""))
    if OFFICER in request and not compare_digest(given.encode(), request[CSRF].encode()):
        raise web.HTTPForbidden


def to_login(request: web.Request, desk: Desk) -> web.StreamResponse:
    if request.path.startswith("/api/"):
        return json_error(401, desk.texts("desk.error_401"))
    way = "" if request.path == "/" else f"?den={quote(request.path)}"
    raise web.HTTPSeeOther(f"/dang-nhap{way}")


def csrf_of(token: str, key: bytes) -> str:
    """The session's token for forms: derived, so that nothing more is stored."""
    return blake2b(f"csrf {token}".encode(), digest_size=24, key=key).hexdigest()


async def json_body(request: web.Request) -> dict[str, Any]:
    """The object that a page's script sent; HTTPBadRequest for anything else."""
    try:
        body = await request.json()
    except (ValueError, RecursionError):
        raise web.HTTPBadRequest from None
    if not isinstance(body, dict):
        raise web.HTTPBadRequest
    return body
