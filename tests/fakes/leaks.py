"""Secrets as they stand in text, and places in an event where text stands."""

from collections.abc import Callable
from typing import Any

CARD = "4111 1111 1111 1111"
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NSJ9.c2lnbmF0dXJl"
KEY_TEXT = "-----BEGIN RSA PRIVATE KEY-----\nMIIEow\n-----END RSA PRIVATE KEY-----"

SECRETS = {
    "card number": (f"paid with {CARD} today", CARD),
    "card number without spaces": ("card 5500005555555559", "5500005555555559"),
    "card number with dashes": ("card 3782-822463-10005.", "822463"),
    "social security number": ("ssn 123-45-6789", "123-45-6789"),
    "bank account": ("to DE89 3704 0044 0532 0130 00 now", "0532"),
    "private key": (f"key: {KEY_TEXT} end", "MIIEow"),
    "private key cut off": (KEY_TEXT[:45], "MIIEow"),
    "bearer token": ("Authorization failed for Bearer abcdef0123456789", "abcdef0123456789"),
    "JSON web token": (f"got {JWT}", "eyJzdWIi"),
    "URL credentials": ("connect postgres://app:hunter2@db/shop failed", "hunter2"),
    "URL token": ("GET https://shop/x?a=1&token=hunter2&b=2", "hunter2"),
    "query string": ("a=1&access_token=hunter2", "hunter2"),
    "assignment": ("login(password=hunter2) failed", "hunter2"),
    "assignment in quotes": ('password="hunter2 and more"', "hunter2"),
    "Python's repr": ("{'user': 1, 'password': 'hunter2'}", "hunter2"),
    "JSON in a text": ('{"api_key": "hunter2"}', "hunter2"),
    "cookie header": ("Cookie: a=b; sid=hunter2", "hunter2"),
    "session in a cookie": ("theme=dark; sessionid=hunter2", "hunter2"),
    "JSON in JSON": ('{"body": "{\\"user\\": 1, \\"api_key\\": \\"hunter2 and more\\"}"}', "hunter2"),
    "command in quotes": ('command="login --password=hunter2"', "hunter2"),
    "quotes cut off": ('password="hunter2 and', "hunter2"),
    "long value": ('{"token": "' + "hunter2" * 500 + '"}', "hunter2"),
    "address in an address": ("https://shop/in?next=https%3A%2F%2Fshop%2F%3Ftoken%3Dhunter2", "hunter2"),
    "source line": ("password = 'hunter2 and more'", "hunter2"),
    "source line with a type": ('    db_password: str | None = "hunter2"', "hunter2"),
    "source line of bytes": ('config["api_key"] = b"hunter2"', "hunter2"),
    "comparison with a literal": ("if token == 'hunter2':", "hunter2"),
    "very long value": ('password="' + "hunter2" * 1_000 + '"', "hunter2"),
    "quotes in quotes": ('{"password": "a \\"b\\" hunter2"}', "hunter2"),
    "JSON in JSON in JSON": ('{\\\\\\"token\\\\\\": \\\\\\"hunter2 and more\\\\\\"}', "hunter2"),
    "bytes in a repr": ("{'token': b'hunter2'}", "hunter2"),
    "list in a repr": ("{'tokens': ['a', 'hunter2']}", "hunter2"),
    "URL password with @": ("postgres://app:p@hunter2@db/shop", "hunter2"),
    "URL password with /": ("redis://:pa/hunter2@db", "hunter2"),
    "URL password with ?": ("redis://app:pa?hunter2@db:6379/0", "hunter2"),
    "words of a command": ("Command '['mysql', '--password', 'hunter2']' failed", "hunter2"),
    "words of a command in JSON": ('["mysql", "--password", "hunter2"]', "hunter2"),
    "secret word at the end of a long name": ("x" * 300 + "_password=hunter2", "hunter2"),
    "e-mail of other letters": ("no mailbox for josé@example.com", "josé"),
    "e-mail at other letters": ("no mailbox for jo@münchen.example", "münchen"),
    "e-mail": ("no mailbox for jo.doe+x@mail.example.com", "jo.doe"),
}
"""A text, and what of it must not be left."""


def exception(**values: Any) -> dict[str, Any]:
    return {"exception": {"values": [{"type": "E"} | values]}}


PLACES: dict[str, Callable[[str], dict[str, Any]]] = {
    "logentry": lambda text: {"logentry": {"message": text, "formatted": text}},
    "exception value": lambda text: exception(value=text),
    "mechanism": lambda text: exception(mechanism={"data": {"reason": text}}),
    "frame variable": lambda text: exception(stacktrace={"frames": [{"vars": {"x": text, "deep": [{"y": text}]}}]}),
    "frame source": lambda text: exception(stacktrace={"frames": [{"context_line": text, "pre_context": [text]}]}),
    "request": lambda text: {"request": {"url": text, "query_string": text, "data": text}},
    "request as pairs": lambda text: {"request": {"query_string": [["q", text]], "headers": [["Referer", text]]}},
    "request in tables": lambda text: {"request": {"data": {"a": {"b": text}}, "headers": {"Referer": text}}},
    "request's environment": lambda text: {"request": {"env": {"QUERY_STRING": text}}},
    "breadcrumb": lambda text: {"breadcrumbs": {"values": [{"message": text, "data": {"url": text}}]}},
    "tags": lambda text: {"tags": [["what", text]]},
    "contexts": lambda text: {"contexts": {"state": {"value": text}}},
    "user": lambda text: {"user": {"data": {"note": text}}},
    "extra": lambda text: {"extra": {"what": text, "list": [text]}},
    "a name": lambda text: {"transaction": text, "server_name": text, "logger": text},
    "fingerprint": lambda text: {"fingerprint": ["a", text]},
    "what the SDK could not send": lambda text: {"errors": [{"type": "invalid_data", "value": text}]},
    "environment of a process": lambda text: {"extra": {"environ": {"WHAT": text}}},
}
"""An event with a text in this place."""
