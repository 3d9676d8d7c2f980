"""The projects that a token opens."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from api import addresses
from api.access import services_of, visible_projects
from api.answers import answer

router = APIRouter(tags=["projects"])


@router.get("/projects", summary="The projects that you may see")
def list_projects(request: Request) -> Response:
    url = services_of(request).public_url
    items = [
        {
            "project": name,
            "url": addresses.page(url, name, "releases"),
            "links": {"releases": addresses.call(url, name, "releases")},
        }
        for name in visible_projects(request)
    ]
    return answer({"items": items, "next": None})
