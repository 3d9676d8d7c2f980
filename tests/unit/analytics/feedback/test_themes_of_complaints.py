"""How well themes match what people meant, over complaints of software that the code was not written for."""

from collections import Counter

import pytest

from analytics.feedback.themes import Said, themes
from seatrial.demo import catalogue

SINGLE = "nothing that anyone else said"
APPLICATION = {
    "login": (
        "I can't sign in with my fingerprint",
        "fingerprint sign in stopped working",
        "sign in by fingerprint fails",
        "fingerprint is not recognised at sign in",
        "Fingerprint does nothing since the update",
    ),
    "payment": (
        "PayPal payment hangs forever",
        "paying with paypal hangs",
        "the PayPal window never closes, payment hangs",
        "Paypal: payment is stuck",
        "stuck at paypal when paying",
    ),
    "maps": (
        "the map stays grey",
        "map does not load, only grey tiles",
        "only a grey map on my tablet",
        "grey squares instead of the map",
        "map tiles are grey and never load",
    ),
    "mail": (
        "I got the confirmation e-mail five times",
        "confirmation email comes again and again",
        "please stop sending the same confirmation email",
        "the same confirmation mail, seven times",
    ),
    "printing": (
        "printing a label cuts off the barcode",
        "barcode is cut off on the printed label",
        "label prints without the whole barcode",
        "half of the barcode is missing when I print labels",
    ),
    "keyboard": (
        "keyboard covers the comment field",
        "can't see the comment field behind the keyboard",
        "the keyboard hides the field for comments",
        "when the keyboard opens, the comment field is hidden",
    ),
    "offline": (
        "it says offline but I am online",
        "app thinks I am offline",
        "always shows offline although my wifi is fine",
        "offline banner does not go away",
    ),
    SINGLE: (
        "nice work, team",
        "please add a weekly summary",
        "the new colours hurt my eyes",
        "why did you remove the calculator?",
        "my boss loves the charts",
        "could I get an invoice without tax",
        "Tuesday is spelled wrong",
        "I want my old avatar back",
        "subtitles run ahead of the film",
        "where do I enter a referral code",
        "the tutorial is too long",
        "chat window opens by itself",
    ),
}
TONGUES = {
    "de": ("Die Suche ist sehr langsam", "suche dauert ewig, total langsam", "warum ist die Suche so langsam?"),
    "fr": ("impossible de payer, erreur de paiement", "paiement refusé, erreur", "erreur au moment du paiement"),
    "es": ("no puedo iniciar sesión", "imposible iniciar sesión", "la sesión no se puede iniciar"),
    "ru": ("не могу войти в аккаунт", "не получается войти в аккаунт", "вход в аккаунт не работает"),
    "ja": ("検索が遅いです", "検索がとても遅い", "検索結果が遅い"),
    "zh": ("登录不了", "登录失败", "一直登录失败"),
    "ar": ("التطبيق بطيء جدا", "التطبيق بَطيء", "لماذا التطبيق بطيء"),
    "he": ("החיפוש איטי מאוד", "למה החיפוש איטי", "חיפוש איטי"),
    SINGLE: ("danke für alles", "j'aime bien la couleur", "素晴らしいアプリ", "价格太贵", "شكرا", "спасибо"),
}
SHOP = {
    "slow": catalogue.SLOW,
    "delivery": catalogue.DELIVERY,
    "islands": catalogue.ISLANDS,
    "voucher": catalogue.VOUCHER,
    SINGLE: catalogue.SINGLE,
}


def topics_of_themes(topics: dict[str, tuple[str, ...]], times: int = 1) -> list[Counter[str]]:
    """By theme, how many of its members were written about which topic."""
    of, said = {}, []
    for topic, messages in topics.items():
        for place, message in enumerate(messages * (1 if topic == SINGLE else times)):
            of[f"{topic} {place}"] = topic
            said.append(Said(f"{topic} {place}", message))
    return [Counter(of[member] for member in theme.members) for theme in themes(said)]


@pytest.mark.parametrize("times", [1, 2, 20])
def test_the_shop_s_customers_have_four_themes(times: int) -> None:
    """What they say of one thing is one theme, also if many use the same words; what one alone says is none."""
    found = topics_of_themes(SHOP, times)
    assert len(found) == 4
    assert {topic: count for counted in found for topic, count in counted.items()} == {
        topic: times * len(messages) for topic, messages in SHOP.items() if topic != SINGLE
    }


def test_most_complaints_of_a_topic_meet() -> None:
    """Of what was said of a topic, 80 % are in its largest theme; of a theme, 90 % are of one topic."""
    found = topics_of_themes(APPLICATION)
    topics = {topic: len(messages) for topic, messages in APPLICATION.items() if topic != SINGLE}
    met = sum(max(counted[topic] for counted in found) for topic in topics)
    pure = sum(max(counted.values()) for counted in found)
    assert met >= 0.8 * sum(topics.values())
    assert pure >= 0.9 * sum(counted.total() for counted in found)


@pytest.mark.parametrize("topic", [topic for topic in APPLICATION if topic != SINGLE])
def test_one_topic_alone_is_a_theme(topic: str) -> None:
    """If all of them, and two others, are all that was ever said."""
    found = topics_of_themes({topic: APPLICATION[topic], SINGLE: APPLICATION[SINGLE][:2]})
    assert [counted.most_common(1)[0][0] for counted in found] == [topic]
    assert found[0][topic] >= 3


def test_other_languages_and_scripts_have_themes_too() -> None:
    """Accents, vowel points, right-to-left, and scripts that put no spaces between words."""
    found = topics_of_themes(TONGUES)
    assert sorted(counted.most_common(1)[0][0] for counted in found) == sorted(set(TONGUES) - {SINGLE})
    assert sum(max(counted.values()) for counted in found) >= 0.9 * sum(counted.total() for counted in found)


def test_what_nobody_else_says_is_no_theme() -> None:
    """A dozen different things are a dozen different things."""
    assert topics_of_themes({SINGLE: APPLICATION[SINGLE]}) == []
