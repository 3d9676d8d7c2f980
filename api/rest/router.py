"""All calls under ``/api/v1`` but the gates."""

from fastapi import APIRouter

from api.rest import decisions, events, feedback, issues, policy, projects, releases, schemas, submissions

router = APIRouter()
for part in (projects, submissions, releases, issues, feedback, decisions, events, policy, schemas):
    router.include_router(part.router)
