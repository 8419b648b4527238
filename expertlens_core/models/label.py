"""How a model is called where there is little room."""

import re


def model_label(name: str) -> str:
    """The last folder of a path; built-in names and hub ids as they are.

    >>> model_label("/home/ada/models/tiny/"), model_label("EleutherAI/pythia-70m")
    ('tiny', 'EleutherAI/pythia-70m')
    """
    parts = [part for part in re.split(r"[\\/]+", name) if part]
    is_path = len(parts) > 2 or "\\" in name or name.startswith(("/", ".", "~"))
    return parts[-1] if parts and is_path else name
