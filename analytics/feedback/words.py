"""What of a message is compared: the beginnings of its words and their pieces, whatever its language.

A word counts by its first five characters (search, searching, searches), and by its pieces of three, which survive a
slip of the pen and meet inside compounds. Scripts without spaces between words count by pairs of characters. Words that
carry a sentence and not its matter are left out; where nothing else is left, they count.
"""

import re
import unicodedata
from collections.abc import Iterator

CHARACTERS = 300
"""Of a message that are read: a complaint is told at its beginning, and a pasted log would only dilute it."""
BEGINNING = 5
PIECE = 3
UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\U00020000-\U0003ffff]"
)
"""Thai, Lao, Burmese, Khmer, kana, Han, Hangul."""
APOSTROPHES = str.maketrans("", "", "'`\u00b4\u2019\u02bc")

Bag = tuple[str, ...]
"""What a message is compared by, sorted: the same for messages that differ in case, punctuation and order only."""


def bag(message: str) -> Bag:
    """Empty if there is not a word in it, as in a row of emoji."""
    words = _words(message)
    telling = [word for word in words if word not in EMPTY] or words
    return tuple(sorted(feature for word in telling for feature in _features(word)))


def _words(message: str) -> list[str]:
    spaced = (_plain(character) for character in _folded(message[:CHARACTERS]))
    return "".join(spaced).split()


def _folded(text: str) -> str:
    """One way to write each letter: no case, no width, no accents, no vowel points."""
    apart = unicodedata.normalize("NFKD", text.casefold().translate(APOSTROPHES))
    return unicodedata.normalize("NFC", "".join(one for one in apart if unicodedata.category(one) != "Mn"))


def _plain(character: str) -> str:
    return character if character.isalnum() or unicodedata.category(character) == "Mc" else " "


def _features(word: str) -> Iterator[str]:
    if UNSPACED.search(word):
        yield from (word[at : at + 2] for at in range(max(1, len(word) - 1)))
        return
    yield f"{word[:BEGINNING]}-"
    within = f" {word} "
    yield from (within[at : at + PIECE] for at in range(len(within) - PIECE + 1))


EMPTY = frozenset(
    _folded(
        """
        a about after again all also always am an and any are as at be because been before being but by can cannot cant
        could did didnt do does doesnt doing done dont down even ever every for from gave get gets getting give gives
        got had has have having he here how i if im in into is isnt it its ive just like make makes many may me might
        mine more most much must my never no not now of off on once only onto or our out over please really said say
        says shall she should since so some still such than that the their them then there these they this those to too
        up us very was wasnt we were what when where which while who why will with without wont would yet you your

        aber als am an auch auf aus bei bin bitte das dass dem den der des die ein eine einem einen einer er es für habe
        hat ich ihr im immer in ist kann kein keine man mein meine mich mir mit nach nicht noch nur oder sehr seit sich
        sie sind so und von vom war waren warum was wann wenn wie wir wird wo zu zum zur

        ai au aux avec ce ces cette dans de des du elle en est et il je la le les ma mais me mes mon ne nous on ou par
        pas plus pour pourquoi quand que qui quoi sans se ses son sont sur très tu un une vous

        al como con cuando de del el ella en es esta este está la las lo los mas más me mi mis muy no o para pero por
        porque que qué se si sin son su sus un una uno unas unos y yo

        che con da del della di e gli ho il in io la le lo ma mi mia mio molto nel non per perché più quando sono un una

        ao as com da das de do dos e ela ele em eu mais mas me meu minha muito na nas no nos não o os para por porque
        que sem são um uma

        aan als bij dat de een en er het hij hoe ik in is maar mijn naar niet of om ook op te van voor waarom wanneer
        was wat we wij zeer zijn zo

        att det en ett för han hon i inte jag med min mycket men när och på som så till var vi är

        bo być co czy do i ja jak jest mi mnie moja moje mój na nie o od po się to w z za że

        а бы в вы для до же за и из к как когда мне мои мой моя мы на не но о он она они от очень по почему с так то ты
        у что это я
        """  # noqa: RUF001 - Cyrillic is meant
    ).split()
)
"""Of English, German, French, Spanish, Italian, Portuguese, Dutch, Swedish, Polish and Russian. A word that is missing
here weighs as any other."""
