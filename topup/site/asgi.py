"""The application that the server runs: the API, and Django for everything else, behind one port.

Owns the process's life: the engine is opened before the first request and closed after the last.
"""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "topup.site.settings")

from django.core.asgi import get_asgi_application  # Django needs its settings named first

django_application = get_asgi_application()

from django.contrib.staticfiles.finders import AppDirectoriesFinder  # noqa: E402  # Django is set up above

from topup.api import app as api  # noqa: E402  # the API imports Django's models
from topup.api.engine import Engine  # noqa: E402
from topup.api.shapes import Receive, Scope, Send  # noqa: E402
from topup.site.settings import CONFIG  # noqa: E402

OF_THE_API = ("/api/", "/docs/", "/static/")

engine = Engine(CONFIG)
# Files are served from the packages that bring them; nothing has to be collected first.
static = [str(storage.location) for storage in AppDirectoriesFinder().storages.values()]
api_application = api.create(engine, static=static)


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """ASGI 3: What begins with OF_THE_API is the API's, every other path Django's."""
    if scope["type"] == "lifespan":
        await _lifespan(receive, send)
    elif scope["path"].startswith(OF_THE_API):
        await api_application(scope, receive, send)
    else:
        await django_application(dict(scope), receive, send)


async def _lifespan(receive: Receive, send: Send) -> None:
    await receive()
    try:
        await engine.open()
    except Exception as error:  # noqa: BLE001  # the boundary of the process: the server reports it and stops
        await send({"type": "lifespan.startup.failed", "message": str(error)})
        return
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await engine.close()
    await send({"type": "lifespan.shutdown.complete"})
