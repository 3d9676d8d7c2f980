"""How the client commands print verdicts: shape and word, never colour alone."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TextIO

VERDICTS = {
    "continue": "✔ Continue",
    "hold": "▮▮ On hold",
    "rollback": "✖ Roll back",
    "insufficient_data": "◌ Too little data",
}
FINDINGS = {
    "worse": "✖ Worse",
    "maybe_worse": "▮ Maybe worse",
    "same": "✔ Same",
    "better": "✔ Better",
    "too_little_data": "◌ Too little data",
    "no_data": "◌ No data",
}
REDRAWS_A_SECOND = 5


def gate_lines(document: Mapping[str, Any]) -> list[str]:
    """The verdict, whether who should act knows of it, its sentence, each reason, and what would change it."""
    from analytics.reports import delivery, sentences

    score = document.get("score")
    facts = [
        f"{document['release']}  {document['environment']}",
        VERDICTS[document["verdict"]],
        f"score {score:.0f}/100" if score is not None else "no score",
        f"policy {document['policy']} ({document['mode']})",
    ]
    lines = ["  ".join(facts)]
    done = delivery.sentence(document)
    if done and delivery.is_missed(document):
        lines.append(f"  ! {done}")
    lines.append(f"  {document['sentence']}")
    if frozen := sentences.frozen(document):
        lines.append(f"  {frozen}")
    if done and not delivery.is_missed(document):
        lines.append(f"  {done}")
    lines += [f"  {FINDINGS[one['verdict']]:<18} {one['signal']}: {one['sentence']}" for one in document["reasons"]]
    if document.get("degraded") and document["degraded"] not in document["sentence"]:
        lines.append(f"  ! Degraded: {document['degraded']}")
    if document.get("would_change"):
        lines.append(f"  → {document['would_change']}")
    return lines


def release_lines(items: Sequence[Mapping[str, Any]]) -> list[str]:
    """One line a release; what the server does not know is a dash, never 0."""
    width = max(len(str(item["release"])) for item in items)
    lines = []
    for item in items:
        score = item.get("score")
        state = VERDICTS.get(str(item.get("verdict")), "◌ Not watched")
        shown = "—" if score is None else f"{score:.0f}"
        lines.append(f"{state:<18} {item['release']:<{width}}  {item.get('deployed_at') or '—'}  score {shown}")
    return lines


@contextmanager
def watching(stream: TextIO) -> Iterator[Callable[[Mapping[str, Any]], None]]:
    """On a terminal redrawn in place; else one line a change."""
    if not stream.isatty():
        yield _changes(stream)
        return
    from rich.console import Console
    from rich.live import Live

    with Live(console=Console(file=stream), refresh_per_second=REDRAWS_A_SECOND) as live:
        yield lambda document: live.update("\n".join(gate_lines(document)))


def _changes(stream: TextIO) -> Callable[[Mapping[str, Any]], None]:
    from analytics.reports import delivery

    last = ""

    def show(document: Mapping[str, Any]) -> None:
        nonlocal last
        missed = f"  ! {delivery.sentence(document)}" if delivery.is_missed(document) else ""
        verdict, degraded = VERDICTS[document["verdict"]], bool(document.get("degraded"))
        said = (
            f"{verdict} degraded" if degraded else f"{verdict} {document['sentence']}{missed}"
        )  # how long changes all the time
        if said != last:
            last = said
            stream.write(f"{document['as_of'] or '—'}  {verdict}  {document['sentence']}{missed}\n")
            stream.flush()

    return show
