"""The audit finds planted sentences of another sense, in the built-in model; slow."""

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from expertlens_core.artefacts import Artefacts
from expertlens_core.concepts import Concept, Library, build_pool, load_library
from expertlens_core.models.loading import load_model
from expertlens_core.pipeline import FindRequest
from expertlens_core.pipeline.probing.audit import AuditRequest, audit
from expertlens_core.run import Run

OTHER_SENSES = {
    "organ": (
        "In many old churches the organ stands on a gallery above the west door.",
        "An organ makes its sound by driving air through pipes of wood or metal.",
        "Bach wrote much of his finest music for the organ in Weimar and Leipzig.",
        "The pedals of an organ are played with heel and toe.",
        "Cinemas once kept an organ to accompany silent films.",
        "Clara pulled out a stop, and the organ filled the chapel with a low rumble.",
        "The bride waited at the door until the organ began the march.",
        "Every Sunday he practised fugues on the village organ after the service.",
        "When the bellows tore, the organ wheezed and fell silent in the middle of the hymn.",
        "The tuner crept between the pipes of the organ with a lamp in her hand.",
    ),
    "tank": (
        "A tropical fish needs a tank that is heated and well filtered.",
        "Rainwater from the roof is collected in a tank behind the shed.",
        "The tank of a small car holds about forty litres of petrol.",
        "Algae grow quickly in a tank that stands in direct sunlight.",
        "Hot water for the bath is stored in an insulated tank in the attic.",
        "Before the long drive, Nora filled the tank and checked the oil.",
        "Two goldfish circled the tank while the children pressed their noses to the glass.",
        "The plumber found that the toilet tank had been leaking for weeks.",
        "He scrubbed the tank, changed the gravel, and put the snails back one by one.",
        "A diver checked the pressure in her tank before she rolled off the boat.",
    ),
    "bus": (
        "In a computer the bus carries data between the processor and memory.",
        "A wider bus can transfer more bits in every clock cycle.",
        "The PCI bus replaced older standards for expansion cards.",
        "USB stands for universal serial bus.",
        "Devices on a shared bus need a protocol that decides which of them may send.",
        "The engineer probed the bus with an oscilloscope and saw the signal collapse.",
        "After the address bus was rerouted, the board booted at the first attempt.",
        "Timing errors on the bus corrupted every second byte of the transfer.",
        "Lena traced the fault to a sensor that held the bus low and blocked all messages.",
        "The memory controller arbitrates the bus so that no two chips drive it at once.",
    ),
    "table": (
        "Each row of the table lists a country with its population.",
        "A primary key identifies every record in a database table.",
        "The periodic table arranges the elements by atomic number.",
        "Results of the survey are summed up in the table on page nine.",
        "A join combines the columns of one table with those of another.",
        "The analyst added a column to the table and sorted it by revenue.",
        "Our team climbed to third place in the league table after the draw.",
        "He copied the numbers into a table and computed the mean of every column.",
        "The query ran for an hour because the table had no index.",
        "She learned the multiplication table for seven on the way to school.",
    ),
    "driver": (
        "A printer does not work until its driver is installed.",
        "The driver translates calls of the operating system into commands for the hardware.",
        "An outdated graphics driver often makes games crash.",
        "On the tee most golfers take the driver to reach the greatest distance.",
        "Modern systems download the right driver as soon as a device is plugged in.",
        "After the update the sound driver vanished, and the laptop stayed mute.",
        "She rolled back the driver, restarted the machine, and the screen stopped flickering.",
        "He bought a titanium driver and sliced the first ball into the trees.",
        "The developer found a memory leak in the network driver after two nights of debugging.",
        "The scanner blinked, but Windows claimed that no driver could be found.",
    ),
    "chair": (
        "The chair of the committee casts the deciding vote when there is a tie.",
        "Members elect a new chair every two years.",
        "All questions in the debate have to be addressed to the chair.",
        "The university endowed a chair of Roman law.",
        "A chair may suspend the meeting when order cannot be kept.",
        "The chair thanked the speakers and closed the session at noon.",
        "After the scandal, the board asked its chair to resign.",
        "She was appointed to the chair of physics at the age of thirty-four.",
        "The chair ruled the motion out of order, and half of the delegates protested.",
        "As chair of the party he refused to comment on the coalition talks.",
    ),
    "chemistry": (
        "Critics praised the chemistry between the two leading actors.",
        "A good team needs chemistry as much as it needs talent.",
        "Romantic chemistry is hard to fake on the screen.",
        "Some couples feel an instant chemistry on their first date.",
        "Coaches say that chemistry in the dressing room wins championships.",
        "There was such chemistry between them that the whole party noticed.",
        "The two comedians had no chemistry, and the show was cancelled after a month.",
        "They danced once, and the chemistry was plain to everyone in the room.",
        "He liked her, yet the chemistry was missing, and they parted as friends.",
        "The director cast siblings for the roles because their chemistry felt natural.",
    ),
    "subject": (
        "In an English clause the subject usually comes before the verb.",
        "A verb agrees with its subject in number and person.",
        "In a passive sentence the subject does not perform the action.",
        "Some languages drop the subject when it is clear from the verb's ending.",
        "A king could tax any subject of his realm.",
        "The portrait painter asked her subject to turn towards the window.",
        "Each subject in the trial received either the drug or a placebo.",
        "The subject was wired to a monitor and told to close his eyes.",
        "Every loyal subject knelt as the queen rode through the gate.",
        "The editor underlined the subject of the sentence and crossed out the rest.",
    ),
}
"""Word of `everyday` → ten sentences in which it means something else, written for this test."""

TRIED_FIRST = ("organ", "tank", "bus")
"""Words on which the number of units and the measure of likeness were chosen; the others were run once after that."""
FOUND = 0.9


@pytest.fixture(scope="module")
def aurocs(tmp_path_factory):
    """Word → AUROC of ten planted sentences among ninety of the library's; how many were flagged rightly, and not."""
    store = Artefacts(tmp_path_factory.mktemp("audit") / "cache", 10**10, lambda text: None)
    everyday, found = load_library("everyday"), {}
    pool = build_pool(everyday)
    run = Run(store, model=load_model("smollm2", device="cpu"))
    for word, planted in OTHER_SENSES.items():
        rows = [row for row, owner in enumerate(pool.owners) if owner != word][:225]
        negatives = tuple(pool.sentences[row] for row in rows)
        concept = Concept(word, everyday[word].positives[::2][:90] + planted, negatives)
        request = FindRequest(model="smollm2", library="planted", names=(word,), device="cpu")
        made = audit(AuditRequest(find=request), run.at_hand(library=Library("planted", (concept,))))
        odd = np.array([sentence in planted for sentence in made.sentences])
        rightly = int(odd[list(made.flagged)].sum())
        found[word] = (roc_auc_score(odd, -made.scores), rightly, len(made.flagged) - rightly)
        print(word, *found[word])
    return found


@pytest.mark.slow
def test_planted_sentences_of_another_sense_are_ranked_last(aurocs):
    """Eight words, none picked: on all of them the planted ones come late, on most of them very late."""
    values = {word: auroc for word, (auroc, _, _) in aurocs.items()}
    assert sum(value >= FOUND for value in values.values()) >= 5, values
    assert sum(values[word] >= FOUND for word in values if word not in TRIED_FIRST) >= 3, values
    assert min(values.values()) >= 0.75, values


@pytest.mark.slow
def test_what_is_flagged_is_mostly_of_the_other_sense(aurocs):
    rightly, wrongly = (sum(each[place] for each in aurocs.values()) for place in (1, 2))
    assert rightly > wrongly
