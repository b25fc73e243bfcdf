"""The application that the server runs: the API, and Django for everything else, behind one port.

Owns the process's life: the engine is opened before the first request and closed after the last.
"""

import asyncio
import gc
import os
from functools import partial

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "topup.site.settings")

from django.core.asgi import get_asgi_application  # Django needs its settings named first

django_application = get_asgi_application()

from django.contrib.staticfiles.finders import AppDirectoriesFinder  # noqa: E402  # Django is set up above

from topup.api import app as api  # noqa: E402  # the API imports Django's models
from topup.api import balance_front  # noqa: E402
from topup.api import front as sale_front  # noqa: E402
from topup.api.engine import Engine  # noqa: E402
from topup.api.shapes import Application, Receive, Scope, Send  # noqa: E402
from topup.site import forwarded, uploads, wire  # noqa: E402
from topup.site.settings import CONFIG  # noqa: E402
from topup.telemetry import logs  # noqa: E402

GC_THRESHOLDS = (50_000, 20, 50)
"""Objects made and not freed before the youngest generation is looked at, and how often the older ones."""
OF_THE_API = ("/api/", "/api-token-auth", "/docs/", "/static/")

engine = Engine(CONFIG)
pages = uploads.bounded(django_application)
# Files are served from the packages that bring them; nothing has to be collected first.
static = [str(storage.location) for storage in AppDirectoriesFinder().storages.values()]
api_application = api.create(engine, static=static)


async def _dispatch(scope: Scope, receive: Receive, send: Send) -> None:
    """ASGI 3: what begins with OF_THE_API is the API's, every other path Django's."""
    if scope["type"] == "lifespan":
        await _lifespan(receive, send)
    elif scope["path"].startswith(OF_THE_API):
        await api_application(scope, receive, send)
    else:
        await pages(dict(scope), receive, send)


def _settle_memory() -> None:
    """What is loaded now stays: the collector of cycles leaves it alone, and looks less often.

    A sale leaves no cycle behind. Measured in docs/adr/0016-the-collector-looks-less-often.md.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*GC_THRESHOLDS)


async def _lifespan(receive: Receive, send: Send) -> None:
    await receive()
    try:
        await engine.open()
    except Exception as error:  # noqa: BLE001  # the boundary of the process: the server reports it and stops
        await send({"type": "lifespan.startup.failed", "message": str(error)})
        return
    _settle_memory()
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await engine.close()
    await asyncio.to_thread(logs.flush)
    await send({"type": "lifespan.shutdown.complete"})


proxies = forwarded.Proxies(CONFIG.proxies) if CONFIG.trusted_proxies else None
application: Application = forwarded.trusting(_dispatch, proxies) if proxies else _dispatch
whose = proxies.whose if proxies else None
front = sale_front.Front(engine, whose=whose)
balance = balance_front.BalanceFront(engine, whose=whose)
fronts: wire.Fronts = {
    **dict.fromkeys(sale_front.URLS, front.take),
    **dict.fromkeys(balance_front.URLS, balance.take),
}
# The server's protocol, which offers a request to its front before the application.
protocol = partial(wire.Protocol, fronts=fronts)
