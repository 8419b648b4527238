import hashlib
import random
from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from expertlens_core.concepts import (
    Concept,
    Library,
    NegativePool,
    build_pool,
    draw_negatives,
    mentions,
    neutral_pool,
    without_name,
)

CAT = Concept("cat", ("A cat sat.", "It purred."))


def pool_of(sentences, owners=None, kinds=None, broader=()):
    sentences = tuple(sentences)
    blank = ("",) * len(sentences)
    return NegativePool("x", sentences, tuple(owners or blank), tuple(kinds or blank), broader)


def drawn(pool, *args, **options):
    return {pool.sentences[row] for row in draw_negatives(pool, *args, **options)}


def slow_draw(pool, concept, count, seed):
    """The rule restated, one sentence at a time."""
    lots = []
    for sentence, owner in zip(pool.sentences, pool.owners):
        own = sentence in concept.positives or owner == concept.key
        if not own and not mentions(sentence, concept.name):
            lot = hashlib.blake2b(f"{seed}\n{concept.key}\n{sentence}".encode(), digest_size=8).digest()
            lots.append((lot, sentence))
    return {sentence for _, sentence in sorted(lots)[:count]}


texts = st.lists(st.sampled_from("abcdefgh") | st.text(max_size=5), unique=True, max_size=25)


@given(texts, st.integers(0, 12), st.integers(0, 3), st.randoms(use_true_random=False))
def test_draw_is_that_of_the_slow_rule_in_any_order(sentences, count, seed, rng):
    pool = pool_of(sentences)
    rng.shuffle(sentences)
    assert drawn(pool, CAT, count, seed) == slow_draw(pool, CAT, count, seed)
    assert drawn(pool_of(sentences), CAT, count, seed) == drawn(pool, CAT, count, seed)


@pytest.mark.parametrize("match", [(), ("length",), ("length", "kind")])
@given(texts, texts, st.integers(0, 12))
def test_new_sentences_only_push_drawn_ones_out(match, before, new, count):
    small = pool_of(before)
    large = pool_of(dict.fromkeys([*before, *new]))
    concept = Concept("cat", ("A cat sat.", "It purred."), kinds=("fact", "story"))
    old, now = (drawn(pool, concept, count, match=match) for pool in (small, large))
    assert now & set(before) <= old
    assert len(now) >= len(old)


def test_new_concepts_in_the_library_change_nothing_while_the_pool_stands():
    concepts = [Concept(name, tuple(f"{name} {i}" for i in range(9))) for name in ("cat", "dog", "cow")]
    pool = build_pool(Library("x", tuple(concepts)))
    assert len(draw_negatives(pool, concepts[0])) == 18
    assert len(draw_negatives(pool, Concept("yak", ("A yak.",)))) == 27


def test_seed_and_concept_change_the_draw():
    pool = pool_of(f"sentence {i}" for i in range(100))
    concepts = (CAT, Concept("dog", ("A dog.",)), Concept("cat", ("A cat.",), sense="jazz fan"))
    draws = [draw_negatives(pool, concept, 20) for concept in concepts]
    draws.append(draw_negatives(pool, CAT, 20, 1))
    assert draws[0] == draw_negatives(pool, CAT, 20, 0)
    assert len(set(draws)) == 4
    for rows in draws:
        assert len(rows) == 20
        assert all(left < right for left, right in pairwise(rows))
    assert draw_negatives(pool, CAT, 1000) == tuple(range(100)), "fewer at hand gives all"


def test_the_concept_is_kept_out():
    sentences = ["Two CATS ran.", "It slept.", "it  PURRED.", "A dog ran.", "A category."]
    pool = pool_of(sentences, owners=["dog", "cat", "dog", "dog", "logic"])
    assert drawn(pool, CAT) == {"A dog ran.", "A category."}


def test_a_broader_concept_keeps_out_its_narrower_ones_and_not_the_reverse():
    sentences = ["It barked.", "It ran.", "They breathe.", "It honked.", "It yelped."]
    owners = ["dog", "dog", "animal", "bus", "puppy"]
    pool = pool_of(sentences, owners, broader=(("dog", "animal"), ("puppy", "dog")))
    animal, dog = Concept("animal", ("They eat.",)), Concept("dog", ("Woof.",), broader="animal")
    assert drawn(pool, animal) == {"It honked."}
    assert drawn(pool, animal, exclude_narrower=False) == set(sentences) - {"They breathe."}
    assert drawn(pool, dog) == {"They breathe.", "It honked."}


