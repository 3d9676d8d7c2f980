"""The pages' own style, script and picture: read once, and kept by browsers under a name that changes with them."""

import hashlib
from functools import lru_cache
from importlib.resources import files
from typing import Annotated

from fastapi import APIRouter, Path
from starlette.responses import Response

from api.problems import not_found

TYPES = {"seatrial.css": "text/css", "seatrial.js": "text/javascript", "icon.svg": "image/svg+xml"}
FOREVER = {"Cache-Control": "public, max-age=31536000, immutable", "X-Content-Type-Options": "nosniff"}
router = APIRouter(include_in_schema=False)


@router.get("/static/{name}")
def asset(name: Annotated[str, Path()]) -> Response:
    if name not in TYPES:
        raise not_found("file", name, f"There are {', '.join(TYPES)}.")
    return Response(_content(name), headers=FOREVER, media_type=TYPES[name])


def address(name: str) -> str:
    return f"/static/{name}?v={hashlib.sha256(_content(name)).hexdigest()[:12]}"


@lru_cache(maxsize=len(TYPES))
def _content(name: str) -> bytes:
    return files("api.web").joinpath("static", name).read_bytes()
