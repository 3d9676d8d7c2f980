"""One issue: who is hit, since which release, what changed there, and the form in which people say what holds."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form
from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from analytics.correlation.resolutions import Status
from api import addresses, grouping
from api.issues import commanding
from api.issues.commanding import Wish, consequence
from api.issues.details import Details, details_of
from api.problems import not_found
from api.web import issue_rows, rendering
from api.web.issue_lessons import Refused, note, parts_of
from api.web.samples import sample_of
from api.web.shell import Cursor, Look, Looking, Text
from models.domain.issue import CommandKind, IssueCommand
from models.store.queries import feedback, issue_commands

QUOTES = 5
CHOICES: Mapping[str, tuple[str, str]] = {
    "now": ("resolve", "now"),
    "release": ("resolve", "release"),
    "next": ("resolve", "next"),
    "reopen": ("reopen", ""),
    "mute": ("mute", ""),
}
"""What the form offers, and what it commands."""
CHOICE_WORDS: Mapping[str, str] = {
    "now": "Resolved, in what runs now.",
    "release": "Resolved in a release that I name.",
    "next": "Resolved in the next release.",
    "reopen": "Not resolved: open again.",
    "mute": "Nothing to act on: mute it.",
}
NOTHING = Wish()
NOT_REFUSED = Refused()
router = APIRouter(include_in_schema=False)
Written = Annotated[str, Form(max_length=20_000)]


@router.get("/projects/{project}/issues")
def issue_list(look: Look, status: Text = None, after: Cursor = None) -> Response:
    with look.services.reading() as connection:
        around = look.shell(connection)
        rows = issue_rows.of_environment(connection, look.project, look.environment, status, after)
    return rendering.page("issues.html", shell=around, rows=rows)


@router.get("/projects/{project}/issues/{name}")
def issue_page(
    look: Look, name: str, release: Text = None, said: Text = None, merged: Text = None, split: Text = None
) -> Response:
    """``said``: the command that was just recorded here. ``merged`` and ``split``: from where one comes.

    A merged issue leads to its survivor, which says so.
    """
    with look.services.reading() as connection:
        found = _found(look, connection, name, release)
        if found.merged_from:
            to = found.issue.name or found.issue.issue
            of = {"environment": look.environment, "release": release, "merged": found.merged_from}
            return RedirectResponse(addresses.page("", look.project, "issues", to, **of), 303)
        return shown(look, connection, name, release, found, said=said, merged=merged, split=split)


def wish(choice: Written = "", release: Written = "", reason: Written = "", by: Written = "") -> Wish:
    """The form as it was sent."""
    kind, fixed_in = CHOICES.get(choice, ("", ""))
    named = release.strip() if choice == "release" else ""
    return Wish(kind, fixed_in, named, reason.strip(), by.strip())


@router.post("/projects/{project}/issues/{name}")
async def command(look: Look, name: str, wished: Annotated[Wish, Depends(wish)]) -> Response:
    """Kept with an entry in the audit; then back to the page, by a GET."""
    return await run_in_threadpool(_command, look, name, wished)


def _command(look: Looking, name: str, wished: Wish) -> Response:
    if wrong := wished.wrong():
        with look.services.reading() as connection:
            return shown(look, connection, name, None, status=422, wish=wished, wrong=wrong)
    with look.services.reading() as connection:  # first, for only this sees one state of the totals
        found = _found(look, connection, name, None)
        one = wished.command(connection, look.project, found.issue.issue, look.services.clock.now())
    with look.services.writing() as connection:
        issue_commands.append(connection, look.project, one)
    told = {"environment": look.environment, "said": one.command}
    return RedirectResponse(rendering.link(look.project, "issues", name, fragment="#history", **told), 303)


def shown(
    look: Looking,
    connection: Connection,
    name: str,
    release: str | None,
    found: Details | None = None,
    *,
    status: int = 200,
    **told: Any,
) -> Response:
    """The page; ``told``: what one comes from, or the form that was refused. Raises `Problem` (404)."""
    around = look.shell(connection)
    found = found or _found(look, connection, name, release)
    said = told.get("said")
    why = grouping.why(connection, look.project, found.issue.issue)
    of = (connection, look.project, look.environment, release)
    quotes = feedback.listed(*of, issue=found.issue.issue, limit=QUOTES)
    current = found.newest.release if found.newest else None
    return rendering.page(
        "issue.html",
        status,
        shell=around,
        found=found,
        issue=found.issue,
        name=found.issue.name or found.issue.issue,
        release=release,
        per_release=found.per_release,
        most=max((one.events for one in found.per_release), default=0),
        new_in=found.new_in,
        sample=sample_of(*found.sample) if found.sample else None,
        why=why,
        note=note(why, told.get("merged"), told.get("split")),
        parts_of=parts_of(why),
        refused=told.get("refused", NOT_REFUSED),
        said=quotes,
        written=feedback.count(*of, found.issue.issue),
        **_form(found, current, told),
        thanks=next((consequence(one, look.environment) for one in found.commands if one.command == said), None),
        resolved=_resolved(found.standing.last, look.environment),
    )


def _form(found: Details, current: str | None, told: Mapping[str, Any]) -> dict[str, Any]:
    """What may be commanded, and what follows from each."""
    is_open = found.standing.status is Status.OPEN
    wished: Wish = told.get("wish", NOTHING)
    chosen = next((key for key, pair in CHOICES.items() if pair == (wished.kind, wished.fixed_in)), None)
    plain = {
        kind.value: consequence(IssueCommand("", "", kind, None, None, {}, "", "", 0), "")
        for kind in (CommandKind.REOPEN, CommandKind.MUTE)
    }
    return {
        "issue_open": is_open,
        "commands": [(key, word) for key, word in CHOICE_WORDS.items() if key != "reopen" or not is_open],
        "follows": commanding.choices(current) | plain,
        "wish": wished,
        "wish_choice": chosen,
        "wrong": told.get("wrong", {}),
    }


def _resolved(last: IssueCommand | None, environment: str) -> str:
    """What holds of a resolved issue."""
    return f"Resolved by {last.said_by}: {last.reason}. {consequence(last, environment)}" if last else ""


def _found(look: Looking, connection: Connection, name: str, release: str | None) -> Details:
    """Raises `Problem` (404)."""
    of = (look.project, look.environment, name, release)
    found = details_of(connection, *of, look.services.clock.now())
    if found is None:
        where = f"on {release} in {look.environment}" if release else f"in {look.environment}"
        raise not_found("issue", name, f"None of that name was seen {where}.")
    return found
