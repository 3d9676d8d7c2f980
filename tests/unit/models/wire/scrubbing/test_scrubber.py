"""What is taken out before the log, and what stays."""

import json
from collections import Counter
from typing import Any

import msgspec
import pytest

from models.domain.project import Scrubbing
from models.wire.scrubbing.forms import ADDRESS, FILTERED, RULES
from models.wire.scrubbing.meanings import MEANINGS
from models.wire.scrubbing.names import BY_NAME, BY_PROJECT, Names
from models.wire.scrubbing.scrubber import ENVIRONMENT, scrubber
from tests.fakes.leaks import CARD, PLACES, SECRETS

DEFAULT = Scrubbing()


def scrub(value: Any, project: Scrubbing = DEFAULT) -> tuple[Any, dict[str, int]]:
    """An event without its secrets, and how often each rule found one."""
    found = Counter[str]()
    encoded = json.dumps(value, ensure_ascii=False).encode()
    return scrubber(project).event(value, encoded, found), dict(found)


def scrubbed(value: Any, project: Scrubbing = DEFAULT) -> Any:
    return scrub(value, project)[0]


def scrub_text(text: str) -> str:
    return scrubber(DEFAULT).text(text, Counter())


HIDDEN_KEYS = (
    "password PASSWORD db_password passwd mysql_pwd secret client-secret api_key apiKey api-key apikey auth"
    " Authorization oauth x-auth-token credentials private_key privateKey token access_token otp two-factor cookie"
    " Cookies Set-Cookie sessionid PHPSESSID csrftoken X-Forwarded-For REMOTE_ADDR AWS_SECRET_ACCESS_KEY"
)
PLAIN_KEYS = (
    "author authors authority authored_by author_id name key keyboard monkey session_count sessions passenger compass"
    " filename function lineno module in_app environment release trace_id span_id footpath address robot"
)


@pytest.mark.parametrize("key", HIDDEN_KEYS.split())
def test_secret_keys_lose_their_value(key: str) -> None:
    """The value under a secret's name is gone, at any depth, whatever its kind."""
    assert Names(DEFAULT)[key]
    event = {"extra": {"deep": [{key: "hunter2"}, {key: {"a": "hunter2"}}, [key, "hunter2"]]}}
    assert "hunter2" not in json.dumps(scrubbed(event))


@pytest.mark.parametrize("key", PLAIN_KEYS.split())
def test_plain_keys_keep_their_value(key: str) -> None:
    """Names that only look like a secret's keep their value: an author is no authorization."""
    assert scrubbed({"extra": {key: "kept"}}) == {"extra": {key: "kept"}}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("name", SECRETS)
def test_secrets_in_text_are_taken_out(name: str, place: str) -> None:
    """A secret in any value is gone, and the words around it stay."""
    text, secret = SECRETS[name]
    assert secret not in json.dumps(scrubbed(PLACES[place](text)))
    assert secret not in scrub_text(text)


PLAIN = {
    "order number": "order 4111111111111112 failed",
    "time in milliseconds": "at 1795390740000",
    "hexadecimal id": "trace 0123456789abcdef0123456789abcdef",
    "hexadecimal id that holds a card number": "trace da4a17f0dae4111111111111111ac1a2",
    "date": "2026-11-22T23:39:00Z",
    "release": "shop@1.5.0 and @sentry/node@11.12.0",
    "path": "/srv/node_modules/@sentry/core/build/cjs/index.js",
    "address": "https://shop.example.com/cart?page=2",
    "comparison": "if token == other: raise",
    "empty in source": "password = ''",
    "call in source": "password = ask('Which?')",
    "address with a port": "http://localhost:3000/node_modules/@sentry/core and http://[::1]:80/@x/y",
    "address of a drive": "file://C:/Users/@ana/x.js",
    "words": "['--verbose', 'yes']",
    "phone-like": "part 12-345-678",
    "prose": "the author of this token did not authenticate",
    "basic words": "Basic authentication failed",
}


