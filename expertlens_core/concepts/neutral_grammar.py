"""The small grammar behind the neutral pool: ``python -m expertlens_core.concepts.neutral_grammar FILE``.

A frame is a sentence with slots; each frame is filled twelve times, by hashes of the frame and the turn, so
that the sentences are the same on every system and for ever. The frames speak of weather, houses, offices,
letters, meals, walks, shops, machines and time, and name no concept of the paper's ten domains.
"""

from __future__ import annotations

import hashlib
import re
import sys

from .negative_pool import NegativePool
from .pool_file import write_pool

FILLS = 12
"""Sentences per frame."""

_SLOTS = """
who: the neighbour, my aunt, his cousin, the tall stranger, our landlord, her grandfather, the new tenant
who: the youngest guest, my old friend, the visitor, their uncle, the old woman, the caretaker, his wife
name: Anna, Martin, Clara, Omar, Ingrid, Pavel, Leila, Samuel, Rosa, Tomas, Nadia, Henry, Yuki, Oscar, Miriam
town: a small town, the old quarter, a coastal village, the capital, a market town, the next valley
town: a quiet suburb, a border town, the lower village, a mountain village, a mining town, the outer districts
room: the kitchen, the hallway, the attic, the cellar, the spare room, the entrance hall, the reading room
room: the porch, the back room, the stairwell, the laundry, the pantry
object: a wooden box, a brass key, a folded map, a glass jar, an umbrella, a small parcel, a broken clock
object: a paper bag, a candle, a notebook, a tin of buttons, an envelope, a cracked mirror, an empty bottle
plural: letters, coins, candles, postcards, keys, stamps, baskets, ribbons, lamps, photographs, maps, bottles
plural: notebooks, blankets, tickets, buttons
place: the station, the bridge, the post office, the corner shop, the park gate, the library, the old mill
place: the bakery, the town hall, the fountain, the lighthouse, the crossroads
time: before dawn, after lunch, late in the evening, on a wet Monday, at noon, in early spring, one dull day
time: during the holidays, just after midnight, one autumn morning, at the end of the week, shortly before six
when: yesterday, last winter, years ago, that night, the next day, this morning, last week, two summers ago
when: on Sunday, in the end, long ago, a month later
weather: the rain stopped, the wind turned, fog filled the valley, snow began to fall, the sun came out
weather: thunder rolled over the hills, the clouds broke, the frost melted, a warm breeze rose, hail came down
weather: the storm moved on, the mist lifted
manner: quietly, without a word, slowly, with great care, in a hurry, gladly, with a smile, at once
manner: after some thought, reluctantly, in good spirits, with a sigh
noise: a knock, a whistle, footsteps, a soft bell, laughter, a slammed door, a distant song, the kettle
noise: a creaking board, voices, something fall, the telephone
feeling: relieved, curious, tired, uneasy, hopeful, proud, embarrassed, calm, puzzled, grateful, lonely, merry
meal: bread with honey, a bowl of soup, pancakes, rice and beans, toast with jam, fresh noodles, an omelette
meal: a slice of pie, porridge, bread and cheese, dumplings, boiled eggs
count: two, three, four, five, six, seven, nine, ten, eleven, twelve, twenty, forty
institution: the council, the museum, the savings bank, the publisher, the railway, the hotel, the theatre
institution: the postal service, the archive, the insurance company, the weather service, the water board
document: contract, form, receipt, invoice, permit, timetable, catalogue, manual, newsletter, questionnaire
document: price list, guarantee
device: printer, washing machine, radio, thermostat, camera, telephone, elevator, heater, projector, pump
device: smoke alarm, ticket machine
part: filter, battery, switch, cable, valve, screw, display, fuse, hinge, lid, spring, handle
event: the meeting, the wedding, the auction, the concert, the fair, the ceremony, the exhibition, the vote
event: the rehearsal, the inspection, the harvest supper, the farewell party
reason: because the road was closed, to save money, for no clear reason, since nobody objected, out of habit
reason: so that everyone could see, because time was short, to avoid a quarrel, on the advice of a friend
reason: because space was short, as a favour, against all advice
region: the northern counties, the islands, the dry plains, most coastal areas, the mountains, large cities
region: the delta, rural districts, the far south, the border region, the lake district, the western hills
season: spring, summer, autumn, winter
year: 1887, 1898, 1912, 1923, 1934, 1951, 1968, 1979, 1990, 2004, 2011, 2019
quantity: prices, rents, wages, delays, visitor numbers, repair costs, water levels, night temperatures
quantity: energy bills, postage rates, waiting times, hotel bookings
change: rise, fall, double, drop sharply, recover, grow slowly, level off, climb
claim: glass is hard but brittle, paper is cheap and easy to fold, brick stores heat well, wool keeps one warm
claim: iron rusts in damp air, clay is soft until it is fired, stone is costly to move, cotton soaks up water
claim: rubber seals a gap tightly, copper carries current well, concrete needs days to harden, wax melts early
building: brick, stone, timber, concrete, clay, granite, sandstone, steel
"""

