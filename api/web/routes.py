"""All pages, mounted at the root of the site."""

from fastapi import APIRouter

from api.web import (
    assets,
    decision_pages,
    feedback_page,
    issue_page,
    pictures,
    projects,
    release_list,
    release_page,
    teaching,
)

router = APIRouter(include_in_schema=False)
PAGES = (projects, release_list, pictures, decision_pages, feedback_page, issue_page, teaching, release_page)
for part in (assets, *PAGES):
    router.include_router(part.router)