@pytest.mark.parametrize("name", PLAIN)
def test_other_text_stays(name: str) -> None:
    """What only resembles a secret is left alone: a scrubbed message helps nobody."""
    assert scrubbed({"message": PLAIN[name]}) == {"message": PLAIN[name]}


def test_an_event_without_secrets_is_the_same_object() -> None:
    """Nothing found means nothing copied, so that it need not be encoded again."""
    event = {"message": "plain"}
    value, found = scrub(event)
    assert value is event
    assert found == {}


def test_what_was_found_is_counted_by_rule() -> None:
    """The report says how often each rule found something, and not what."""
    event = {"message": f"{CARD} and 123-45-6789", "extra": {"password": "hunter2", "token": "x"}}
    _, found = scrub(event)
    assert found == {"card_number": 1, "social_security_number": 1, "secret_name": 2}


def test_a_card_number_as_a_number_is_taken_out() -> None:
    """A card number that is no text is found too."""
    assert scrubbed({"extra": {"n": 4111111111111111}}) == {"extra": {"n": FILTERED}}


def test_names_in_a_table_are_looked_through() -> None:
    """Where customers are counted, their addresses and cards are names."""
    event = {"extra": {"logins": {"ana@shop.example": 1, "josé@shop.example": {"x": 2}, "4111111111111111": 3, "k": 4}}}
    value, found = scrub(event)
    assert list(value["extra"]["logins"].items()) == [("[email]", {"x": 2}), (FILTERED, 3), ("k", 4)]
    assert found == {"email": 2, "card_number": 1}


def test_the_word_after_an_option_is_its_value() -> None:
    """A command in a list: the token comes after ``--token``; and after another option comes what stays."""
    command = ["mysql", "--password", "hunter2", "--user", "ana", "--token", "--quiet", None, "--api-key"]
    value, found = scrub({"extra": {"sys.argv": command}})
    assert value["extra"]["sys.argv"] == [*command[:2], FILTERED, *command[3:5], "--token", FILTERED, None, "--api-key"]
    assert found == {"secret_name": 2}


def test_the_end_of_a_long_name_counts() -> None:
    """A name is judged whole, however long it is, and only short ones are remembered."""
    name = "x" * 5_000 + "_password"
    assert scrubbed({"extra": {name: "hunter2"}}) == {"extra": {name: FILTERED}}
    names = Names(DEFAULT)
    assert names[name] == BY_NAME
    assert not names


def test_versions_of_packages_stay() -> None:
    """`modules` maps names of packages to versions; `authlib` there is no secret."""
    event = {"modules": {"authlib": "1.3", "tokenizers": "0.2"}}
    assert scrubbed(event) == event


def test_truth_and_absence_are_no_secrets() -> None:
    """`authenticated: true` and an empty cookie say nothing that must be hidden."""
    event = {"extra": {"authenticated": True, "cookies": {}, "token": None, "auth": False}}
    assert scrubbed(event) == event


def test_scrubbing_twice_changes_nothing_more() -> None:
    """What was scrubbed stays as it is."""
    for text, _ in SECRETS.values():
        once = scrub_text(text)
        assert scrub_text(once) == once


