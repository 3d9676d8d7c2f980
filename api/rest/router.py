"""All calls under ``/api/v1`` but the gates."""

from fastapi import APIRouter

from api.rest import (
    decisions,
    events,
    feedback,
    issues,
    policy,
    project_settings,
    projects,
    releases,
    schemas,
    submissions,
)

router = APIRouter()
PARTS = (
    projects,
    submissions,
    releases,
    issues,
    feedback,
    decisions,
    events,
    policy,
    project_settings,
    schemas,
)
for part in PARTS:
    router.include_router(part.router)
