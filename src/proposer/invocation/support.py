"""Small Python files that lie beside code under test in the sandbox: a witness, a help for event loops, OpenAPI."""

from pathlib import Path

from proposer.config import assets
from proposer.inputs.workspace import Workspace
from proposer.invocation import witness

__all__ = ["FOLDER", "OPENAPI", "WITNESS", "furnish"]

FOLDER = "support"
"""Its name in the folder of a run."""
WITNESS = "proposer_witness"
"""Name of the pytest plugin."""
OPENAPI = "proposer_openapi"
"""Name of the module that prints the OpenAPI document of a generated repository: a script of `dto-and-route`."""
_LOOPS = '''
"""Lets event loops be woken by write(2): the sandbox denies send(2), and asyncio would sleep for ever."""

import importlib.abc
import importlib.machinery
import os
import sys


def _write_to_self(self):
    try:
        os.write(self._csock.fileno(), b"\\0")
    except (AttributeError, OSError):
        pass


class _Late(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name != "asyncio.selector_events":
            return None
        sys.meta_path.remove(self)
        spec = importlib.machinery.PathFinder.find_spec(name, path)
        loaded = spec.loader.exec_module

        def exec_module(module):
            loaded(module)
            module.BaseSelectorEventLoop._write_to_self = _write_to_self

        spec.loader.exec_module = exec_module
        return spec


sys.meta_path.insert(0, _Late())
'''


def furnish(workspace: Workspace) -> Path:
    """Write the files, once in a run, and return their folder; it belongs on PYTHONPATH.

    `sitecustomize` is imported by every Python that starts (docs.python.org, module `site`).
    """
    folder = workspace.root / FOLDER
    folder.mkdir(exist_ok=True)
    (folder / f"{WITNESS}.py").write_bytes(Path(witness.__file__).read_bytes())
    (folder / "sitecustomize.py").write_text(_LOOPS, encoding="utf-8")
    script = assets.folder("skills") / "dto-and-route" / "scripts" / "document.py"
    (folder / f"{OPENAPI}.py").write_bytes(script.read_bytes())
    return folder
