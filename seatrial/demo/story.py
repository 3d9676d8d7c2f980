"""The story of the demo, from three weeks of history to the rollback and the ledger."""

import base64
import json
import secrets
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from seatrial import wiring
from seatrial.client import Client, dsn_of, in_path
from seatrial.demo import catalogue
from seatrial.demo.accounts import Account, Kept, accounts, kept
from seatrial.demo.customers import Customers, Sent
from seatrial.demo.deployer import Deployer
from seatrial.demo.history import History
from seatrial.demo.parts import listen_address, new_folder, start_seatrial, start_shop
from seatrial.demo.voice import Voice
from seatrial.replay import run as replaying
from seatrial.replay.course import Progress
from seatrial.replay.showing import showing
from seatrial.settings import Settings

SHARE = 0.3
OLD, NEW = f"{catalogue.PROJECT}@{catalogue.BEST}", f"{catalogue.PROJECT}@{catalogue.NEXT}"
WARM_SECONDS = 5.0
"""The old release alone, before the deploy."""
WATCH_SECONDS = 80.0
"""How long the story waits for a rollback. `CALM_SECONDS`: without the bug, how long it watches that there is none."""
CALM_SECONDS = 62.0
AFTER_SECONDS = 4.0
SETTLE_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class Telling:
    seed: int
    bug: bool
    keep: bool
    fraction: float
    as_json: bool


@dataclass(frozen=True, slots=True)
class Told:
    """How the story ended."""

    rolled_back: bool
    seconds_from_first_hurt: float | None
    verdict: str
    balanced: bool
    as_expected: bool


@dataclass(frozen=True, slots=True)
class Stage:
    """What the live part stands on."""

    settings: Settings
    folder: Path
    dsn: str
    deployer: Deployer
    voice: Voice
    telling: Telling


def tell(settings: Settings, telling: Telling) -> Told:
    """Tell the whole story; at the end, everything that was started is stopped, and every file stays."""
    folder = new_folder(settings.data.absolute(), f"demo-{datetime.now(UTC):%Y%m%d-%H%M%S}")
    listen, taken = listen_address(settings)
    own = Settings(data=folder, listen=listen, open_on_loopback=True, project=catalogue.PROJECT)
    with ExitStack() as stack, Voice(sys.stderr if telling.as_json else sys.stdout) as voice:
        if taken:
            voice.say(f"{settings.listen} is taken, so this demo listens on {listen}.")
        dsn = _tell_history(own, folder, voice, telling)
        deployer = Deployer(f"whsec_{base64.b64encode(secrets.token_bytes(24)).decode()}")
        stack.callback(deployer.close)
        stack.callback(start_seatrial(own, folder).stop)
        told = _tell_live(Stage(own, folder, dsn, deployer, voice, telling))
        if telling.as_json:
            facts = asdict(told) | {"seed": telling.seed, "bug": telling.bug}
            sys.stdout.write(json.dumps(facts) + "\n")
            sys.stdout.flush()
        if telling.keep:
            voice.say("Left running (--keep): end it with Ctrl-C.")
            _wait_for_interrupt()
        return told


# History ----------------------------------------------------------------------------------------------------------


def _tell_history(settings: Settings, folder: Path, voice: Voice, telling: Telling) -> str:
    """Make three weeks of history, replay them into the store, and say what was decided. Returns the DSN."""
    from models.store.queries.tokens import create_project

    voice.chapter("Three weeks of a small shop")
    system = wiring.open_system(settings)
    wiring.prepare(system)
    with system.engine.connect().execution_options(seatrial_writes=True) as connection, connection.begin():
        project = create_project(connection, catalogue.PROJECT, None, None, system.clock.now())
    file = folder / "history.jsonl"
    with file.open("wb") as lines:
        lines.writelines(History(telling.seed, system.clock.now(), telling.fraction).lines())
    started = time.monotonic()
    with file.open("rb") as lines, showing(file.stat().st_size, sys.stderr) as on_progress:
        result = replaying.fill(lines, system.engine, system.log, settings.public_address, on_progress)
    system.close()
    _say_decisions(voice, result, time.monotonic() - started, result.progress)
    return dsn_of(settings.public_address, project.public_key, project.number)


def _say_decisions(voice: Voice, result: replaying.Result, seconds: float, progress: Progress) -> None:
    rate = progress.messages / seconds
    voice.say(f"{progress.messages:,} messages in {seconds:.0f} s, {rate:,.0f} a second, by consumers and engine.")
    last: dict[str, list[str]] = {}
    for document in result.decisions:
        last.setdefault(document["release"], []).append(document["verdict"])
    for release, verdicts in last.items():
        voice.verdict(verdicts[-1], f"{release}: {', then '.join(dict.fromkeys(verdicts))}")


# Live -------------------------------------------------------------------------------------------------------------


