"""Inflection of the small world's words: verb forms, plurals, articles."""

from __future__ import annotations

IRREGULAR = {
    "be": ("is", "was", "being"),
    "beat": ("beats", "beat", "beating"),
    "become": ("becomes", "became", "becoming"),
    "begin": ("begins", "began", "beginning"),
    "bend": ("bends", "bent", "bending"),
    "bet": ("bets", "bet", "betting"),
    "bite": ("bites", "bit", "biting"),
    "blow": ("blows", "blew", "blowing"),
    "break": ("breaks", "broke", "breaking"),
    "bring": ("brings", "brought", "bringing"),
    "build": ("builds", "built", "building"),
    "burn": ("burns", "burned", "burning"),
    "buy": ("buys", "bought", "buying"),
    "catch": ("catches", "caught", "catching"),
    "choose": ("chooses", "chose", "choosing"),
    "come": ("comes", "came", "coming"),
    "cost": ("costs", "cost", "costing"),
    "creep": ("creeps", "crept", "creeping"),
    "cut": ("cuts", "cut", "cutting"),
    "dig": ("digs", "dug", "digging"),
    "do": ("does", "did", "doing"),
    "draw": ("draws", "drew", "drawing"),
    "dream": ("dreams", "dreamed", "dreaming"),
    "drink": ("drinks", "drank", "drinking"),
    "drive": ("drives", "drove", "driving"),
    "eat": ("eats", "ate", "eating"),
    "fall": ("falls", "fell", "falling"),
    "feed": ("feeds", "fed", "feeding"),
    "feel": ("feels", "felt", "feeling"),
    "find": ("finds", "found", "finding"),
    "fit": ("fits", "fitted", "fitting"),
    "fly": ("flies", "flew", "flying"),
    "forget": ("forgets", "forgot", "forgetting"),
    "freeze": ("freezes", "froze", "freezing"),
    "get": ("gets", "got", "getting"),
    "give": ("gives", "gave", "giving"),
    "go": ("goes", "went", "going"),
    "grind": ("grinds", "ground", "grinding"),
    "grow": ("grows", "grew", "growing"),
    "hang": ("hangs", "hung", "hanging"),
    "have": ("has", "had", "having"),
    "hear": ("hears", "heard", "hearing"),
    "hide": ("hides", "hid", "hiding"),
    "hold": ("holds", "held", "holding"),
    "hurt": ("hurts", "hurt", "hurting"),
    "keep": ("keeps", "kept", "keeping"),
    "know": ("knows", "knew", "knowing"),
    "lead": ("leads", "led", "leading"),
    "leave": ("leaves", "left", "leaving"),
    "lend": ("lends", "lent", "lending"),
    "let": ("lets", "let", "letting"),
    "lie": ("lies", "lay", "lying"),
    "light": ("lights", "lit", "lighting"),
    "lose": ("loses", "lost", "losing"),
    "make": ("makes", "made", "making"),
    "mean": ("means", "meant", "meaning"),
    "meet": ("meets", "met", "meeting"),
    "overtake": ("overtakes", "overtook", "overtaking"),
    "pay": ("pays", "paid", "paying"),
    "put": ("puts", "put", "putting"),
    "read": ("reads", "read", "reading"),
    "ride": ("rides", "rode", "riding"),
    "ring": ("rings", "rang", "ringing"),
    "rise": ("rises", "rose", "rising"),
    "run": ("runs", "ran", "running"),
    "say": ("says", "said", "saying"),
    "see": ("sees", "saw", "seeing"),
    "sell": ("sells", "sold", "selling"),
    "send": ("sends", "sent", "sending"),
    "set": ("sets", "set", "setting"),
    "sew": ("sews", "sewed", "sewing"),
    "shake": ("shakes", "shook", "shaking"),
    "shear": ("shears", "sheared", "shearing"),
    "shine": ("shines", "shone", "shining"),
    "show": ("shows", "showed", "showing"),
    "shrink": ("shrinks", "shrank", "shrinking"),
    "sing": ("sings", "sang", "singing"),
    "sink": ("sinks", "sank", "sinking"),
    "sit": ("sits", "sat", "sitting"),
    "sleep": ("sleeps", "slept", "sleeping"),
    "slide": ("slides", "slid", "sliding"),
    "speak": ("speaks", "spoke", "speaking"),
    "speed": ("speeds", "sped", "speeding"),
    "spend": ("spends", "spent", "spending"),
    "spit": ("spits", "spat", "spitting"),
    "stand": ("stands", "stood", "standing"),
    "steal": ("steals", "stole", "stealing"),
    "stick": ("sticks", "stuck", "sticking"),
    "strike": ("strikes", "struck", "striking"),
    "sweep": ("sweeps", "swept", "sweeping"),
    "swell": ("swells", "swelled", "swelling"),
    "swim": ("swims", "swam", "swimming"),
    "swing": ("swings", "swung", "swinging"),
    "take": ("takes", "took", "taking"),
    "teach": ("teaches", "taught", "teaching"),
    "tell": ("tells", "told", "telling"),
    "throw": ("throws", "threw", "throwing"),
    "tie": ("ties", "tied", "tying"),
    "think": ("thinks", "thought", "thinking"),
    "understand": ("understands", "understood", "understanding"),
    "wake": ("wakes", "woke", "waking"),
    "wear": ("wears", "wore", "wearing"),
    "weave": ("weaves", "wove", "weaving"),
    "win": ("wins", "won", "winning"),
    "wind": ("winds", "wound", "winding"),
    "write": ("writes", "wrote", "writing"),
}
"""Base form → third person, past, -ing form."""

