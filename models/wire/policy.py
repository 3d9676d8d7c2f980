"""A policy as people write it: TOML, with an error that names the place and the fix."""

import base64
import re
from typing import Any
from urllib.parse import urlsplit

from models.domain.policy import Policy, Webhook
from models.domain.verdict import Mode
from models.wire import policy_tables, toml
from models.wire.policy_tables import FALSE_ROLLBACKS, MARGIN
from models.wire.toml import BadDocument

KEYS = (
    "name", "mode", "false_rollbacks_per_1000", "margin", "bake", "count_abnormal", "signals", "limits", "services",
    "allowed_hosts", "webhook",
)  # fmt: skip
WEBHOOK_KEYS = ("url", "secret")
LONGEST_BAKE = 14 * 1440
"""Minutes: a release is not watched for longer."""
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
SPACE = re.compile(r"\s")
WEBHOOK_HEADER = re.compile(r"^[ \t]*\[[ \t]*webhook[ \t]*\][ \t]*(?:#[^\r\n]*)?(?=\r?$)", re.MULTILINE)
MASK = "whsec_…"
"""What is shown in the place of a secret."""
SECRET_BYTES = range(24, 65)
"""How long Standard Webhooks lets a secret be."""


def parse_policy(text: str) -> Policy:
    """The policy in a TOML document; what it leaves out has its default. Its version is 0: applying it gives one.

    Raises `BadDocument`.
    """
    told = toml.read(text)
    policy_tables.not_yet(told, "")
    toml.know(told, KEYS, "")
    default = Policy()
    mode = toml.choice(told.get("mode", default.mode.value), "mode", "mode", Mode)
    budget = told.get("false_rollbacks_per_1000", default.false_rollbacks_per_1000)
    return Policy(
        name=_name(told.get("name", default.name)),
        mode=mode,
        false_rollbacks_per_1000=toml.number(budget, "false_rollbacks_per_1000", FALSE_ROLLBACKS, 2.5),
        margin=toml.number(told.get("margin", default.margin), "margin", MARGIN, 0.05),
        bake_minutes=_bake(told["bake"]) if "bake" in told else default.bake_minutes,
        count_abnormal=_flag(told.get("count_abnormal", default.count_abnormal)),
        signals=policy_tables.signals(told.get("signals", {}), mode),
        limits=policy_tables.limits(told.get("limits", [])),
        critical=policy_tables.services(told.get("services", {})),
        webhook=_webhook(told["webhook"]) if "webhook" in told else None,
        allowed_hosts=_hosts(told.get("allowed_hosts", [])),
    )


def with_secret(text: str, secret: str) -> str:
    """The document with ``secret`` where its webhook leaves one out, so that none must be written again.

    A document that needs none, that is no policy, or whose webhook is an inline table stays as it is.
    """
    told = _webhook_told(text)
    if told is None or "secret" in told or "url" not in told:
        return text
    line = f'secret = "{secret}"'
    # Under its header, or as a dotted key among those of the top.
    for filled in (WEBHOOK_HEADER.sub(lambda found: f"{found[0]}\n{line}", text, count=1), f"webhook.{line}\n{text}"):
        if _webhook_told(filled) == told | {"secret": secret}:
            return filled
    return text


def _webhook_told(text: str) -> dict[str, Any] | None:
    try:
        found = toml.read(text).get("webhook")
    except BadDocument:
        return None
    return found if isinstance(found, dict) else None


def _name(value: object) -> str:
    if isinstance(value, str) and NAME.fullmatch(value):
        return value
    message = f"name: {value!r} is no name; write up to 64 letters, digits, dots, dashes and underscores"
    raise BadDocument(message)


def _bake(value: object) -> int:
    minutes = toml.minutes(value)
    if minutes is not None and minutes <= LONGEST_BAKE:
        return minutes
    message = f'bake: {value!r} is no time up to 14 days; write minutes, hours or days, such as "90m", "24h" or "2d"'
    raise BadDocument(message)


def _flag(value: object) -> bool:
    if isinstance(value, bool):
        return value
    message = f"count_abnormal: {value!r} is neither true nor false (without quotes)"
    raise BadDocument(message)


def _hosts(value: object) -> tuple[str, ...]:
    if isinstance(value, list) and all(isinstance(host, str) and host and "/" not in host for host in value):
        return tuple(host.lower() for host in value)
    message = (
        f"allowed_hosts: {value!r} is no list of hosts;"
        ' write names or addresses, such as ["deployer.internal", "10.0.0.7"]'
    )
    raise BadDocument(message)


def _webhook(value: object) -> Webhook:
    if not isinstance(value, dict):
        message = "webhook: not a table; write [webhook] and under it url and secret"
        raise BadDocument(message)
    toml.know(value, WEBHOOK_KEYS, "webhook.")
    for key in WEBHOOK_KEYS:
        if not isinstance(value.get(key), str):
            message = f"webhook.{key}: missing or not a text; a webhook needs url and secret"
            raise BadDocument(message)
    return Webhook(_url(value["url"]), _secret(value["secret"]))


def _url(value: str) -> str:
    try:
        parts = urlsplit(value)
        fine = (
            not SPACE.search(value)
            and parts.scheme in ("http", "https")
            and bool(parts.hostname)
            and parts.username is None
            and parts.port != 0
        )
    except ValueError:
        fine = False
    if fine:
        return value
    message = f"webhook.url: {value!r} is no address to call; write https://host/path, without user and password"
    raise BadDocument(message)


def _secret(value: str) -> str:
    if value == MASK:
        message = (
            "webhook.secret: the secret is masked: write the real one, or leave `secret` out to keep the stored one"
        )
        raise BadDocument(message)
    try:
        key = base64.b64decode(value.removeprefix("whsec_"), validate=True) if value.startswith("whsec_") else b""
    except ValueError:  # no base64, or not even ASCII
        key = b""
    if len(key) in SECRET_BYTES:
        return value
    message = "webhook.secret: not a secret of Standard Webhooks; write whsec_ and the base64 of 24 to 64 random bytes"
    raise BadDocument(message)
