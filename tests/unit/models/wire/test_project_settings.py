"""models/wire/project_settings.py: TOML to a project's settings, and errors that name the place and the fix."""

import pytest

from models.domain.project import FingerprintRule, ProjectSettings, Scrubbing, Segment
from models.wire.project_settings import parse_settings, understood
from models.wire.toml import BadDocument

WHOLE = """
[scrubbing]
fields = ["iban", "customer_*"]
keep = ["author", "session"]
addresses = true

[[fingerprints]]
match = { type = "ConnectionError", path = "*/billing/*", "tags.tenant" = "acme" }
fingerprint = ["billing down", "{{ default }}"]

[[fingerprints]]
match = { tags.tenant = "*" }
fingerprint = ["{{tags.tenant}}"]

[segments]
os = true
device = true
country = false
plan = ["free", "pro"]

[quotas]
error = 60000
session = 0
"""


def test_a_whole_document() -> None:
    """Every key, each in its form."""
    assert parse_settings(WHOLE) == ProjectSettings(
        scrubbing=Scrubbing(("iban", "customer_*"), ("author", "session"), addresses=True),
        fingerprints=(
            FingerprintRule(
                (("type", "ConnectionError"), ("path", "*/billing/*"), ("tags.tenant", "acme")),
                ("billing down", "{{ default }}"),
            ),
            FingerprintRule((("tags.tenant", "*"),), ("{{tags.tenant}}",)),
        ),
        segments=(Segment("os"), Segment("device"), Segment("plan", ("free", "pro"))),
        quotas={"error": 60000, "session": 0},
    )


def test_what_is_left_out_has_its_default() -> None:
    """An empty document is the defaults."""
    assert parse_settings("") == ProjectSettings()
    assert parse_settings("[scrubbing]") == ProjectSettings()


@pytest.mark.parametrize(
    ("document", "told"),
    [
        ("= what", "not TOML: "),
        ("[scrubing]", "scrubing: unknown key; did you mean `scrubbing`?"),
        ("scrubbing = 1", "scrubbing: not a table; write keys and values, such as fields"),
        ("[scrubbing]\nfield = []", "scrubbing.field: unknown key; did you mean `fields`?"),
        ("[scrubbing]\nfields = 'iban'", "scrubbing.fields: 'iban' is no list of texts"),
        ("[scrubbing]\nfields = ['iban', 7]", "scrubbing.fields[1]: 7 is no text"),
        ("[scrubbing]\nkeep = ['']", "scrubbing.keep[0]: '' is no text"),
        ("[scrubbing]\naddresses = 'yes'", "scrubbing.addresses: 'yes' is neither true nor false"),
        (f"[scrubbing]\nfields = {['x'] * 201}", "scrubbing.fields: 201 of them; write at most 200"),
        ("[fingerprints]\nmatch = 1", "fingerprints: not a list of tables; write [[fingerprints]]"),
        ("[[fingerprints]]\nmatch = {type = 'E'}", "fingerprints[0].fingerprint: missing or empty"),
        ("[[fingerprints]]\nfingerprint = ['x']", "fingerprints[0].match: missing or empty"),
        ("[[fingerprints]]\nmatch = {typ = 'E'}\nfingerprint = ['x']", "fingerprints[0].match: 'typ' is no attribute"),
        ("[[fingerprints]]\nmatch = {type = 7}\nfingerprint = ['x']", "fingerprints[0].match.type: 7 is no text"),
        (
            "[[fingerprints]]\nmatch = {type = 'E'}\nfingerprint = ['{{ defualt }}']",
            "fingerprints[0].fingerprint[0]: 'defualt' is no variable; write tags.NAME or one of default, ",
        ),
        ("[segments]\nos = ['iOS']", "segments.os: ['iOS'] is neither true nor false"),
        ("[segments]\nplan = true", "segments.plan: True is no list of values to count apart"),
        ("[segments]\nplan = []", "segments.plan: [] is no list of values"),
        ("[segments]\n'a b' = ['x']", "segments.a b: no name of an attribute"),
        ("[quotas]\nerrors = 1", "quotas.errors: unknown key; did you mean `error`?"),
        ("[quotas]\nerror = 1.5", "quotas.error: 1.5 is no number of items a minute; write a whole number"),
        ("[quotas]\nerror = -1", "quotas.error: -1 is no number"),
        ("[quotas]\nerror = true", "quotas.error: True is no number"),
    ],
)
def test_an_error_names_the_place_and_the_fix(document: str, told: str) -> None:
    """Of everything that can be wrong."""
    with pytest.raises(BadDocument) as bad:
        parse_settings(document)
    assert str(bad.value).startswith(told)


def test_a_table_that_is_not_understood_leaves_the_others() -> None:
    """A stored document may come from another version: what it scrubs is still scrubbed."""
    document = "[scrubbing]\nfields = ['iban']\n[quotas]\nerror = '5/s'\n[sampling]\nerror = 1"
    settings, faults = understood(document)
    assert settings == ProjectSettings(scrubbing=Scrubbing(fields=("iban",)))
    assert [fault.partition(":")[0] for fault in faults] == ["quotas.error", "sampling"]


def test_what_is_no_document_at_all_is_the_defaults() -> None:
    """With what is wrong with it."""
    settings, faults = understood("= what")
    assert settings == ProjectSettings()
    assert faults[0].startswith("not TOML")
