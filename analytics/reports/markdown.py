"""The report about a release in Markdown, for a comment on a pull request: the headline first, details folded."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from analytics.reports import delivery, sentences, words

Report = Mapping[str, Any]
SPECIAL = re.compile(r"([\\`*_\[\]<>|~$&])")
"""What Markdown, its tables, or HTML in it could take for something else, in the middle of a line."""
CALLING = re.compile(r"(?<![\w])@(?=\w)|#(?=\d)")
"""What GitHub takes for the name of a person or the number of an issue, escaped or not."""
BREAK = "<!-- -->"
BLANKS = re.compile(r"\s+")
MOST_SHOWN = 5
"""Rows before the details: the rest of a long list is a click away."""


def markdown(report: Report) -> str:
    """``report.v1`` as Markdown of GitHub's kind. All text from outside is escaped, and stays on its line."""
    return "\n".join(_lines(report)).rstrip() + "\n"


def escaped(text: object) -> str:
    """A text from outside as plain words, within a line or a table's cell."""
    line = SPECIAL.sub(r"\\\1", BLANKS.sub(" ", sentences.clean(str(text))).strip())
    return CALLING.sub(lambda match: match[0] + BREAK, line)


def _lines(report: Report) -> Iterator[str]:
    gate = report["gate"]
    yield f"### {words.verdict(gate['verdict'])}: {escaped(report['release'])} in {escaped(report['environment'])}"
    yield ""
    yield f"**{escaped(sentences.headline(report))}**"
    yield ""
    if told := sentences.frozen(gate):
        yield from (escaped(told), "")
    if (done := delivery.sentence(gate)) and not delivery.is_missed(gate):
        yield from (escaped(done), "")
    yield escaped(sentences.rate(report))
    yield from _reasons(gate["reasons"])
    yield from _issues(report)
    yield from _people(report)
    yield from _system(report)
    yield from ("", f"**Not measured:** {escaped(sentences.not_measured(report))}", "")
    page, asked = _link("The release's page", report["url"]), escaped(sentences.moment(report["at"]))
    yield f"{page}. As of {asked}; all times are UTC."


def _reasons(reasons: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    if not reasons:
        return
    rows = [
        (words.signal(one["signal"]), words.FINDINGS[one["verdict"]], sentences.measured(one), one["sentence"])
        for one in reasons
    ]
    yield from ("", *_table(("signal", "finding", "measured", "why"), rows))


def _issues(report: Report) -> Iterator[str]:
    yield from ("", f"**Issues:** {escaped(sentences.issues(report))}")
    items = report["issues"]["items"]
    if not items:
        return
    yield from ("", "| issue | state | users | events | wrote |", "|---|---|---:|---:|---:|")
    yield from (_issue(one) for one in items[:MOST_SHOWN])
    if rest := items[MOST_SHOWN:]:
        yield from ("", f"<details><summary>{len(rest)} more</summary>", "")
        yield from ("| issue | state | users | events | wrote |", "|---|---|---:|---:|---:|")
        yield from (_issue(one) for one in rest)
        yield from ("", "</details>")


def _issue(one: Mapping[str, Any]) -> str:
    name = f"{one['name'] or one['issue'][:8]} {one['title']}"
    state = words.STATES.get(one["state"], words.UNKNOWN)
    return f"| {_link(name, one['url'])} | {state} | {one['users']:,} | {one['events']:,} | {one['feedback']:,} |"


def _people(report: Report) -> Iterator[str]:
    yield from ("", f"**People:** {escaped(sentences.people(report))}")
    for theme in report["themes"]:
        quotes = "; ".join(f"“{escaped(quote)}”" for quote in theme["quotes"])
        say = "says" if theme["count"] == 1 else "say"
        yield f"- {theme['count']:,} {say} “{_link(theme['name'], theme['url'])}”, e.g. {quotes}"
    if not report["themes"]:
        yield from (f"- “{escaped(said['message'])}”" for said in report["feedback"]["items"][:MOST_SHOWN])


def _system(report: Report) -> Iterator[str]:
    yield from ("", f"**System:** {escaped(sentences.system(report))}")
    decisions = report["decisions"]
    for one in decisions[:MOST_SHOWN]:
        yield f"- {_decision(one)}"
    if rest := decisions[MOST_SHOWN:]:
        yield from ("", f"<details><summary>{len(rest)} earlier</summary>", "")
        yield from (f"- {_decision(one)}" for one in rest)
        yield from ("", "</details>")


def _decision(one: Mapping[str, Any]) -> str:
    name = f"{one['decision']} {words.VERDICTS[one['verdict']].lower()}"
    told = f"{sentences.moment(one['decided_at'])} by {one['policy']} ({one['mode']}): {one['sentence']}"
    said = sentences.said(one) if one["outcomes"] else "Was it right?"
    return f"{_link(name, one['url'])} {escaped(told)} {escaped(said)}"


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    for row in rows:
        yield f"| {' | '.join(escaped(cell) for cell in row)} |"


def _link(text: object, address: str) -> str:
    """Addresses are ours, and percent-encoded; what could end one is encoded once more."""
    safe = address.replace("(", "%28").replace(")", "%29").replace("|", "%7C").replace("<", "%3C").replace(" ", "%20")
    return f"[{escaped(text)}]({safe})"