DOUBLING = frozenset(
    """stop hop drip nap pop chop strum tip zip slip wag pet rub hug plan rob scrub hum dip mop pat step knit map sip
    drop unwrap stir tap scan grab skip slam wet""".split()  # noqa: SIM905
)
ADVERBS = frozenset({"never", "always", "slowly", "quickly"})
MASS = frozenset(
    """fur wool fleece lace fabric oxygen tissue blood flesh juice silk hair armour chalk homework pay training light
    foam steam cream fat ice sand moss smoke mist dew water mud grass skin shine depth space icing cheese glass muscle
    paint lightning thunder birdsong paper bark air lining thread rind cortex balance soil salt crust history
    dressing filling wood traffic courage medicine love rain""".split()  # noqa: SIM905
)
PLURALS = frozenset(
    {"teeth", "feet", "people", "children", "men", "women", "mice", "hooves", "species", "bacteria", "stairs"}
)
SINGULARS = dict(
    pair.split(":")
    for pair in """teeth:tooth feet:foot mice:mouse children:child men:man women:woman leaves:leaf hooves:hoof
    shelves:shelf wolves:wolf bookshelves:bookshelf knives:knife berries:berry glasses:glass jeans:jeans
    clothes:clothes gymnastics:gymnastics mathematics:mathematics stairs:stairs gloves:glove loaves:loaf
    thieves:thief halves:half lives:life curves:curve valves:valve nerves:nerve sleeves:sleeve waves:wave
    graves:grave cities:city movies:movie shoes:shoe toes:toe always:always bus:bus gas:gas ties:tie
    cookies:cookie news:news class:class lens:lens canvas:canvas atlas:atlas oasis:oasis christmas:christmas
    species:species series:series axes:axe tennis:tennis headaches:headache moustaches:moustache
    caches:cache""".split()  # noqa: SIM905
)
"""Irregular plural → singular, and words that end in s without being plurals."""


def verb_forms(base: str) -> tuple[str, str, str, str]:
    """Base, third person, past and -ing form of a verb: ``("run", "runs", "ran", "running")``."""
    if base in IRREGULAR:
        return (base, *IRREGULAR[base])
    if base.endswith(("s", "x", "z", "ch", "sh", "o")):
        third = base + "es"
    elif base.endswith("y") and base[-2] not in "aeiou":
        third = base[:-1] + "ies"
    else:
        third = base + "s"
    if base in DOUBLING:
        stem = base + base[-1]
        return base, third, stem + "ed", stem + "ing"
    if base.endswith("e"):
        ing = base + "ing" if base.endswith(("ee", "ye", "oe")) else base[:-1] + "ing"
        return base, third, base + "d", ing
    if base.endswith("y") and base[-2] not in "aeiou":
        return base, third, base[:-1] + "ied", base + "ing"
    return base, third, base + "ed", base + "ing"


def singular(word: str) -> str:
    """Singular of a lower-case noun; the word itself when it is no plural."""
    if word in SINGULARS:
        return SINGULARS[word]
    if len(word) < 4 or not word.endswith("s") or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies"):
        return word[:-3] + "y"
    if word.endswith(("ches", "shes", "sses", "xes", "zzes", "toes")):
        return word[:-2]
    return word[:-1]


def is_plural(phrase: str) -> bool:
    """Whether the head of a noun phrase is plural: ``"rows of novels"`` yes, ``"list of patients"`` no."""
    words = phrase.lower().split()
    for stop in ("of", "to", "from", "on", "in", "at", "by", "with", "behind", "for"):
        if stop in words[1:]:
            words = words[: words.index(stop, 1)]
    head = words[-1]
    return head in PLURALS or (head not in ("glass", "lens") and singular(head) != head)


def with_article(phrase: str) -> str:
    """Indefinite noun phrase: ``"a tail"``, ``"an oven"``; plurals and mass nouns stay bare."""
    head = phrase.split(" of ")[0].split()[-1]
    if is_plural(phrase) or head in MASS:
        return phrase
    return f"{article(phrase)} {phrase}"


def article(following: str) -> str:
    """``a`` or ``an`` before the given text."""
    word = following.lower().split()[0]
    if word.startswith(("hour", "honest", "heir")):
        return "an"
    if word.startswith(("uni", "use", "usual", "euro", "one", "uk")):
        return "a"
    return "an" if word[0] in "aeiou" else "a"
