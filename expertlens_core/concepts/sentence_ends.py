"""Where sentences end, for English: abbreviations, initials, decimals, quotations; and markup that comes off."""

import html
import re
from itertools import pairwise

from .cleaning import clean
from .mention import WORD
from .spelling import visible


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


FEWEST_WORDS, MOST_WORDS = 4, 60
"""Words of a sentence that is taken."""
LONGEST = 1_000
"""Characters of a sentence that is taken."""

_END = re.compile(r"""[.!?…]+(["'”’)\]]*)\s+(?=["'“‘(\[]*[^\W_a-zß-öø-ÿ])""")
"""Marks that may end a sentence, what closes with it, and a space before something that is not a small letter."""
_ENDING = re.compile(r"""[.!?…:;]["'”’)\]*_`]*\s*$""")
_LAST = re.compile(r"""(?:^|[\s("'“‘\[–—-])((?:[^\W\d_]\.)*[^\W_]+)$""")
"""The word before a full stop; with the full stops inside of it."""
_NEXT = re.compile(r"""["'“‘(\[]*([^\W_]+)""")
_NAMED_NEXT = _set(
    "mr mrs ms messrs mme mlle dr drs prof rev fr hon pres gov sen rep gen col maj capt cpt lt sgt cpl adm cmdr st "
    "mt ft e.g i.e eg ie cf vs v viz ca approx esp incl resp dept univ assn bros ph.d"
)
"""Abbreviations that stand before what they belong to: no sentence ends at their full stop."""
_NUMBER_NEXT = _set(
    "no nos vol vols pp p pg ch chap sec fig figs eq ref art op jan feb mar apr jun jul aug sep sept oct nov dec "
    "est"
)
"""Abbreviations that stand before a number."""
_EITHER = _set(
    "etc inc ltd co corp llc plc jr sr esq al ave blvd rd a.m p.m am pm u.s u.k u.n u.s.a e.u d.c b.c a.d"
)
"""Abbreviations, and initials too, that may end a sentence: it depends on what follows."""
_STARTERS = _set(
    "a an the this that these those he she it we they you i his her its our their my your there here in on at by for "
    "from with as if when while after before since because although though however but and or so yet then now what "
    "who why how where which no not one some many most all each every both several another other such once"
)
"""Words that begin sentences, and that no name begins with."""
_SPEECH = re.compile(
    r"(?:[A-Z][\w.'’-]*\s+){1,3}(?:said|says|asked|cried|replied|answered|shouted|whispered|called|added|exclaimed|"
    r"thought|told|muttered|wondered|screamed|yelled|demanded|continued|repeated|murmured)\b"
)
"""Who says what was quoted, after the quotation."""
_JOINS_WORDS = re.compile(r"[*_~`<\[&]|[^ -~\sÀ-ɏ‘’“”–—…]")
"""What may part a word in the text and not in the sentence: markup, marks, characters that nobody sees."""
_CHANGED = re.compile(r"^[^A-Za-z]|^(?:sentence|example)\b|[*_~`]|[^ -~À-ɏ–—…]|  | $", re.IGNORECASE)
"""What `clean` may change."""
_ASCII = bytes(ord(chr(code).lower()) if code < 128 and chr(code).isalnum() else 32 for code in range(256))
"""Letters in lower case and digits; all else parts words."""
_ORDINARY = bytes(code for code in range(32, 127) if chr(code) not in "*_~`<>[]&#|")
"""Characters that are never markup."""
_MARKUP = (
    (re.compile(r"!\[[^\]]{0,500}\]\([^)]{0,2000}\)|\[\^?\d{1,4}\]|<https?://[^>\s]{1,2000}>"), ""),
    (re.compile(r"\[([^\[\]]{1,500})\](?:\([^)]{0,2000}\)|\[[^\[\]]{0,200}\])"), r"\1"),
    (re.compile(r"<br\s*/?>|</(?:p|div|li|h[1-6]|td)>", re.IGNORECASE), " "),
    (re.compile(r"</?[a-zA-Z][^<>]{0,500}>"), ""),
    (re.compile(r"(\*\*|__|~~)(?=\S)([^*_~]{1,1000})(?<=\S)\1"), r"\2"),
    (re.compile(r"(?<![\w*])\*(?=[^\s*])([^*]{0,1000}[^\s*])\*(?![\w*])"), r"\1"),
    (re.compile(r"(?<![\w_])_(?=[^\s_])([^_]{0,1000}[^\s_])_(?![\w_])"), r"\1"),
    (re.compile(r"(`{1,2})(?=\S)([^`]{1,1000})(?<=\S)\1"), r"\2"),
)


