"""All calls under ``/api/v1`` but the gates."""

from fastapi import APIRouter

from api.rest import (
    decisions,
    events,
    feedback,
    grouping,
    issue_commands,
    issues,
    policy,
    project_settings,
    projects,
    releases,
    schemas,
    submissions,
    teaching,
    watched,
)

router = APIRouter()
PARTS = (
    projects,
    submissions,
    releases,
    issues,
    issue_commands,
    grouping,
    teaching,
    feedback,
    decisions,
    watched,
    events,
    policy,
    project_settings,
    schemas,
)
for part in PARTS:
    router.include_router(part.router)
