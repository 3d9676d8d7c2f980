"""Names whose values are secret: those that everybody uses, and those that a project adds or excepts."""

import re

from models.domain.glob import matches
from models.domain.project import Scrubbing

WORDS = (
    "password|passwd|passphrase|secret|api[-_]?key|access[-_]?key|private[-_]?key|auth(?!or(?!i[sz]))|credential|mysql_pwd|token"
    "|two[-_]factor|cookie|session[-_]?id|sessid|csrf|xsrf"
)
"""``auth`` but neither ``author`` nor ``authority``; yet ``authorization``."""
EXACT = "otp|pwd|jwt|session|remote_addr|x-forwarded-for|x-real-ip|forwarded|cf-connecting-ip|true-client-ip"
SECRET = re.compile(rf"{WORDS}|(?:^|[-_.])(?:{EXACT})$", re.IGNORECASE)
BY_NAME = "secret_name"
BY_PROJECT = "project_field"

LONGEST_NAME = 200
"""A longer name is judged each time it comes, so that nobody can fill the memory with names."""
REMEMBERED = 8_192


class Names(dict[str, str | None]):
    """By name, the rule that takes its value out, or None; judged once and remembered."""

    def __init__(self, project: Scrubbing) -> None:
        super().__init__()
        self._project = project

    def __missing__(self, name: str) -> str | None:
        if len(name) > LONGEST_NAME:
            return self._rule(name)
        if len(self) >= REMEMBERED:
            self.clear()
        self[name] = rule = self._rule(name)
        return rule

    def kept(self, name: str) -> bool:
        """Whether the project excepts a name from every rule of names."""
        return any(matches(pattern, name) for pattern in self._project.keep)

    def _rule(self, name: str) -> str | None:
        if self.kept(name):
            return None
        if any(matches(pattern, name) for pattern in self._project.fields):
            return BY_PROJECT
        return BY_NAME if SECRET.search(name) else None
