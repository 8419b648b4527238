"""Tests run side by side: one thread each, or the threads of several processes wait for each other."""

import os

from hypothesis import settings

os.environ.setdefault("OMP_NUM_THREADS", "1")

# No test is about time: a busy machine is not a fault.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")
