"""The server as the client commands see it: JSON over HTTP, and errors that say what to do."""

from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote, urlsplit

import httpx2

from seatrial.failures import ExitCode, Failure, Unanswered
from seatrial.settings import Settings

TIMEOUT_SECONDS = 30.0
HERE_SECONDS = 1.0
CODES = {
    400: ExitCode.BAD_USAGE,
    401: ExitCode.NOT_ALLOWED,
    403: ExitCode.NOT_ALLOWED,
    404: ExitCode.NOT_FOUND,
    413: ExitCode.BAD_USAGE,
    422: ExitCode.BAD_USAGE,
}


class Client:
    """Calls of one project under ``/api/v1/projects/{project}``."""

    def __init__(self, settings: Settings, project: str) -> None:
        self.server = settings.server
        self.project = project
        self._root = f"/api/v1/projects/{in_path(project)}"
        headers = {"Accept": "application/json"}
        if settings.token is not None:
            headers["Authorization"] = f"Bearer {settings.token.get_secret_value()}"
        self._http = httpx2.Client(base_url=self.server, headers=headers, timeout=TIMEOUT_SECONDS)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.close()

    def get(self, path: str, **query: str | int | None) -> Any:
        answer = self.text(path, **query)
        try:
            return answer.json()
        except ValueError:
            message = f"the server at {self.server} answered no JSON: is there a proxy or a sign-in page before it?"
            raise Unanswered(message) from None

    def text(self, path: str, **query: str | int | None) -> httpx2.Response:
        given = {name: value for name, value in query.items() if value is not None}
        return self._call("GET", path, params=given)

    def post(self, path: str, value: Mapping[str, Any]) -> Any:
        return self._call("POST", path, json=value).json()

    def put_text(self, path: str, text: str, kind: str) -> Any:
        return self._call("PUT", path, content=text.encode(), headers={"Content-Type": kind}).json()

    def every(self, path: str, limit: int, **query: str | int | None) -> list[Any]:
        """The items of a list that is paged by cursor, at most ``limit``."""
        items: list[Any] = []
        cursor: str | None = None
        while len(items) < limit:
            page = self.get(path, cursor=cursor, **query)
            items += page["items"]
            cursor = page.get("next")
            if not cursor:
                break
        return items[:limit]

    def _call(self, method: str, path: str, **options: Any) -> httpx2.Response:
        url = f"{self._root}{path}"
        try:
            answer = self._http.request(method, url, **options)
        except httpx2.ConnectError:
            message = (
                f"no server answers at {self.server}: start one with `seatrial up`, or name another by SEATRIAL_URL"
            )
            raise Unanswered(message) from None
        except httpx2.TransportError as error:
            kind = type(error).__name__
            message = f"the server at {self.server} did not answer ({kind}): try again, or run `seatrial doctor`"
            raise Unanswered(message) from None
        if answer.is_success:
            return answer
        if answer.is_server_error:
            raise Unanswered(_explain(answer))
        raise Failure(_explain(answer), CODES.get(answer.status_code, ExitCode.FAILED))


def project_of(settings: Settings, release: str | None = None) -> str:
    """The project of a command: as given, else the text before ``@`` in the release."""
    if settings.project:
        return settings.project
    name, at, _ = (release or "").rpartition("@")
    if at and name:
        return name
    message = "name the project by --project, or by SEATRIAL_PROJECT"
    raise Failure(message, ExitCode.BAD_USAGE)


def in_path(text: str) -> str:
    """One step of a path. Raises `Failure` for those that lead elsewhere, however they are written."""
    if text in (".", ".."):
        message = f"{text!r} names nothing: write the whole name"
        raise Failure(message, ExitCode.BAD_USAGE)
    return quote(text, safe="")


def projects_here(address: str) -> list[str] | None:
    """The projects of the server at ``address`` on this machine, None where none answers or it does not say."""
    if urlsplit(address).hostname not in ("127.0.0.1", "localhost", "::1"):
        return None
    try:
        answer = httpx2.get(f"{address}/api/v1/projects", timeout=HERE_SECONDS, trust_env=False)
        return [str(one["project"]) for one in answer.raise_for_status().json()["items"]]
    except (httpx2.HTTPError, ValueError, KeyError, TypeError):
        return None


def dsn_of(address: str, key: str, number: int) -> str:
    """The DSN of a project on the server at ``address``, as SDKs take it."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{key}@{parts.netloc}{parts.path}/{number}"


def _explain(answer: httpx2.Response) -> str:
    """The problem document's own words (RFC 9457), else what the status means."""
    try:
        told = answer.json()
    except ValueError:
        told = {}
    words = [str(told[name]) for name in ("title", "detail") if isinstance(told, dict) and told.get(name)]
    text = ": ".join(words) or f"the server answered {answer.status_code} {answer.reason_phrase}"
    if answer.status_code in (401, 403):
        return (
            f"{text.rstrip('.')}; set SEATRIAL_TOKEN to a token of this project (`seatrial project create` prints one)"
        )
    return text
