"""The HTTP side as one ASGI application: intake, gates, the API, pages, and the application's own health."""

from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from importlib.metadata import version

from anyio import to_thread
from fastapi import FastAPI

from api import failures, health
from api.gates import routes as gates
from api.intake.addresses import routes as intake
from api.rest.router import router as rest
from api.sentry_cli.answers import ROOT as SENTRY_CLI
from api.sentry_cli.router import router as sentry_cli
from api.services import Services
from api.surroundings import Surroundings
from api.uploads import Uploads
from api.web.routes import router as web

__all__ = ["Services", "build_app"]

API = "/api/v1"
THREADS = 8
"""Calls that read the store at once, but for gates and health checks, which have 4 and 2 threads of their own. Each
holds one connection at a time. The store gives 20 (`models.store.engine`): one is left for intake's keys, and one each
for the three other roles where they run in this process, so that nobody waits for a connection.
"""
DESCRIPTION = "Every release gets its sea trial. Errors are problem details (RFC 9457); lists are paged by cursor."


def build_app(services: Services) -> FastAPI:
    """The application; it starts and stops `services.intake`."""
    app = FastAPI(
        title="Seatrial",
        description=DESCRIPTION,
        version=version("seatrial"),
        openapi_url=f"{API}/openapi.json",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=_lifespan,
    )
    app.state.services = services
    app.state.answered = Counter()
    app.router.routes.extend(intake.routes(services.intake))
    app.include_router(health.router)
    app.include_router(gates.router, prefix=API)
    app.include_router(rest, prefix=API)
    app.include_router(sentry_cli, prefix=SENTRY_CLI)
    app.include_router(web)
    failures.handle(app)
    app.add_middleware(Uploads)
    app.add_middleware(Surroundings, answered=app.state.answered)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[Mapping[str, object]]:
    to_thread.current_default_thread_limiter().total_tokens = THREADS
    app.state.health_limiter = health.limiter()
    app.state.gate_limiter = gates.limiter()
    app.state.services.intake.start()
    yield {}
    await app.state.services.intake.stop()
