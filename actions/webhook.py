"""The `Notifier` port by signed HTTP: Standard Webhooks over httpx2."""

import asyncio
import ssl
from collections.abc import Collection, Sequence

import httpx2

from actions.addresses import Refused, Resolve, check, resolve
from actions.signing import signed_headers
from models.domain.policy import Webhook
from models.ports import Answer, Clock, Notice

SEND_SECONDS = 10.0
"""For connecting, sending and the answer together, however slowly a receiver drips."""
CONNECT_SECONDS = 4.0
"""For one address, so that there is time for a second one where the first leads nowhere."""
ANSWER_BYTES = 2_048
"""So much of an answer is read; the rest is none of our business."""
TOLD_CHARACTERS = 200
GONE = 410
PORTS = {"http": 80, "https": 443}
HEADERS = {"content-type": "application/json", "user-agent": "seatrial", "accept-encoding": "identity"}


class WebhookNotifier:
    """Posts to the webhook's address, following no redirect and no proxy: either would call what was not checked."""

    def __init__(
        self,
        clock: Clock,
        *,
        resolve: Resolve = resolve,
        tls: ssl.SSLContext | None = None,
        seconds: float = SEND_SECONDS,
    ) -> None:
        self._clock = clock
        self._resolve = resolve
        self._tls = tls or httpx2.create_ssl_context()
        self._seconds = seconds

    def notify(self, notice: Notice, webhook: Webhook, allowed_hosts: Collection[str]) -> Answer:
        try:
            url = httpx2.URL(webhook.url)
            addresses = self._addresses(url, allowed_hosts)
        except Refused as refused:
            return _unsent(str(refused), final=refused.final)
        except httpx2.InvalidURL as error:
            return _unsent(f"{webhook.url} is no address ({error}); mend the policy's webhook.url", final=True)
        except (OSError, UnicodeError) as error:
            return _unsent(
                f"the host of {webhook.url} was not found ({error}); check the policy's webhook.url, and DNS"
            )
        headers = signed_headers(notice.id, self._clock.now() // 1_000, notice.body, webhook.secret)
        try:
            return asyncio.run(self._send(url, addresses, headers, notice.body))
        except TimeoutError:
            return _unsent(f"no answer in {self._seconds:g} s; let the receiver answer first and work then")
        except (httpx2.HTTPError, OSError) as error:
            reason = str(error) or type(error).__name__
            return _unsent(
                f"{url.host} did not answer ({reason}); check that the receiver is up, and the policy's webhook.url"
            )

    def _addresses(self, url: httpx2.URL, allowed_hosts: Collection[str]) -> Sequence[str]:
        host = url.raw_host.decode()
        addresses = self._resolve(host, url.port or PORTS[url.scheme])
        check(host, addresses, allowed_hosts)
        return addresses

    async def _send(self, url: httpx2.URL, addresses: Sequence[str], headers: dict[str, str], body: bytes) -> Answer:
        """Try one address after the other until one can be connected to."""
        timeout = httpx2.Timeout(self._seconds, connect=CONNECT_SECONDS)
        async with (
            asyncio.timeout(self._seconds),
            httpx2.AsyncClient(verify=self._tls, trust_env=False, timeout=timeout, headers=HEADERS) as client,
        ):
            for address in addresses[:-1]:
                try:
                    return await _post(client, url, address, headers, body)
                except (httpx2.ConnectError, httpx2.ConnectTimeout):
                    continue
            return await _post(client, url, addresses[-1], headers, body)


async def _post(
    client: httpx2.AsyncClient, url: httpx2.URL, address: str, headers: dict[str, str], body: bytes
) -> Answer:
    """Connect to the address; the receiver sees the name it has in the URL, and must prove it where there is TLS."""
    named = headers | {"host": url.netloc.decode()}
    extensions = {"sni_hostname": url.raw_host.decode().rstrip(".")}
    there = url.copy_with(host=address)
    async with client.stream("POST", there, headers=named, content=body, extensions=extensions) as response:
        return _answer(response.status_code, await _beginning(response))


async def _beginning(response: httpx2.Response) -> str:
    read = b""
    async for chunk in response.aiter_raw():
        read += chunk
        if len(read) >= ANSWER_BYTES:
            break
    text = read[:ANSWER_BYTES].decode("utf-8", "replace")
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())[:TOLD_CHARACTERS]


def _answer(status: int, told: str) -> Answer:
    said = f"answered {status}" + (f": {told}" if told else "")
    if httpx2.codes.is_success(status):
        return Answer(taken=True, status=status, result=said)
    if status == GONE:
        advice = "; that is final: it wants no more of these. Put another webhook.url into the policy"
        return Answer(taken=False, status=status, result=said + advice, final=True)
    if httpx2.codes.is_redirect(status):
        said += "; redirects are not followed: put the last address into the policy's webhook.url"
    return Answer(taken=False, status=status, result=said)


def _unsent(result: str, *, final: bool = False) -> Answer:
    return Answer(taken=False, status=None, result=result, final=final)
