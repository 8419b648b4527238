"""Tests run side by side: one thread each, or the threads of several processes wait for each other."""

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")
