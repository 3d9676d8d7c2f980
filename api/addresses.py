"""The addresses of pages and of our own API, as answers link to them."""

from urllib.parse import quote, urlencode


def page(public_url: str, project: str, *path: str, **query: str | None) -> str:
    """The address of a page of a project: ``…/projects/shop/issues/SHOP-1?environment=production``."""
    return _address(f"{public_url.rstrip('/')}/projects", project, path, query)


def call(public_url: str, project: str, *path: str, **query: str | None) -> str:
    """The address of a call: ``…/api/v1/projects/shop/issues?environment=production``."""
    return _address(f"{public_url.rstrip('/')}/api/v1/projects", project, path, query)


def _address(root: str, project: str, path: tuple[str, ...], query: dict[str, str | None]) -> str:
    place = "/".join(quote(part, safe="@") for part in (project, *path))
    told = urlencode({name: value for name, value in query.items() if value is not None})
    return f"{root}/{place}" + (f"?{told}" if told else "")
