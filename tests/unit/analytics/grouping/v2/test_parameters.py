"""analytics/grouping/v2/parameters.py: what of a message differs from event to event, and what stays."""

import pytest

from analytics.grouping.v2.parameters import CHARACTERS, is_telling, of_script, parameterise


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("user 17 at 10.0.0.1", "user <*> at <*>"),
        ("Order %s failed for user %d", "Order <*> failed for user <*>"),
        ("Order {id} failed", "Order <*> failed"),
        ("Order ${id} failed", "Order <*> failed"),
        ("mail to ada@example.com bounced", "mail to <*> bounced"),
        ("GET https://x.example/a?b=1 failed", "GET <*> failed"),
        ("job 7d0f6a0c-4f4c-4e13-b4a2-8e1f0b9a1c2d died", "job <*> died"),
        ("connect ECONNREFUSED ::1:5432", "connect ECONNREFUSED <*>"),
        ("no answer of db-1.internal:5432", "no answer of <*>"),
        ("since 2026-11-25T12:00:00.123+01:00", "since <*>"),
        ("since Wed, 25 Nov 2026 12:00:01 GMT", "since <*>"),
        ("since 31.12.2026", "since <*>"),
        ("since 12/31/2026", "since <*>"),
        ("since 3 décembre 2026", "since <*>"),
        ("1.234,56 € are missing", "<*> are missing"),
        ("$1,234.56 are missing", "<*> are missing"),
        ("timed out after 30s", "timed out after <*>"),
        ("timed out after 30000 ms", "timed out after <*>"),
        ("object at 0x7fabc1", "object at <*>"),
        ("order ord_8f3kd92 not found", "order <*> not found"),
        ("cannot open /data/ada/in.db", "cannot open <*>"),
        (r"cannot open C:\Users\ada\in.db", "cannot open <*>"),
        ("User 'ada' has no cart", "User <*> has no cart"),
        ("mail to [email] bounced", "mail to <*> bounced"),
        ("card 00000000-[Filtered] refused", "card <*> refused"),
        ("ids [1, 2, 3] are missing", "ids [<*>] are missing"),
        ("\n\n  first \n\n second\nthird", "first second"),
    ],
)
def test_what_differs_is_taken_out(text: str, found: str) -> None:
    """Ids, hosts, people, times, numbers of any country, and the places of a template alike."""
    assert parameterise(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "'NoneType' object has no attribute 'total'",
        "name 'total' is not defined",
        "Cannot read properties of undefined (reading 'total')",
        'null value in column "email" of relation "users"',
        "'price'",
        "Request failed with status code 404",
        "HTTP 503 Service Unavailable",
        "utf8 codec",
        "Minified React error #418",
        "key-value pairs",
    ],
)
def test_what_the_program_named_stays(text: str) -> None:
    """Columns, attributes, codes: they tell causes apart."""
    assert parameterise(text) == text


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("[Errno 2] No such file or directory: 'x'", "[Errno 2]"),
        ("[Errno 2] Datei oder Verzeichnis nicht gefunden", "[Errno 2]"),
        ("ORA-00942: table or view does not exist", "ORA-00942"),
        ("SQLSTATE[HY000] [2002] Connection refused", "SQLSTATE[HY000] [2002]"),
        ("Zugriff verweigert (HRESULT: 0x80070005)", "HRESULT: 0x80070005"),
    ],
)
def test_a_code_stands_for_its_text(text: str, found: str) -> None:
    """Which is told in the language of the machine."""
    assert parameterise(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("e is undefined", "<*> is undefined"),
        ("t.map is not a function", "<*>.map is not a function"),
        ("undefined is not an object (evaluating 'e.total')", "undefined is not an object (evaluating '<*>.total')"),
        ("cart.map is not a function", "cart.map is not a function"),
        ("Cannot read properties of undefined (reading 'id')", "Cannot read properties of undefined (reading 'id')"),
    ],
)
def test_names_that_a_bundler_gave_to_variables(text: str, found: str) -> None:
    """They are in what engines say, and differ from build to build."""
    assert of_script(text) == found


def test_two_words_are_telling() -> None:
    """One is not, nor is what was taken out."""
    assert is_telling("basket empty")
    assert not is_telling("<*> EOF <*>")


@pytest.mark.parametrize("text", ["a" * 10**6, "1." * 10**5, "'" * 10**5, "a-" * 10**5, "/a" * 10**5, ":" * 10**5])
def test_a_message_of_any_length_is_read_to_a_bound(text: str) -> None:
    """No pattern runs away."""
    assert len(parameterise(text)) <= CHARACTERS * 2
