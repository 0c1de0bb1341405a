"""The programs that a job finds instead of its own: nothing is installed, and a script answers instead of a model.

Called as `python`, `inv` or `sudo`. Whatever else they are asked for, the real programs of STANDIN_PYTHON's folder do.
"""

import os
import subprocess
import sys
from pathlib import Path

ASKING = ("codex.review", "codex.autofix", "codex.release-notes", "codex.predeploy")
REAL = Path(os.environ["STANDIN_PYTHON"])


def main(name: str, argv: list[str]) -> int:
    """Run one program and return its exit code."""
    with Path(os.environ["STANDIN_CALLS"]).open("a", encoding="utf-8") as calls:
        calls.write(f"{name} {' '.join(argv)}\n")
    if name == "sudo" or argv[:3] == ["-m", "pip", "install"]:
        return 0
    if name == "python" and argv[:2] == ["-m", "nox"]:
        sys.stdout.write(os.environ.get("STANDIN_NOX", "").replace("|", "\n") + "\n")
        return 1 if os.environ.get("STANDIN_NOX") and "-s" not in argv else 0
    if name == "inv" and argv[0] in ASKING:
        argv = [*argv, "--provider", f"rehearsal:{os.environ['STANDIN_SCRIPT']}"]
    command = [str(REAL), "-m", "invoke", *argv] if name == "inv" else [str(REAL), *argv]
    return subprocess.run(command, check=False).returncode


sys.exit(main(sys.argv[1], sys.argv[2:]))
