"""Who sends: the public key of a DSN, which SDKs hand over in five ways (sentry-protocol.md, 1.3).

Python sends ``X-Sentry-Auth``, JavaScript the query, tunnels only the ``dsn`` of the envelope. The same key twice is no
error; two different ones are.
"""

import base64
import binascii
import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import unquote, urlsplit

from api.intake.keys import ProjectKeys
from api.intake.refusal import Refusal

NEWEST_VERSION = 8
"""The highest ``sentry_version`` there is; SDKs send 7."""
KEY = re.compile(r"[0-9a-f]{32}")
NUMBER = re.compile(r"[0-9]{1,18}")
PAIR = re.compile(r"\s*([\w-]+)\s*=\s*([^,\s]*)\s*,?")

Pairs = Iterable[tuple[str, str]]


def project_number(text: str) -> int:
    """The number in the address; raises `Refusal` (400) for anything but digits."""
    if NUMBER.fullmatch(text) is None:
        raise Refusal(400, "invalid project", "the address must hold the project's number: copy the DSN again")
    return int(text)


def public_key(headers: Pairs, query: Pairs) -> str | None:
    """The key that the request names, None if it names none. Raises `Refusal` for a conflict or a bad format."""
    named: dict[str, str] = {}
    for credentials in (*_from_headers(headers), dict(query)):
        if "sentry_key" in credentials:
            _check_version(credentials)
            named[_key(credentials["sentry_key"])] = ""
    if len(named) > 1:
        raise Refusal(401, "multiple authorization payloads detected", "the request names two different keys")
    return next(iter(named), None)


def dsn_key(headers: Mapping[str, Any], number: int) -> str | None:
    """The key in the envelope's own ``dsn``; raises `Refusal` (400) if that is of another project."""
    dsn = headers.get("dsn")
    if dsn is None:
        return None
    try:
        parts = urlsplit(dsn if isinstance(dsn, str) else "")
        key, dsn_number = parts.username or "", parts.path.rstrip("/").rpartition("/")[2]
    except ValueError:
        key, dsn_number = "", ""
    if not NUMBER.fullmatch(dsn_number) or int(dsn_number) != number:
        raise Refusal(400, "envelope header mismatch", "the dsn in the envelope is of another project than the address")
    return _key(key)


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


def _from_headers(headers: Pairs) -> list[dict[str, str]]:
    found = []
    for name, value in headers:
        scheme, _, rest = value.strip().partition(" ")
        if name == "x-sentry-auth" and value.strip():
            found.append(_pairs(rest if scheme.lower() == "sentry" else value))
        elif name == "authorization" and scheme.lower() == "sentry":
            found.append(_pairs(rest))
        elif name == "authorization" and scheme.lower() == "basic":
            found.append({"sentry_key": _basic(rest)})
    return found


def _pairs(text: str) -> dict[str, str]:
    return {match[1].lower(): unquote(match[2]) for match in PAIR.finditer(text)}


def _basic(text: str) -> str:
    try:
        return base64.b64decode(text.strip(), validate=True).decode("ascii").partition(":")[0]
    except (binascii.Error, UnicodeDecodeError) as error:
        raise Refusal(401, "bad authorization", "the Basic credentials are no base64 of `key:`") from error


def _key(text: str) -> str:
    key = text.strip().lower()
    if KEY.fullmatch(key) is None:
        raise Refusal(400, "invalid public key", "a key is 32 hexadecimal characters: copy the DSN again")
    return key


def _check_version(credentials: Mapping[str, str]) -> None:
    version = credentials.get("sentry_version", "7")
    if not version.isascii() or not version.isdigit() or len(version) > 3 or int(version) > NEWEST_VERSION:  # noqa: PLR2004
        raise Refusal(400, "unsupported protocol version", f"sentry_version must be at most {NEWEST_VERSION}")
