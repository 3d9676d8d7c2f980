"""Signs a message as Standard Webhooks 1.0 says: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec."""

import base64
import hashlib
import hmac

PREFIX = "whsec_"


def signed_headers(name: str, seconds: int, body: bytes, secret: str) -> dict[str, str]:
    """The three headers of a webhook. ``seconds`` since the epoch: receivers refuse what is some minutes off."""
    key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    mac = hmac.new(key, f"{name}.{seconds}.".encode() + body, hashlib.sha256).digest()
    signature = f"v1,{base64.b64encode(mac).decode()}"
    return {"webhook-id": name, "webhook-timestamp": str(seconds), "webhook-signature": signature}
