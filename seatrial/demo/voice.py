"""How the demo speaks: lines for a log, colours and a live line for a terminal."""

from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self, TextIO

from rich.console import Console
from rich.markup import escape

from seatrial.demo.accounts import Account
from seatrial.demo.customers import Sent
from seatrial.verdicts import VERDICTS, gate_lines

STYLES = {"continue": "blue", "hold": "yellow", "rollback": "red", "insufficient_data": "dim"}
LINE_SECONDS = 5.0


class Voice:
    """Says things in order."""

    def __init__(self, stream: TextIO) -> None:
        self._console = Console(file=stream, highlight=False, soft_wrap=True)
        self._said_at = float("-inf")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._console.file.flush()

    def chapter(self, title: str) -> None:
        self._console.print(f"\n[bold]{escape(title)}[/bold]")

    def say(self, text: str) -> None:
        self._console.print(escape(text))

    def verdict(self, verdict: str, text: str) -> None:
        style = STYLES[verdict]
        self._console.print(f"  [{style}]{VERDICTS[verdict]:<18}[/{style}] {escape(text)}")

    def evidence(self, document: Mapping[str, Any], sent: Sent, releases: tuple[str, str], elapsed: float) -> None:
        """A line now and then: who was hurt, and how far the evidence is."""
        if elapsed - self._said_at < LINE_SECONDS:
            return
        self._said_at = elapsed
        old, new = releases
        hurt = f"hurt {len(sent.hurt.get(new, ()))} of {sent.requests[new]} requests on {new}, "
        hurt += f"{len(sent.hurt.get(old, ()))} of {sent.requests[old]} on {old}"
        evidence, needed = document.get("log_evidence"), document.get("needed")
        facts = (
            f"log E {max(evidence, 0.0):.1f} of {needed:.1f}"
            if evidence is not None and needed is not None
            else "no evidence"
        )
        self.verdict(document["verdict"], f"{elapsed:3.0f} s  {hurt}; {facts}")

    def gate(self, document: Mapping[str, Any]) -> None:
        for line in gate_lines(document):
            self.say(line)

    def account(self, account: Account) -> None:
        mark = "✔" if account.balanced else "✖"
        self.say(f"  {mark} {account.what:<8} {account.release}: sent {account.sent}, stored {account.kept}")

    def ledger(self, ledger: Mapping[str, Any]) -> None:
        """Per category: what was received is the sum of its fates."""
        categories = ledger.get("categories", ledger)
        for category, row in categories.items():
            if isinstance(row, Mapping) and row.get("received"):
                fates = ", ".join(f"{name} {number}" for name, number in row.items() if name != "received" and number)
                self.say(f"  {category:<9} received {row['received']:,}: {fates}")
        if categories.get("error", {}).get("dropped_by_client"):
            self.say("  dropped_by_client is what the SDK left out itself: here, errors that it had sent already.")
