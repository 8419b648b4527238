"""What the benchmarks measure is what they say."""

import ast
import subprocess
import sys
from pathlib import Path

EXTRACTION = Path(__file__).parents[2] / "benchmarks" / "extraction.py"
PARENT = """
import subprocess, sys
held = b"x" * (300 * 2**20)
subprocess.run([sys.executable, "-c", sys.argv[1]], check=True)
"""


def test_the_peak_of_a_process_is_its_own_and_not_that_of_its_parent():
    text = EXTRACTION.read_text()
    function = next(
        ast.get_source_segment(text, node)
        for node in ast.parse(text).body
        if isinstance(node, ast.FunctionDef) and node.name == "resident"
    )
    child = f"from pathlib import Path\n{function}\nprint(resident('VmRSS'), resident('VmHWM'))"
    command = [sys.executable, "-c", PARENT, child]
    now, peak = map(float, subprocess.run(command, capture_output=True, text=True, check=True).stdout.split())
    assert 0 < now <= peak < 200
