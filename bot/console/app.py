"""The officers' application: for now the operators' figures; the desk and the broadcasts move in here."""

from collections.abc import Awaitable, Callable, Mapping

from aiohttp import web

from bot.metrics import Metrics

Gauges = Callable[[], Awaitable[Mapping[str, float]]]


def console_app(metrics: Metrics, gauges: Gauges) -> web.Application:
    """GET /metrics and /healthz; everything else is 404."""

    async def show(request: web.Request) -> web.Response:
        return web.Response(text=metrics.text(await gauges()))

    async def healthy(request: web.Request) -> web.Response:
        return web.Response(text="ok")

    app = web.Application()
    app.add_routes([web.get("/metrics", show), web.get("/healthz", healthy)])
    return app
