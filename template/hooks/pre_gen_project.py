"""Refuses answers that cannot be used, before a file is written. Standard library only; no network, no process."""

import importlib.util
import json
import sys
from pathlib import Path

ROOT = Path({{ asset_root | tojson }})
ANSWERS = json.loads({{ cookiecutter | tojson | tojson }})


def main() -> int:
    """Print all problems at once."""
    place = ROOT / "src" / "proposer" if (ROOT / "src" / "proposer").is_dir() else ROOT.parent
    spec = importlib.util.spec_from_file_location("answers", place / "config" / "answers.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    questions = json.loads((ROOT / "template" / "cookiecutter.json").read_text(encoding="utf-8"))
    given = {key: value for key, value in ANSWERS.items() if not key.startswith("_")}
    rows = module.problems(given, [name for name in questions if not name.startswith("_")])
    if rows:
        sys.stderr.write("These answers cannot be used:\n" + "".join(f"  - {row}\n" for row in rows))
    return 1 if rows else 0


sys.dont_write_bytecode = True
sys.exit(main())
