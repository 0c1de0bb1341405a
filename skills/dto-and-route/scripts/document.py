"""Prints the OpenAPI document of the application in this repository on one line; no database, no server."""
# ruff: noqa: INP001

import importlib
import json
import os
import sys
import tempfile
import tomllib
from pathlib import Path
from typing import Any

DATABASES = {"sqlite": "sqlite:////nonexistent/app.sqlite3", "postgresql": "postgresql://nobody@/x?host=/nonexistent"}
"""Addresses of no database: the document is made without one."""


def main() -> int:
    """Return the exit code: 0 printed, 2 this is no generated repository."""
    root = Path()
    try:
        answers = json.loads((root / ".proposer-template.json").read_text(encoding="utf-8"))["answers"]
        about = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
        package, stack, database = answers["package_name"], answers["stack"], DATABASES[answers["database"]]
    except (OSError, ValueError, KeyError) as error:
        sys.stderr.write(f"start at the top of a generated repository: {type(error).__name__}: {error}\n")
        return 2
    # What the application prints while it is loaded is no part of the document.
    out, sys.stdout = sys.stdout, sys.stderr
    sys.path.insert(0, str((root / "src").resolve()))
    environment = {"APP_DATABASE_URL": database, "APP_TOKENS": "nobody=" + "0" * 32}
    with tempfile.TemporaryDirectory() as site:
        # The title of the document comes from the metadata of this tree, whether or not it is installed.
        sys.path.insert(0, described(Path(site), about))
        made = DOCUMENTS[stack](package, environment)
    out.write(json.dumps(made) + "\n")
    return 0


def described(site: Path, about: dict[str, Any]) -> str:
    """Write the metadata of a distribution into a folder, and return the folder for `sys.path`."""
    folder = site / f"{about['name'].replace('-', '_')}-{about['version']}.dist-info"
    folder.mkdir()
    told = {"Name": about["name"], "Version": about["version"], "Summary": about["description"]}
    rows = ["Metadata-Version: 2.1", *(f"{key}: {' '.join(text.split())}" for key, text in told.items())]
    (folder / "METADATA").write_text("\n".join(rows) + "\n", encoding="utf-8")
    return str(site)


def _fastapi(package: str, environment: dict[str, str]) -> Any:
    app = importlib.import_module(f"{package}.app")
    core = importlib.import_module(f"{package}.core.api")
    return app.create_app(core.Settings.from_environment(environment)).openapi()


def _django(package: str, environment: dict[str, str]) -> Any:
    os.environ.update({**environment, "DJANGO_SETTINGS_MODULE": f"{package}.app.settings"})
    importlib.import_module("django").setup()
    client = importlib.import_module("django.test").Client()
    return client.get("/openapi.json").json()


DOCUMENTS = {"fastapi": _fastapi, "django": _django}
"""What gives the document, by the stack of the repository."""

if __name__ == "__main__":
    sys.exit(main())
