"""models/wire/policy.py: TOML to a policy, and errors that name the place and the fix."""

import base64
import re
from pathlib import Path

import pytest

from models.domain.policy import Policy, Webhook
from models.domain.verdict import Mode
from models.wire.policy import parse_policy, with_secret
from models.wire.toml import BadDocument

ROOT = Path(__file__).parents[4]
SECRET = "whsec_" + base64.b64encode(bytes(range(32))).decode()
WHOLE = f"""
name = "careful"
mode = "automatic"
false_rollbacks_per_1000 = 1
margin = 0.1
bake = "2d"
count_abnormal = false
allowed_hosts = ["Deployer.Internal", "10.0.0.7"]

[webhook]
url = "https://deployer.internal/hooks/seatrial"
secret = "{SECRET}"
"""


def webhook(url: str = "https://deployer.internal/", signed_by: str = SECRET) -> str:
    return f'[webhook]\nurl = "{url}"\nsecret = "{signed_by}"'


def test_an_empty_document_is_the_default_policy() -> None:
    """It recommends, and everything else is as documented."""
    assert parse_policy("") == Policy()
    assert Policy().mode is Mode.RECOMMEND
    assert Policy().alpha == 0.0025


def test_every_key_is_taken() -> None:
    """Hosts in lower case; the version comes when it is applied."""
    assert parse_policy(WHOLE) == Policy(
        name="careful",
        version=0,
        mode=Mode.AUTOMATIC,
        false_rollbacks_per_1000=1.0,
        margin=0.1,
        bake_minutes=2 * 1440,
        count_abnormal=False,
        webhook=Webhook("https://deployer.internal/hooks/seatrial", SECRET),
        allowed_hosts=("deployer.internal", "10.0.0.7"),
    )


@pytest.mark.parametrize(("told", "minutes"), [("1m", 1), ("90m", 90), ("24h", 1440), ("14d", 20_160)])
def test_a_bake_is_in_minutes_hours_or_days(told: str, minutes: int) -> None:
    """Up to 14 days, as long as a release is watched."""
    assert parse_policy(f'bake = "{told}"').bake_minutes == minutes