def test_matching_gives_the_shares_of_the_positives():
    rng = random.Random(0)
    sentences = [f"{i} " + " ".join(["word"] * rng.choice([2, 7, 20])) for i in range(900)]
    kinds = rng.choices(["fact", "story"], k=900)
    pool = pool_of(sentences, kinds=kinds)
    positives = ["w " * 3] * 3 + ["w " * 20] * 1
    concept = Concept("cat", tuple(positives), kinds=("story", "story", "story", "fact"))
    rows = draw_negatives(pool, concept, 100, match=("length", "kind"))
    found = Counter((pool.lengths[row] > 10, pool.kinds[row]) for row in rows)
    assert found == {(False, "story"): 75, (True, "fact"): 25}
    plain = draw_negatives(pool, concept, 100)
    assert Counter((pool.lengths[row] > 10, pool.kinds[row]) for row in plain) != found


def test_matching_leaves_a_gap_where_the_pool_has_too_few():
    pool = pool_of([f"short {i}" for i in range(50)] + ["a much longer sentence of quite a few words here"])
    concept = Concept("cat", ("w w", "w " * 10))
    rows = draw_negatives(pool, concept, 20, match=("length",))
    assert Counter(pool.lengths[row] > 5 for row in rows) == {False: 10, True: 1}


def test_matching_kinds_that_are_unknown_changes_nothing():
    pool = neutral_pool()
    assert draw_negatives(pool, CAT, 100, match=("kind",)) == draw_negatives(pool, CAT, 100)
    with pytest.raises(ValueError, match=r"cannot match negatives by \['mood'\]: expected 'length'"):
        draw_negatives(pool, CAT, match=("mood",))


def test_the_draw_is_the_same_for_ever():
    rows = draw_negatives(pool_of(f"sentence {i}" for i in range(30)), CAT, 8)
    assert rows == (2, 5, 16, 17, 20, 23, 24, 29)


@pytest.mark.parametrize(
    ("name", "naming", "others"),
    [
        ("猫", ("我家的猫在睡觉。", "两只小猫跑了。"), ("狗在睡觉。", "天气很好。")),
        ("パン", ("朝はパンを食べる。", "メロンパンが好きだ。"), ("朝は米を食べる。", "天気がいい。")),
        ("แมว", ("แมวนอนอยู่บนเตียง", "ฉันเลี้ยงแมวสองตัว"), ("หมานอนอยู่บนเตียง", "วันนี้อากาศดี")),
        ("ແມວ", ("ຂ້ອຍມີແມວສອງໂຕ",), ("ຂ້ອຍມີໝາ",)),
        ("ឆ្មា", ("ខ្ញុំមានឆ្មាមួយ",), ("ខ្ញុំមានឆ្កែមួយ",)),
        ("ကြောင်", ("ကျွန်တော့်ကြောင်အိပ်နေတယ်",), ("ခွေးအိပ်နေတယ်",)),
        ("고양이", ("고양이가 잔다.", "나는 고양이를 좋아한다."), ("개가 잔다.", "날씨가 좋다.")),
        ("قطة", ("رأيت القطة أمس.", "هذه قطة صغيرة."), ("رأيت الكلب أمس.", "الجو جميل.")),
        ("חתול", ("החתול ישן.", "ראיתי חתולים."), ("הכלב ישן.",)),
        ("बिल्ली", ("बिल्ली सो रही है।", "मेरी बिल्ली, काली है।"), ("बिल जमा करो।", "कुत्ता सो रहा है।")),
        ("பூனை", ("பூனையை பார்த்தேன்.",), ("நாயை பார்த்தேன்.",)),
        ("T恤", ("他穿着白色t恤。",), ("他穿着外套。",)),
        ("cafe\u0301", ("Le café est fermé.", "Les cafe\u0301s sont fermés."), ("Un cafetier dort.",)),
    ],
)
def test_no_negative_names_the_concept_in_any_script(name, naming, others):
    assert drawn(pool_of((*naming, *others)), Concept(name, ("Eins.", "Zwei."))) == set(others)
    for sentence in naming:
        assert not mentions(without_name(sentence, name), name)
