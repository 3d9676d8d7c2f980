"""What a message quotes: a name that the program has, or what somebody typed."""

from tests.data.grouping.building import Event, Frame, Set, case, event, frame, java, py, raised

SOURCE = "bugsink#380: no issue for each key or person"


def quoted(platform: str, kind: str, message: str, *typed: str, at: Frame) -> tuple[Event, ...]:
    """The same failure, once for each quotation."""
    return tuple(event(platform, raised(kind, message.format(one), at)) for one in typed)


def typed(name: str, *events: Event) -> Set:
    return case(f"typed: {name}", SOURCE, "A" * len(events), *events)


RATE = py("shop.rates.rate", context_line="    return RATES[currency]")
FIND = py("shop.users.find", context_line="    raise NotFound(f\"no user named '{name}'\")")
READ = py("shop.upload.read", context_line="        raise LookupError(message)")
ROW = py("shop.upload.row", context_line='    return row["price"] * row["amount"]')

SETS = (
    typed("the keys of a dictionary", *quoted("python", "KeyError", "'{}'", "apple", "banana", "a-17", at=RATE)),
    typed("a user's name", *quoted("python", "NotFound", "no user named '{}'", "alice", "bob", at=FIND)),
    typed(
        "a user's name, no line of source",
        *quoted("java", "NotFound", 'No user named "{}"', "alice", "bob", at=java("com.acme.Users", "find")),
    ),
    typed(
        "a field, by what raises it", *quoted("python", "LookupError", "missing field '{}'", "Name", "Town", at=READ)
    ),
    typed(
        "a key of .NET",
        *quoted(
            "csharp",
            "System.Collections.Generic.KeyNotFoundException",
            "The given key '{}' was not present in the dictionary.",
            *("alice", "bob"),
            at={"module": "Acme.Rates", "function": "Get", "in_app": True},
        ),
    ),
    typed(
        "a key of a cache",
        *quoted(
            "python", "ResponseError", "WRONGTYPE for key '{}'", "cart:alice", "cart:bob", at=py("shop.cache.cart")
        ),
    ),
    typed(
        "a sender", *quoted("ruby", "MailError", "no mail from '{}'", "Ann", "Bob", at=frame("app/mail.rb", "parse"))
    ),
    typed("a type", *quoted("python", "ValueError", "unknown type '{}'", "heic", "webm", at=py("shop.images.convert"))),
    case(
        "keys that the line names",
        "4.4: two causes in one function",
        "AB",
        *quoted("python", "KeyError", "'{}'", "price", "amount", at=ROW),
    ),
    case(
        "attributes, with a line of source or without",
        "4.4: two causes in one function",
        "AB",
        *quoted(
            *("python", "AttributeError", "'NoneType' object has no attribute '{}'", "total", "name"),
            at=py("shop.cart.show"),
        ),
    ),
)
