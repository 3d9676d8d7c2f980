"""The addresses of pages, as verdicts and messages name them."""

from urllib.parse import quote, urlencode


def release_page(public_url: str, project: str, release: str, environment: str, decision: str | None = None) -> str:
    """The page of a release; with a decision, as that decision saw it."""
    place = f"/projects/{quote(project, safe='')}/releases/{quote(release, safe='@')}"
    query = {"environment": environment} | ({"at": decision} if decision else {})
    return f"{public_url.rstrip('/')}{place}?{urlencode(query)}"