def sentences(text: str) -> list[tuple[int, str, list[str]]]:
    """The sentences of a passage as they are taken: line breaks before each, its text, and its words.

    Markup comes off, spaces become single ones, and what has fewer than 4 or more than 60 words, or more than
    1,000 characters, is left out. Words are those that `words_in` gives.

    >>> [text for _, text, _ in sentences("Dr. Smith paid $3.50 for it. **He was *very* glad.**")]
    ['Dr. Smith paid $3.50 for it.', 'He was very glad.']
    """
    found = []
    bare = text if keeps_words(text) else unmarked(text)
    for start, part in split(bare):
        sentence = tidy(part)
        words = words_in(sentence)
        if FEWEST_WORDS <= len(words) <= MOST_WORDS and len(sentence) <= LONGEST:
            found.append((bare.count("\n", 0, start) if start else 0, sentence, words))
    return found


def stands_alone(text: str) -> bool:
    """Whether a passage is one sentence as it is written, which most lines are: nothing to split and nothing to clean.

    A quick look, which says no where it is not sure.
    """
    return (
        text.isascii()
        and not text.encode().translate(None, _ORDINARY)
        and text[:1].isalpha()
        and text[-1] != " "
        and "  " not in text
        and len(text) <= LONGEST
        and (text[0] not in "EeSs" or not text[:8].lower().startswith(("sentence", "example")))
        and _END.search(text) is None
    )


def split(text: str) -> list[tuple[int, str]]:
    """Start and text of each sentence of a passage, as it is written.

    >>> [part for _, part in split('"Stop!" Tom said. It was 5 p.m. in the U.S. The bus left.')]
    ['"Stop!" Tom said.', 'It was 5 p.m. in the U.S.', 'The bus left.']
    """
    ends = [0, *(match.end() for match in _END.finditer(text) if _is_end(text, match)), len(text)]
    found = []
    for start, end in pairwise(ends):
        part = text[start:end]
        if bare := part.strip():
            found.append((start + part.index(bare[0]), bare))
    return found


def keeps_words(text: str) -> bool:
    """Whether the words of a passage are those of its sentences: no markup, and no invisible character, parts any."""
    return _JOINS_WORDS.search(text) is None


def unmarked(text: str) -> str:
    """The passage without links, tags, emphasis and code marks; the words stay, and so do line breaks between them."""
    text = html.unescape(text) if "&" in text else text
    for pattern, kept in _MARKUP:
        text = pattern.sub(kept, text)
    return text


def tidy(sentence: str) -> str:
    """`clean`, at once where there is nothing to clean."""
    return sentence if _CHANGED.search(sentence) is None else clean(sentence)


def words_in(sentence: str) -> list[str]:
    """The words of a sentence in lower case, as `mentions` compares them."""
    if sentence.isascii():
        return sentence.encode().translate(_ASCII).decode().split()
    return [word.lower() for word in WORD.findall(visible(sentence))]


def ends_a_sentence(line: str) -> bool:
    """Whether a line ends as sentences, or what leads to a list, do."""
    return _ENDING.search(line[-20:]) is not None


def last_end(text: str) -> int:
    """Where the last sentence of a long line begins, so that it can be read on; the line's end where there is none."""
    tail = max(0, len(text) - 20_000)
    ends = [match.end() for match in _END.finditer(text, tail) if _is_end(text, match)]
    if ends:
        return ends[-1]
    return text.rfind(" ", tail) + 1 or len(text)


def _is_end(text: str, match: re.Match[str]) -> bool:
    """Whether a sentence ends at these marks."""
    begin = match.start()
    if match[1] and text[begin] != "." and _SPEECH.match(text, match.end()):
        return False
    if match[1].strip("\"'”’)]") or text[begin : match.start(1)] != ".":
        return True
    last = _LAST.search(text, max(0, begin - 30), begin)
    if last is None:
        return True
    word, following = last[1].lower(), _NEXT.match(text, match.end())
    after = following[1] if following else ""
    if word in _NAMED_NEXT:
        return False
    if word in _NUMBER_NEXT:
        return not after[:1].isdigit()
    if word in _EITHER or (len(word) == 1 and word.isalpha()) or re.fullmatch(r"(?:\w\.)+\w", word):
        return (after.lower() in _STARTERS and after != "I") or bool(match[1])
    return True