def _tell_live(stage: Stage) -> Told:
    voice = stage.voice
    voice.chapter(f"Now, live: {NEW} beside {OLD}")
    with Client(stage.settings, catalogue.PROJECT) as client, _shops(stage) as customers:
        client.put_text("/policy", _policy(stage), "application/toml")
        before = _kept(stage)
        customers.start()
        voice.say(f"{WARM_SECONDS:.0f} s of {OLD} alone: real requests to a Flask shop with the unmodified sentry-sdk.")
        time.sleep(WARM_SECONDS)
        _record(client, "started", SHARE)
        stage.deployer.share = SHARE
        voice.say(f"Deployed {NEW} to {SHARE:.0%} of the customers. Watching …")
        rolled_back = _watch(stage, client, customers)
        elapsed = _seconds_from_first_hurt(customers, rolled_back)
        if rolled_back:
            since = f"{elapsed} s after the first customer was hurt"
            voice.say(f"✖ The signed webhook switched the traffic back to {OLD}, {since}.")
            _record(client, "rolled_back", None)
        time.sleep(AFTER_SECONDS)
        sent = customers.stop()
    with Client(stage.settings, catalogue.PROJECT) as client:
        balance = _settle(stage, sent, before)
        verdict = _tell_end(stage, client, sent, balance)
    balanced = all(account.balanced for account in balance) and not sent.unanswered
    expected = balanced and (rolled_back is not None) == stage.telling.bug
    return Told(rolled_back is not None, elapsed, verdict, balanced, expected)


@contextmanager
def _shops(stage: Stage) -> Iterator[Customers]:
    """Both releases of the shop and its customers. Leaving it, the SDKs have sent all they had."""
    with ExitStack() as stack:
        addresses = []
        for release in (OLD, NEW):
            shop, address = start_shop(release, stage.dsn, stage.folder, bug=stage.telling.bug)
            stack.callback(shop.stop)
            addresses.append((release, address))
        customers = Customers(addresses[0], addresses[1], lambda: stage.deployer.share, stage.telling.seed)
        yield customers
        customers.stop()


def _policy(stage: Stage) -> str:
    """The defaults, but acting by itself, and allowed to call the deployer of this machine."""
    text = f"""name = "demo"
mode = "automatic"
allowed_hosts = ["127.0.0.1"]

[webhook]
url = "{stage.deployer.address}"
secret = "{stage.deployer.secret}"
"""
    (stage.folder / "policy.toml").write_text(text)
    return text


def _record(client: Client, state: str, exposure: float | None) -> None:
    told: dict[str, Any] = {"release": NEW, "environment": catalogue.ENVIRONMENT, "state": state, "id": "deploy-live"}
    if exposure is not None:
        told["exposure"] = exposure
    client.post("/deploys", told)


def _watch(stage: Stage, client: Client, customers: Customers) -> float | None:
    """Show the evidence grow; when the traffic was switched back (`time.monotonic`), None if it was not."""
    started = time.monotonic()
    patience = WATCH_SECONDS if stage.telling.bug else CALM_SECONDS
    while time.monotonic() - started < patience:
        if stage.deployer.rolled_back.wait(1.0):
            return time.monotonic()
        document = client.get("/gate", release=NEW, environment=catalogue.ENVIRONMENT)
        stage.voice.evidence(document, customers.sent, (OLD, NEW), time.monotonic() - started)
    return None


def _seconds_from_first_hurt(customers: Customers, rolled_back: float | None) -> float | None:
    first = customers.sent.first_hurt_at.get(NEW)
    return None if rolled_back is None or first is None else round(rolled_back - first, 1)


# The end ----------------------------------------------------------------------------------------------------------


def _settle(stage: Stage, sent: Sent, before: Kept) -> list[Account]:
    """Wait until what was sent is in the store, or until it is plain that it never will be."""
    deadline = time.monotonic() + SETTLE_SECONDS
    balance = accounts(sent, before, _kept(stage))
    while not all(account.balanced for account in balance) and time.monotonic() < deadline:
        time.sleep(0.5)
        balance = accounts(sent, before, _kept(stage))
    return balance


def _kept(stage: Stage) -> Kept:
    system = wiring.open_system(stage.settings)
    try:
        return kept(system.engine)
    finally:
        system.close()


def _tell_end(stage: Stage, client: Client, sent: Sent, balance: list[Account]) -> str:
    voice, where = stage.voice, f"/releases/{in_path(NEW)}"
    gate = client.get("/gate", release=NEW, environment=catalogue.ENVIRONMENT)
    voice.chapter("The answer, for a robot, a developer and a product manager")
    voice.gate(gate)
    for form, ending in (("markdown", "md"), ("html", "html")):
        text = client.text(f"{where}/report", environment=catalogue.ENVIRONMENT, format=form).text
        (stage.folder / f"report-{catalogue.NEXT}.{ending}").write_text(text)
    voice.chapter("Everything sent is accounted for")
    for account in balance:
        voice.account(account)
    if sent.unanswered:
        voice.say(f"✖ {sent.unanswered} requests of customers were not answered by the shop.")
    voice.ledger(client.get("/ledger"))
    voice.chapter("Where to look")
    voice.say(f"  Page     {gate['url']}")
    voice.say(f"  Report   {stage.folder / f'report-{catalogue.NEXT}.md'} (and .html)")
    voice.say(f"  Gate     seatrial release gate {NEW} --url {stage.settings.server}")
    voice.say(f"  Again    seatrial replay {stage.folder / 'history.jsonl'}")
    if not stage.telling.keep:
        voice.say("  The pages end with the demo; `seatrial demo --keep` leaves them up, or:")
        voice.say(f"  seatrial up --data {stage.folder}")
    return str(gate["verdict"])


def _wait_for_interrupt() -> None:
    try:
        while True:
            time.sleep(3_600)
    except KeyboardInterrupt:
        return