@pytest.mark.parametrize(
    ("text", "place", "fix"),
    [
        ("mode == 1", "not TOML", "line 1"),
        ('mode = "auto"', "mode: 'auto'", "write one of observe, recommend, automatic"),
        ("mode = 1", "mode: 1", "write one of"),
        ('name = "two words"', "name: 'two words'", "letters, digits"),
        ('name = ""', "name: ''", "up to 64"),
        ("margins = 0.1", "margins: unknown key", "did you mean `margin`?"),
        ("xyz = 1", "xyz: unknown key", "known keys are name, mode"),
        ("margin = 0", "margin: 0", "from 0.001 to 1, such as 0.05"),
        ("margin = -0.1", "margin: -0.1", "from 0.001 to 1"),
        ("margin = nan", "margin: nan", "from 0.001 to 1"),
        ('margin = "5 %"', "margin: '5 %'", "from 0.001 to 1"),
        ("margin = true", "margin: True", "from 0.001 to 1"),
        ("false_rollbacks_per_1000 = 0", "false_rollbacks_per_1000: 0", "from 0.001 to 200, such as 2.5"),
        ("false_rollbacks_per_1000 = 1e-320", "false_rollbacks_per_1000: 1e-320", "from 0.001 to 200"),
        ("false_rollbacks_per_1000 = inf", "false_rollbacks_per_1000: inf", "from 0.001 to 200"),
        ("bake = 90", "bake: 90", '"90m", "24h" or "2d"'),
        ('bake = "15d"', "bake: '15d'", "up to 14 days"),
        ('bake = "0h"', "bake: '0h'", "up to 14 days"),
        ('count_abnormal = "no"', "count_abnormal: 'no'", "true nor false (without quotes)"),
        ('allowed_hosts = "a"', "allowed_hosts: 'a'", '["deployer.internal", "10.0.0.7"]'),
        ('allowed_hosts = ["http://a"]', "allowed_hosts: ['http://a']", "names or addresses"),
        ('allowed_hosts = [""]', "allowed_hosts: ['']", "names or addresses"),
        ('webhook = "https://a"', "webhook: not a table", "write [webhook]"),
        ('[webhook]\nurl = "https://a"', "webhook.secret: missing", "needs url and secret"),
        (f'[webhook]\nsecret = "{SECRET}"', "webhook.url: missing", "needs url and secret"),
        (webhook() + "\nurls = 1", "webhook.urls: unknown key", "did you mean `url`?"),
        (webhook("ftp://a/"), "webhook.url: 'ftp://a/'", "write https://host/path"),
        (webhook("https:///x"), "webhook.url: 'https:///x'", "write https://host/path"),
        (webhook("https://me:pw@a/"), "webhook.url: 'https://me:pw@a/'", "without user and password"),
        (webhook("https://a:99999/"), "webhook.url: 'https://a:99999/'", "write https://host/path"),
        (webhook("https://a b/"), "webhook.url: 'https://a b/'", "write https://host/path"),
        (webhook(signed_by="topsecret"), "webhook.secret: not a secret", "whsec_ and the base64 of 24 to 64"),
        (
            webhook(signed_by="whsec_…"),
            "webhook.secret: the secret is masked",
            "leave `secret` out to keep the stored one",
        ),
        (webhook(signed_by=SECRET + "é"), "webhook.secret: not a secret", "whsec_ and the base64"),
        ("margin = " + "9" * 5_000, "not TOML", ""),
        ("margin = " + "[" * 100_000, "not TOML", ""),
        (webhook(signed_by="whsec_!!!"), "webhook.secret: not a secret", "whsec_ and the base64"),
        (webhook(signed_by="whsec_c2hvcnQ="), "webhook.secret: not a secret", "24 to 64 random bytes"),
    ],
)
def test_an_error_names_the_place_and_the_fix(text: str, place: str, fix: str) -> None:
    """Whoever reads it knows which line to change, and to what."""
    with pytest.raises(BadDocument) as bad:
        parse_policy(text)

    assert str(bad.value).startswith(place)
    assert fix in str(bad.value)


def test_a_secret_is_never_repeated_in_an_error() -> None:
    """Errors go to logs and screens."""
    with pytest.raises(BadDocument) as bad:
        parse_policy(webhook(signed_by="my-real-secret"))

    assert "my-real-secret" not in str(bad.value)


@pytest.mark.parametrize(
    "text",
    [
        '[webhook]\nurl = "https://a/"\n',
        'name = "x"\n\n[webhook] # calls us\nurl = "https://a/"',
        '[ webhook ]\r\nurl = "https://a/"\r\n',
        'webhook.url = "https://a/"\nname = "x"',
    ],
)
def test_a_secret_that_is_left_out_is_filled_in(text: str) -> None:
    """As a table with a header, or as a dotted key."""
    assert parse_policy(with_secret(text, SECRET)).webhook == Webhook("https://a/", SECRET)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "not = = TOML",
        webhook(),
        webhook(signed_by="whsec_…"),
        "[webhook]",
        'webhook = "https://a/"',
        'webhook = { url = "https://a/" }',
        'name = """\n[webhook]\n"""',
    ],
)
def test_no_secret_is_filled_in_elsewhere(text: str) -> None:
    """Where there is one, where it says more than which is missing, or where it cannot be done line by line."""
    assert with_secret(text, SECRET) == text


def test_decisions_name_policy_and_version() -> None:
    """``name@version``."""
    assert Policy(name="careful", version=3).title == "careful@3"


@pytest.mark.parametrize("page", ["README.md", "docs/policies.md"])
def test_what_the_pages_show_is_a_policy(page: str) -> None:
    """With a secret in the place of theirs."""
    text = (ROOT / page).read_text()
    (shown,) = [block for block in re.findall(r"```toml\n(.*?)```", text, re.DOTALL) if "false_rollbacks" in block]
    policy = parse_policy(re.sub(r"whsec_[.]+", SECRET, shown))
    assert policy.name == "shop"
    assert policy.webhook is not None
