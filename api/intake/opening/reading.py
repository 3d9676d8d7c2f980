"""JSON as SDKs really send it: lone surrogates, NUL, NaN, bad UTF-8 are mended; what no mending helps is refused."""

import json
from collections.abc import Callable
from typing import Any

import msgspec

MOST_DIGITS = 308
"""The largest float has 309; Python reads no whole number of more than 4,300 digits."""


class Unreadable(Exception):
    """The bytes are no JSON object. The message says why."""


_decode = msgspec.json.Decoder().decode


def read_header(line: bytes) -> dict[str, Any]:
    """As `read_object`, but of a header every number counts: one that is too long to be read is refused."""
    return _object(read(line, whole=int))


def read_object(payload: bytes) -> dict[str, Any]:
    """The JSON object in ``payload``, each of its strings valid UTF-8 without NUL. Raises `Unreadable`."""
    return _object(read(payload))


def _object(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        message = f"expected a JSON object, got {type(value).__name__}"
        raise Unreadable(message)
    return value


def _whole(digits: str) -> int | None:
    """None for what no number of a computer holds, as for NaN."""
    return int(digits) if len(digits) <= MOST_DIGITS else None


def read(payload: bytes, whole: Callable[[str], int | None] = _whole) -> Any:
    """The JSON value in ``payload``, mended. Raises `Unreadable`."""
    try:
        value = _decode(payload)
        return _mend(value) if b"\\u0000" in payload else value
    except (msgspec.DecodeError, UnicodeDecodeError):
        return _read_leniently(payload, whole)
    except RecursionError as error:
        raise Unreadable(_reason(error)) from error


def write(value: object) -> bytes:
    """The JSON of ``value``. Raises `Unreadable` for what JSON or UTF-8 cannot hold."""
    try:
        return msgspec.json.encode(value)
    except (RecursionError, ValueError, OverflowError, TypeError) as error:
        raise Unreadable(_reason(error)) from error


def _read_leniently(payload: bytes, whole: Callable[[str], int | None]) -> Any:
    """Slower, for the few that need it: control characters, NaN, lone surrogates, a byte-order mark."""
    try:
        text = payload.decode("utf-8-sig", "replace")
        return _mend(json.loads(text, strict=False, parse_constant=lambda _: None, parse_int=whole))
    except (ValueError, RecursionError) as error:
        raise Unreadable(_reason(error)) from error


def _mend(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace("\0", "").encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {_mend(key): _mend(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_mend(inner) for inner in value]
    return value


def _reason(error: BaseException) -> str:
    if isinstance(error, RecursionError):
        return "nested too deeply"
    return "a number has too many digits" if "int_max_str_digits" in str(error) else str(error)[:200]