STORY = """
{who} left {object} on the doorstep.
{weather}, and {who} went home.
{when} {who} walked to {place} {manner}.
{who} heard {noise} in {room} and felt {feeling}.
Nobody had seen {who} since {event}.
{time}, {who} opened {room} and found {object} on the floor.
"Wait for me at {place}," said {name}, but {name2} was already gone.
{name} counted the {plural} again, and again there were only {count}.
It happened {time}: {weather} and the whole street went silent.
{who} had promised to bring {meal}, yet came with {object} instead.
When {weather}, {name} ran from {place} to {place2} and arrived out of breath.
They rented two rooms in {town}, where {who} had lived long before {event}.
{name} never forgot the day {who} stood in {room} with {object} and would not explain it.
After {event} {name} and {name2} shared {meal} and talked until the lamps went out.
In {room} {name} heard {noise}, held still, waited, and then laughed.
{who} sold the {plural} {when} {reason}.
On the way to {town}, {name} lost {object} and turned back {manner}.
{name} wrote three long letters to {who} that winter, but posted none of them.
The door of {room} was open, {object} lay on the floor, and {who} was nowhere to be found.
{who} smiled. "We have {count} {plural} left," {name} said, "and that will have to do."
For years {who} had passed {place} every morning without once looking up.
{time} {name} dreamed of {town}, of being lost in the dark, and of {object} that nobody wanted.
{name} was {feeling} all the same, and said so.
{name} felt {feeling}, for {weather} just as {event} was about to begin.
{who} took the last of the {plural} and carried them to {place}.
"Is this yours?" asked {who}, holding up {object}.
{name} and {name2} argued about {event} all the way to {town}.
Then {weather}, and what had begun as a short walk to {place} became a long night in {town}.
{name} burned {meal}, opened every window, and pretended that nothing had happened.
Only {who} knew why {object} was hidden in {room}, and {name} did not dare to ask.
{who} waited at {place} until {weather}.
{when} a stranger gave {name} {object} and asked the way to {town}.
The train was late, the {plural} were wet, and {name} wanted nothing more than {meal}.
{name} hid the {plural} in {room}, as agreed.
{who} came back from {town} with {count} {plural} and a story that no one believed.
While {name} slept, {who} swept {room}, lit a fire, and set out {meal} for the guests.
{name} read the {document} twice, folded it, and looked out at {place}.
Somewhere behind {place} {name} heard {noise} and suddenly felt {feeling}.
It took {name} {count} days to repair the {device}, and one careless minute to break it again.
{who} arrived {time}, much too late for {event}.
{name} had never liked {event}, but {who} insisted, and so they set off {manner}.
{name} laughed so loudly in {room} that {who} dropped {object}.
"Keep it," {name} said, and pushed {object} across the counter.
That evening {name} found the old {document} among the {plural}, and with it a picture of {town}.
{who} nodded {manner} and left the room.
Because {weather}, {event} was moved to {place}, where {name} gave a short and rather nervous speech.
{name} followed the river to {town}, slept under a bridge, and ate {meal} with people whose names are lost.
{name} kept {object} in memory of {who}, and every {season} took it out, cleaned it, and put it back.
{when} {name} moved to {town} and learned to live without a {device}.
{name} looked up: {weather} at last.
"""

