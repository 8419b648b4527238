"""The words of the field, each in a plain sentence; tooltips and the list of words share them."""

WORDS = {
    "concept": "What a set of sentences shares, such as *cat*: the positive set has it, the negative set does not.",
    "domain": "A group of concepts that belong together for people, such as animals.",
    "sentence sets": "The positive set holds sentences with the concept, the negative set sentences without it.",
    "unit": "One number that a part of the model puts out for every word it reads; also called a neuron.",
    "layer": "The model's blocks, counted from 0: text passes through them in this order.",
    "attention and MLP": "The two kinds of parts in each layer. Attention gathers from other words; the MLP works "
    "on each word by itself.",
    "response": "How strongly a unit reacts to a sentence: its largest output over the sentence's words.",
    "AP": "Average precision, 0 to 1: how well a unit's responses rank the sentences with the concept above those "
    "without. 1 is a perfect ranking.",
    "AUROC": "The chance that a sentence with the concept gets a stronger response than one without; 0.5 is a coin.",
    "tau": "The threshold on AP. A unit is an expert when its AP lies strictly above tau; the paper uses 0.5.",
    "expert": "A unit whose AP for a concept lies above tau. All of them together are the expert set.",
    "prevalence": "The share of sentences with the concept: the AP of a unit that always responds the same.",
    "expected by luck": "How many units would lie above tau if no unit knew anything of the concept, by simulation.",
    "token-only": "Some parts of the first layer see nothing but the current token: their experts know the word "
    "itself, even in a model with random weights.",
    "name test": "The concept's name is taken out of its sentences. Experts that survive know more than the word.",
    "random weights": "The same architecture before any training. It has experts too, mostly in the first layer: "
    "they know the word by its token. What the trained model has beyond them was learned.",
    "checkpoint": "A model as it was at a step of its training. The random start is the same architecture before any "
    "step, with weights drawn by a seed.",
    "recipe": "The choices that a result depends on: how many sentences, how responses are pooled, number type, seed.",
    "steering": "Experts of a concept are set to their mean response to its sentences while the model writes.",
    "strength": "How far experts are moved towards that mean: 0 leaves them alone, 1 sets them.",
    "dose": "How many experts are set, from which layer on and how strongly. What a concept bears in a model is found "
    "by writing.",
    "control": "The same number of random units, moved the same way: what remains is not the experts' doing.",
    "card": "A steered text kept with its units, their values and every setting: it replays without the model, and "
    "the same text can be written again.",
    "perplexity": "How surprised the original model is by a text; higher means less fluent.",
    "related words": "Words that people connect with a concept, such as *whiskers* with *cat*; the name is not one of "
    "them. Unseen ones stand in none of the concept's sentences, so that steering cannot merely repeat the sentences.",
    "points": "Percentage points of a text's content words (nouns, verbs, adjectives, adverbs): from 1 % to 3 % "
    "related words is a rise of 2 points.",
    "corrected p": "The chance of a difference this large if steering did nothing, from random changes of its sign in "
    "each pair of texts, made stricter (Holm) because many concepts are tested.",
    "dose-response": "Whether more of the strength gives more of the effect: texts at a quarter, half, three "
    "quarters and all of it.",
    "distinct-2": "Different pairs of neighbouring words / all pairs: lower means that the texts repeat themselves.",
    "fold": "A set of sentences with a concept, and one without it, that shares no sentence with the other folds. "
    "Experts that are found again in every fold do not hang on which sentences were taken.",
    "unembedding": "The table that turns the model's last state into a score for every token. A unit that writes to "
    "that state raises the scores of some tokens and lowers those of others, whatever the text.",
    "profile": "A unit's AP for every concept of the library. Two units are alike when theirs go up and down together "
    "(Pearson correlation).",
    "basket": "Units that you collect on the pages; all of them can be steered together.",
    "Jaccard": "Shared experts of two concepts / all experts of either: 0 for none shared, 1 for the same.",
}


def words(*names: str) -> str:
    return " ".join(WORDS[name] for name in names)
