"""Who sends: the public key of a DSN, which SDKs hand over in five ways (sentry-protocol.md, 1.3).

Python sends ``X-Sentry-Auth``, JavaScript the query, tunnels only the ``dsn`` of the envelope. The same key twice is no
error; two different ones are, wherever they stand.
"""

import base64
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import unquote, urlsplit

from api.intake.keys import ProjectKeys
from api.intake.refusal import Refusal

NEWEST_VERSION = 8
"""The highest ``sentry_version`` there is; SDKs send 7."""
KEY = re.compile(r"[0-9a-f]{32}")
NUMBER = re.compile(r"[0-9]{1,18}")

Pairs = Iterable[tuple[str, str]]


def project_number(text: str) -> int:
    """The number in the address; raises `Refusal` (400) for anything but digits."""
    if NUMBER.fullmatch(text) is None:
        raise Refusal(400, "invalid project", "the address must hold the project's number: copy the DSN again")
    return int(text)


def public_key(headers: Pairs, query: Pairs) -> str | None:
    """The key that the request names, None if it names none. Raises `Refusal` for a conflict or a bad format."""
    named = {key for credentials in (*_from_headers(headers), query) for key in _keys(credentials)}
    if len(named) > 1:
        raise Refusal(401, "multiple authorization payloads detected", "the request names two different keys")
    return next(iter(named), None)


def dsn_key(headers: Mapping[str, Any], number: int) -> str | None:
    """The key in the envelope's own ``dsn``; raises `Refusal` (400) if that is of another project."""
    dsn = headers.get("dsn")
    if dsn is None:
        return None
    key, dsn_number = dsn_parts(dsn)
    if not NUMBER.fullmatch(dsn_number) or int(dsn_number) != number:
        raise Refusal(400, "envelope header mismatch", "the dsn in the envelope is of another project than the address")
    return _key(key)


def dsn_parts(dsn: object) -> tuple[str, str]:
    """Key and number as they stand in a DSN; empty where it has none."""
    try:
        parts = urlsplit(dsn if isinstance(dsn, str) else "")
        return parts.username or "", parts.path.rstrip("/").rpartition("/")[2]
    except ValueError:
        return "", ""


def admit(keys: ProjectKeys | None, named: str | None, in_dsn: str | None) -> ProjectKeys:
    """The project, if the key is one of its own; raises `Refusal` otherwise."""
    if named is not None and in_dsn is not None and named != in_dsn:
        raise Refusal(400, "envelope header mismatch", "the dsn in the envelope has another key than the request")
    key = named or in_dsn
    if key is None:
        raise Refusal(
            401, "missing authorization information", "send X-Sentry-Auth, ?sentry_key= or a dsn in the envelope"
        )
    if keys is None or key not in keys.public_keys:
        raise Refusal(403, "project unknown or key mismatch", "copy the DSN again from the project's settings")
    return keys


def _from_headers(headers: Pairs) -> Iterator[Pairs]:
    for name, value in headers:
        if name not in {"x-sentry-auth", "authorization"}:
            continue
        scheme, rest = (*value.split(None, 1), "", "")[:2]
        if scheme.lower() == "sentry":
            yield _pairs(rest)
        elif name == "x-sentry-auth":
            yield _pairs(value)
        elif scheme.lower() == "basic":
            yield [("sentry_key", _basic(rest))]


def _pairs(text: str) -> Pairs:
    for part in text.split(","):
        name, _, value = part.partition("=")
        yield name.strip().lower(), unquote(value.strip())


def _keys(credentials: Pairs) -> list[str]:
    """Those that one header, or the query, names; raises `Refusal` if they speak a version of the future."""
    told = list(credentials)
    keys = [_key(value) for name, value in told if name == "sentry_key"]
    if keys:
        for name, value in told:
            if name == "sentry_version":
                _check_version(value)
    return keys


def _basic(text: str) -> str:
    try:
        return base64.b64decode(text.strip(), validate=True).decode("ascii").partition(":")[0]
    except ValueError as error:
        raise Refusal(401, "bad authorization", "the Basic credentials are no base64 of `key:`") from error


def _key(text: str) -> str:
    key = text.strip().lower()
    if KEY.fullmatch(key) is None:
        raise Refusal(400, "invalid public key", "a key is 32 hexadecimal characters: copy the DSN again")
    return key


def _check_version(version: str) -> None:
    """``7``, and ``2.0`` as the oldest clients wrote it."""
    number = version.partition(".")[0]
    if not number.isascii() or not number.isdigit() or len(number) > 3 or int(number) > NEWEST_VERSION:  # noqa: PLR2004
        raise Refusal(400, "unsupported protocol version", f"sentry_version must be at most {NEWEST_VERSION}")