FACT = """
In the handbook of {year} it says that {claim}.
In {region}, {quantity} usually {change} in {season}.
The {document} must be signed by {count} witnesses.
It is well known that {claim}, and builders make use of it.
{institution} was founded in {year}.
A {device} with a worn {part} uses more power than a new one.
Most {plural} found in {region} are older than they look.
{institution} publishes its {document} every {season}, usually in {count} languages.
If the {part} is loose, the {device} stops and a warning light comes on.
Since {year}, {quantity} in {region} have been recorded every week.
{event} is held every {count} years.
Old {plural} are collected in {region}, sorted by size, and sold to dealers abroad.
{quantity} tend to {change} when {institution} changes its rules.
Since {claim}, the walls and the roof were treated in different ways, as a plan of {year} shows.
The building next to {place} dates from {year} and was restored with {building}.
According to the {document}, the {part} of the {device} should be replaced every two years.
Travellers to {region} are advised to book early in {season}.
{institution} employs {count} people in {town}.
Before {year}, the {document} was written by hand and copied {count} times.
A standard {document} lists the date, the amount, and the name of the buyer.
The first {device} of this type was built in {year} and weighed as much as a grown man.
In {season}, travel in {region} takes longer than planned.
Apprentices learn in their first year that {claim}.
About a third of all {plural} sent by post arrive late in {season}.
{quantity} in {region} {change} from one year to the next.
Where timber is scarce, as in {region}, houses are built of {building} and roofs are kept low.
{institution} keeps old {plural} for {count} years and then destroys them, as the law requires.
A {part} costs little, but fitting it to a {device} takes an hour and some patience.
The main market in {region} is held in {season} and closes at noon.
{event} lasts for {count} days and attracts guests from {region}.
Clean the {part} with a dry cloth before switching on the {device}.
{institution} opened a second branch in {town} in {year}, and a third one soon after.
Rivers in {region} freeze only in hard winters.
Experts disagree about why {quantity} {change} so often after a long {season}.
Nobody knows who drew up the first {document}, but a copy from {year} is kept by {institution}.
This kind of {device} has no {part}.
In {region}, a typical breakfast is {meal}.
Under the rules of {year}, {institution} had to answer every complaint within {count} days, in full.
Public holidays in {region} are fixed by law and announced in a printed notice each {season}.
{quantity} often {change} in {season} and {change2} afterwards.
The road from {place} to {place2} is closed in {season}.
Large {plural} are shipped in crates, while small ones are wrapped in paper and sent by post.
A good {document} is short and clear.
Of the {plural} shown in {town}, {count} came from {region} and were made before {year}.
Old {plural} that are stored in a damp cellar are often ruined within a few months, even under covers.
The map of {year} shows {place}, but neither the canal nor the railway.
When {quantity} {change}, {institution} usually waits for a whole season before it changes the {document}.
Damp air and strong sunlight are bad for old {plural}.
Each {device} is tested for {count} hours at low temperature before it leaves the factory in {town}.
Tides differ from bay to bay, and in {region} they rise by about {count} metres in {season}.
"""


def _slots() -> dict[str, list[str]]:
    slots: dict[str, list[str]] = {}
    for line in _SLOTS.strip().splitlines():
        slot, _, fillers = line.partition(": ")
        slots.setdefault(slot, []).extend(fillers.split(", "))
    return slots


def neutral_sentences() -> list[tuple[str, str]]:
    """Sentence and kind, distinct, in the order of the frames."""
    slots = _slots()
    made: dict[str, str] = {}
    for kind, frames in (("story", STORY), ("fact", FACT)):
        for frame in frames.strip().splitlines():
            turn, wanted = 0, len(made) + FILLS
            while len(made) < wanted:
                made.setdefault(_fill(frame, turn, slots), kind)
                turn += 1
                if turn > 1000:
                    raise ValueError(f"frame {frame!r} has fewer than {FILLS} fillings")
    return list(made.items())


def _fill(frame: str, turn: int, slots: dict[str, list[str]]) -> str:
    """One sentence: slots filled by hash; a slot with a 2 differs from the one without."""
    used: dict[str, str] = {}

    def fill(match: re.Match[str]) -> str:
        slot = match[1]
        choices = [choice for choice in slots[slot.rstrip("2")] if choice != used.get(slot.rstrip("2"))]
        digest = hashlib.blake2b(f"{frame}|{slot}|{turn}".encode(), digest_size=8).digest()
        used[slot] = choices[int.from_bytes(digest, "big") % len(choices)]
        return used[slot]

    sentence = re.sub(r"\{(\w+)\}", fill, frame)
    sentence = re.sub(r"\ba (?=[aeiou])", "an ", sentence)
    return sentence[0].upper() + sentence[1:]


def make_neutral_pool() -> NegativePool:
    """The pool that is frozen in ``neutral_pool.jsonl``."""
    sentences, kinds = zip(*neutral_sentences())
    return NegativePool("neutral", tuple(sentences), ("",) * len(sentences), tuple(kinds))


if __name__ == "__main__":
    write_pool(make_neutral_pool(), sys.argv[1])
