"""How torch's threads wait for each other on a CPU: set before torch is loaded, by the app and the command line."""

import os

SPINS = "1000"


def spin_briefly() -> None:
    """Let threads that wait for each other sleep soon, unless the environment says how they wait.

    GNU OpenMP, which torch brings on Linux, spins for milliseconds by default. Where another program wants the same
    cores, the spinning thread holds up the one it waits for, and the model runs several times slower
    (docs/benchmarks.md). Other systems ignore the setting.
    """
    if "OMP_WAIT_POLICY" not in os.environ:
        os.environ.setdefault("GOMP_SPINCOUNT", SPINS)
