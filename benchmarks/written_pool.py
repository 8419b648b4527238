"""Makes the pool of sentences that the built-in model wrote: `expertlens_core/concepts/written_pool.jsonl`.

    python benchmarks/written_pool.py [--out FILE]

Thirty sentences for each of the forty specific concepts of `everyday`, as `concepts generate` has them written, seed 1.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))


def main() -> None:
    """Write the file."""
    from expertlens_core.concepts import NegativePool, load_library, write_pool
    from expertlens_core.pipeline.probing.generate import GenerateRequest, generate
    from expertlens_core.run import Run

    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--out", type=Path, default=ROOT / "expertlens_core" / "concepts" / "written_pool.jsonl"
    )
    options = parser.parse_args()
    library = load_library("everyday")
    broader = {concept.broader for concept in library}
    words = tuple(concept.name for concept in library if concept.key not in broader)
    owners: dict[str, tuple[str, str]] = {}
    for made in generate(GenerateRequest(words=words, count=30, writer="smollm2", seed=1), Run()):
        concept = made.concept
        for sentence, kind in zip(concept.positives, concept.kinds):
            owners.setdefault(sentence, (concept.name, kind))
        print(f"{concept.name}: {len(concept.positives)}", flush=True)
    names, kinds = zip(*owners.values())
    write_pool(NegativePool("written", tuple(owners), names, kinds), options.out)


if __name__ == "__main__":
    main()
