"""All pages, mounted at the root of the site."""

from fastapi import APIRouter

from api.web import assets, decision_pages, feedback_page, issue_page, pictures, projects, release_list, release_page

router = APIRouter(include_in_schema=False)
for part in (assets, projects, release_list, pictures, decision_pages, feedback_page, issue_page, release_page):
    router.include_router(part.router)
