"""Which language a sentence is in, by its script and its commonest words; enough to notice a wrong one."""

import unicodedata
from collections import Counter

from ..mention import words

_COMMON = {
    "English": "the a an of and to in is was are it he she his her they with that for on at from by as were be this "
    "have has had not but its their into when while before after which who you i we my your one no there",
    "German": "der die das und ist nicht ein eine einen dem den des im zu mit sich auf für von auch wird wurde sind "
    "als aus bei nach sie er es wir ihr sein war hat haben über",
    "French": "le la les des une est et dans que qui pour pas sur avec son sa ses ce cette du au aux il elle ils nous "
    "vous était sont plus par leur en un",
    "Spanish": "el la los las una es en que por con para su del al se lo como más pero sus fue era son está y un muy",
    "Italian": "il lo la gli una è di che per con non del della dei nel nella sono era si come più ha un alla le dal",
    "Portuguese": "o os as uma é em que por com para seu sua do da dos das no na não se mais foi era são um ao pela",
    "Dutch": "de het een en van is niet op te dat die voor met zijn werd aan er om ook als bij naar hij zij was haar",
}
COMMON = {language: frozenset(listed.split()) for language, listed in _COMMON.items()}
"""Language → words that nearly every text of it has."""


def tongue(sentence: str) -> str:
    """The language or, where no letters are Latin, the script; empty where the sentence does not tell.

    A language other than English is told where two different words or more are its commonest ones, and more than are
    English ones.

    >>> tongue("Die Katze schläft auf dem Sofa."), tongue("Кошка спит."), tongue("A cat sleeps.")
    ('German', 'Cyrillic', 'English')
    """
    scripts = Counter(
        unicodedata.name(each, "").partition(" ")[0]
        for each in sentence
        if each.isalpha() and not each.isascii()
    )
    latin = sum(each.isascii() and each.isalpha() for each in sentence) + scripts.pop("LATIN", 0)
    if scripts and scripts.total() > latin:
        name = scripts.most_common(1)[0][0]
        return name if name == "CJK" else name.capitalize()
    found = set(words(sentence))
    hits = {language: len(found & common) for language, common in COMMON.items()}
    best = max(hits, key=lambda language: (hits[language], language == "English"))
    if best != "English" and hits[best] >= 2 and hits[best] > hits["English"]:
        return best
    return "English" if hits["English"] else ""