HOSTILE = {
    "filtered before": "token=[Filtered" * 60_000,
    "quoted before": 'token="[Filtered' * 50_000,
    "open quotes": "password='" * 60_000 + '"',
    "encoded": "%3Ftoken%3D" * 60_000,
    "addresses": "1.1.1." * 30_000 + "x",
    "colons and digits": "1:2:" * 50_000 + "x",
    "ids": ("a" * 60 + "5555555555554444") * 2_000,
    "words": "token" * 40_000,
    "digits": "4" * 200_000,
    "digits apart": "4 " * 100_000,
    "signs": "token=" * 30_000,
    "quotes": "'token': '" * 20_000,
    "at": "a@" * 100_000,
    "dots": "a@b" + ".c" * 100_000,
    "capitals": "AA00 " * 40_000,
    "keys": "-----BEGIN PRIVATE KEY-----" * 8_000,
    "schemes": "a://" * 50_000,
    "bearers": "bearer " * 30_000,
    "web tokens": "eyJaaaaaaaa-" * 20_000 + ".eyJ",
    "users": "a://:" * 60_000,
    "users and hosts": "a://:@" * 50_000,
    "spaces before =": "token    " * 30_000 + "= 'x",
    "types": "token: str | None, " * 15_000 + "= 'x'",
    "backslashes": "token='" + "\\" * 200_000,
    "backslashes and quotes": "token = '" + "\\'" * 100_000,
    "brackets": "token=[" * 40_000,
    "options": "'--token', '" * 20_000,
    "colons": ("a://" + ":" * 600) * 300 + "@",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_ends(name: str) -> None:
    """Text made to make patterns backtrack is done with; a quadratic pattern would hang here."""
    assert isinstance(scrubbed({"extra": {"x": HOSTILE[name]}}, Scrubbing(addresses=True)), dict)


ID = "5555555555554444"
"""Digits that pass for a card's."""
IDS = {
    "trace": f"a{ID}b0123456789abcde",
    "before letters": f"{ID}0000abcdef012345",
    "UUID": "a1b2c3d4-5555-5555-5555-4444abcdef01",
    "SHA-1": f"deadbeef{ID}deadbeef01234567",
}


@pytest.mark.parametrize("name", IDS)
def test_ids_are_no_card_numbers(name: str) -> None:
    """The digits inside of a hexadecimal id pass for a card number one time in ten, and ids must stay joinable."""
    event = {"contexts": {"trace": {"trace_id": IDS[name]}}}
    assert scrubbed(event) == event


@pytest.mark.parametrize("text", [f"visa{ID}", f"card_{ID}", f"id={ID}", f"{ID}", f"no-{ID}"])
def test_a_card_number_beside_words_is_one(text: str) -> None:
    """Letters that are not all hexadecimal make no id."""
    assert ID not in json.dumps(scrubbed({"extra": {"x": text}}))


@pytest.mark.parametrize("before", ["\n", "\b", "\f", "\t", "\x01", "\x1f", "ü", '"', "\\"])
def test_a_card_number_after_an_escape_is_one(before: str) -> None:
    """In JSON a control character is written with letters and digits, which are not the number's."""
    event = {"extra": {"x": f"a{before}{ID}"}}
    found = Counter[str]()
    for encoded in (json.dumps(event).encode(), msgspec.json.encode(event)):
        assert ID not in json.dumps(scrubber(DEFAULT).event(event, encoded, found))


def test_what_an_event_is_counted_by_stays() -> None:
    """A release that looks like a card's number is the same release in sessions and in events."""
    event = {"release": f"{ID}", "environment": ID, "dist": ID, "event_id": "a" * 32, "type": "error"}
    assert scrubbed(event) == event


def test_two_words_in_a_list_are_no_pair() -> None:
    """A fingerprint, source lines and names of integrations come in twos; pairs come in lists of pairs."""
    event = {"fingerprint": ["auth", "login failed"], "extra": {"pre_context": ["token = get()", "use(it)"]}}
    assert scrubbed(event) == event
    assert scrubbed({"request": {"headers": [["authorization", "x"], ["host", "y"]]}}) == {
        "request": {"headers": [["authorization", FILTERED], ["host", "y"]]}
    }


def test_parameters_follow_their_text() -> None:
    """A parameter is a secret by what the template says before it."""
    for params, hidden in ((["hunter2", 7], [FILTERED] * 2), ({"p": "hunter2"}, {"p": FILTERED})):
        entry = {"message": "token=%s", "formatted": "token=hunter2", "params": params}
        assert scrubbed({"logentry": entry})["logentry"]["params"] == hidden
    plain = {"logentry": {"message": "no %s", "formatted": "no price", "params": ["price"]}}
    assert scrubbed(plain) == plain


def test_of_a_processs_environment_the_names_stay() -> None:
    """`sentry-cli send-event` sends all of it; which variables hold a secret, nobody can know from their names."""
    environ = {"HOME": "/home/ana", "DEPLOY_KEY": "x", "LANG": "C.UTF-8", "LC_ALL": "C", "EMPTY": ""}
    value, found = scrub({"extra": {"environ": environ, "n": 1}})
    kept = {"HOME": FILTERED, "DEPLOY_KEY": FILTERED, "LANG": "C.UTF-8", "LC_ALL": "C", "EMPTY": FILTERED}
    assert value == {"extra": {"environ": kept, "n": 1}}
    assert found == {"environment": 3}
    assert (
        scrubbed({"extra": {"environ": environ}}, Scrubbing(keep=("home",)))["extra"]["environ"]["HOME"] == "/home/ana"
    )


# What a project says ------------------------------------------------------------------------------------------------


def test_a_projects_own_fields_are_taken_out() -> None:
    """Matched whole, whatever their case, in keys, pairs and texts; and counted by a rule of their own."""
    project = Scrubbing(fields=("iban_no", "customer_*"))
    event = {
        "extra": {"IBAN_NO": "x1", "iban_now": "kept", "Customer_Name": "x2"},
        "tags": [["customer_id", "x3"]],
        "logentry": {"message": "customer_7=x4 a=kept", "formatted": "customer_7=x4 a=kept"},
    }
    value, found = scrub(event, project)
    assert not any(f"x{number}" in json.dumps(value) for number in range(1, 5))
    assert json.dumps(value).count("kept") == 3
    assert found == {"project_field": 3, "assignment": 2}


def test_what_a_project_keeps_is_left_in() -> None:
    """Although a rule of names, its own ones included, would take it out; a card number in it still goes."""
    project = Scrubbing(fields=("customer_*",), keep=("session", "AUTH_*", "customer_id"))
    event = {"extra": {"session": "a", "auth_method": "b", "customer_id": "c", "password": "d"}}
    kept = {"session": "a", "auth_method": "b", "customer_id": "c", "password": FILTERED}
    assert scrubbed(event, project) == {"extra": kept}
    assert CARD not in json.dumps(scrubbed({"extra": {"session": CARD}}, project))
    header = {"logentry": {"formatted": "Authorization: x, Cookie: y"}}
    assert scrubbed(header, Scrubbing(keep=("authorization", "cookie"))) == header


ADDRESSES = ("10.0.0.7", "192.0.2.255", "2001:db8::1", "::ffff:192.0.2.1", "fe80::1ff:fe23:4567:890a")


@pytest.mark.parametrize("address", ADDRESSES)
def test_addresses_go_where_a_project_asks_for_it(address: str) -> None:
    """Wherever they stand; by default they go with the fields that name a user alone."""
    event = {"logentry": {"formatted": f"refused by {address}, again"}, "request": {"env": {"REMOTE_ADDR": address}}}
    by_default = scrubbed(event)
    assert address in json.dumps(by_default)
    assert by_default["request"] == {"env": {"REMOTE_ADDR": FILTERED}}
    value, found = scrub(event, Scrubbing(addresses=True))
    assert address not in json.dumps(value)
    assert found["address"] >= 1


@pytest.mark.parametrize(
    "text", ["at 12:30:45", "std::vector<int>", "Foo::Bar", "1.2.3", "999.1.1.1", "a:b", "v1.2.3.4-rc", "10:20"]
)
def test_what_only_resembles_an_address_stays(text: str) -> None:
    """Times, versions of three numbers, and names of C++ and Ruby."""
    event = {"logentry": {"formatted": text}}
    assert scrubbed(event, Scrubbing(addresses=True)) == event


def test_odd_text_is_no_fault() -> None:
    """Lone surrogates and other odd characters are looked through like any text."""
    event = {"extra": {"a": "\ud800 token=hunter2", "\udfff": "b\x00"}}
    value = scrubber(DEFAULT).event(event, b"token=hunter2", Counter())
    assert value["extra"]["a"] == f"\ud800 token={FILTERED}"


def test_every_rule_has_a_meaning() -> None:
    """People are told what was taken out, in words."""
    rules = {BY_NAME, BY_PROJECT, ENVIRONMENT, *(rule.name for rule in (*RULES, ADDRESS))}
    assert rules == MEANINGS.keys()
