"""The segments of a session: by operating system, class of device, country, or an attribute that a project lists.

Each has a closed list of values, so that no client can make more rows than the project's settings allow.
"""

from collections.abc import Mapping, Sequence

from analytics.correlation import agents
from analytics.correlation.agents import DEVICES, OTHER, SYSTEMS, UNKNOWN
from analytics.correlation.countries import COUNTRIES
from analytics.correlation.sessions import Segments
from models.domain.project import Segment

OS, DEVICE, COUNTRY = "os", "device", "country"
MOST = 8
"""Segments of a project; each multiplies the rows of a minute by its values. What a project asks beyond is left out."""


def segments(asked: Sequence[Segment], told: Mapping[str, object], agent: str | None) -> Segments:
    """The session's value of each segment asked for.

    ``told``: what its attributes say by the segment's name; ``agent``: its user agent. What is told again of what this
    gave gives the same.
    """
    return tuple((one.name, _value(one, told.get(one.name), agent)) for one in asked[:MOST])


def _value(segment: Segment, told: object, agent: str | None) -> str:
    text = str(told).strip() if isinstance(told, str | int | float) else ""
    if segment.name == OS:
        return text if text in SYSTEMS else agents.system(agent)
    if segment.name == DEVICE:
        return text if text in DEVICES else agents.device(agent)
    if segment.name == COUNTRY:
        return text.upper() if text.upper() in COUNTRIES else UNKNOWN
    if not text or text == UNKNOWN:
        return UNKNOWN
    return text if text in segment.values else OTHER
