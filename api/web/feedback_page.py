"""What people say: every count of feedback and of themes leads here, to exactly as many quotes."""

from collections.abc import Mapping, Sequence

from fastapi import APIRouter
from starlette.responses import Response

from api.answers import cursor_of, place_of
from api.problems import not_found
from api.web import rendering
from api.web.shell import Cursor, Look, Text
from models.domain.ledger import Category, Fate
from models.store.queries import feedback, issue_names, issues
from models.store.queries.feedback import PAGE, Theme
from models.store.queries.feedback_joins import JoinedBy
from models.store.queries.ledger import ledger_of

UNLISTED: Mapping[str, str] = {
    Fate.DUPLICATE: "sent twice",
    Fate.INVALID: "without words, or not readable",
    Fate.RATE_LIMITED: "over the quota",
    Fate.FILTERED: "filtered",
    Fate.DROPPED_BY_CLIENT: "dropped by the SDK",
}
router = APIRouter(include_in_schema=False)


@router.get("/projects/{project}/feedback")
def feedback_page(
    look: Look,
    release: Text = None,
    theme: Text = None,
    issue: Text = None,
    joined: JoinedBy | None = None,
    after: Cursor = None,
) -> Response:
    of = (look.project, look.environment, release or None)
    with look.services.reading() as connection:
        around = look.shell(connection)
        themes = feedback.themes(connection, *of)
        chosen = _chosen(themes, theme)
        about = issues.view(connection, look.project, look.environment, issue) if issue else None
        if issue and about is None:
            raise not_found("issue", issue, f"None of that name was seen in {look.environment}.")
        only = chosen.members if chosen else None
        key = about.issue if about else None
        place = place_of(after, tuple[int, str])
        found = feedback.listed(connection, *of, issue=key, joined_by=joined, only=only, before=place, limit=PAGE + 1)
        named = issue_names.names(connection, look.project, [one.issue for one in found if one.issue])
        ways = feedback.ways(connection, *of)
        every = sum(ways.values())
        matching = chosen.count if chosen else feedback.count(connection, *of, issue=key)
        told = unlisted(ledger_of(connection, look.project)[Category.FEEDBACK])
    return rendering.page(
        "feedback.html",
        shell=around,
        release=release or None,
        themes=themes,
        chosen=chosen,
        about=about,
        items=found[:PAGE],
        next=cursor_of(found[PAGE - 1].place) if len(found) > PAGE else None,
        named=named,
        every=every,
        matching=matching,
        ways=ways,
        joined=joined,
        unlisted=told,
    )


def unlisted(fates: Mapping[str, int]) -> list[tuple[str, int]]:
    """What came and is not listed anywhere, by fate: nothing is hidden without a count."""
    return [(UNLISTED[fate], count) for fate, count in fates.items() if fate in UNLISTED and count]


def _chosen(themes: Sequence[Theme], name: str | None) -> Theme | None:
    if not name:
        return None
    for one in themes:
        if one.theme == name:
            return one
    raise not_found("theme", name, "Themes are formed anew as people write: see the list of all that was said.")
