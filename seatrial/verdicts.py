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
MOST_NAMED = 5
"""Issues whose crashes are told one by one."""


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
        facts = f"{state:<18} {item['release']:<{width}}  {item.get('deployed_at') or '—'}  score {shown}"
        lines.append(f"{facts}  in use {in_use(item['adoption'])}")
    return lines


def health_lines(document: Mapping[str, Any]) -> list[str]:
    """Of a release's document: sessions and users that went well, how far it is in use, and its crashes by issue."""
    from analytics.reports import sentences

    facts, crashed = document["facts"], document["crashed"]
    lines = [
        f"Unhandled-free sessions: {sentences.share(facts['unhandled_free'])}",
        f"Crash-free sessions: {sentences.share(facts['crash_free'])}",
        sentences.of_users(document).strip(),
        f"In use, last 24 h: {in_use(facts['adoption'])} of sessions ({facts['adoption']['sentence']})",
    ]
    if crashed["total"]:
        named = [f"{one['sessions']:,} {one['name'] or one['issue'][:8]}" for one in crashed["issues"][:MOST_NAMED]]
        others = sum(one["sessions"] for one in crashed["issues"][MOST_NAMED:])
        parts = [
            *named,
            *([f"{others:,} of other issues"] if others else []),
            f"{crashed['unexplained']:,} unexplained",
        ]
        lines.append(f"Crashed sessions: {crashed['total']:,} = {' + '.join(parts)}")
    return [f"  {line}" for line in lines]


def in_use(adoption: Mapping[str, Any]) -> str:
    """``31.0 % adopted``; unknown where there were no sessions, never 0 %."""
    from analytics.reports import sentences

    share = adoption["sessions"]
    return "unknown" if share is None else f"{sentences.percent(share)} % {adoption['stage']}"


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
