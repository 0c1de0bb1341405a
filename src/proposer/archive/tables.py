"""The index as a table for SQL: DuckDB in this process, over one file, with no way to anything else."""

import glob
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from proposer.archive.entry import VERSION
from proposer.archive.index import NAME
from proposer.provenance.record import Store

__all__ = ["LATEST", "OPEN", "Tables", "opened"]

_MEMORY = "256MB"
_THREADS = 2
_COLUMNS = {
    "version": "INTEGER", "run": "VARCHAR", "whole": "BOOLEAN", "workflow": "VARCHAR", "outcome": "VARCHAR",
    "reason": "VARCHAR", "mode": "VARCHAR", "sandbox": "VARCHAR", "started": "VARCHAR", "seconds": "DOUBLE",
    "input_tokens": "BIGINT", "cached_input_tokens": "BIGINT", "output_tokens": "BIGINT", "price": "DOUBLE",
    "currency": "VARCHAR", "model": "VARCHAR", "effort": "VARCHAR", "provider": "VARCHAR", "codex": "VARCHAR",
    "proposer": "VARCHAR", "lock": "VARCHAR", "asked": "BOOLEAN", "replay": "BOOLEAN", "branch": "VARCHAR",
    "head": "VARCHAR", "dropped": "BIGINT", "refused": "BIGINT", "redactions": "BIGINT", "proposal": "VARCHAR",
    "reported": "STRUCT(P0 BIGINT, P1 BIGINT, P2 BIGINT, P3 BIGINT)",
    "findings": "STRUCT(fingerprint VARCHAR, status VARCHAR, severity VARCHAR, category VARCHAR, path VARCHAR, "
    "line BIGINT, title VARCHAR)[]",
}  # fmt: skip
_LOAD = f"""
CREATE TEMP TABLE lines AS
  SELECT * FROM read_json(?, format = 'newline_delimited', ignore_errors = true, maximum_object_size = 16777216,
    columns = {{{", ".join(f"'{name}': '{kind}'" for name, kind in _COLUMNS.items())}}})
"""  # noqa: S608 - constants
_LAST = f"""
CREATE TABLE runs AS
  SELECT * EXCLUDE (version), TRY_CAST(started[:19] AS TIMESTAMP) AS moment FROM lines
  WHERE NOT replay AND rowid IN (SELECT max(rowid) FROM lines WHERE version = {VERSION} GROUP BY run)
"""  # noqa: S608 - constants
OPEN = """
SELECT run, workflow, branch, asked, started, f.fingerprint AS fingerprint, f.status AS status,
  f.severity AS severity, f.category AS category, f.path AS path, f.line AS line, f.title AS title
FROM (
  SELECT *, unnest(findings) AS f FROM (
    SELECT * FROM runs WHERE outcome IN ('clean', 'findings', 'blocked', 'incomplete')
    QUALIFY branch IS NULL
      OR row_number() OVER (PARTITION BY workflow, branch, asked ORDER BY started DESC, run DESC) = 1
  )
)
WHERE f.status <> 'resolved'
QUALIFY row_number() OVER (PARTITION BY workflow, branch, asked, f.fingerprint ORDER BY started DESC, run DESC) = 1
"""
"""A query: findings that are open as far as is known, from the last run of each workflow on each branch.

A run says what became of those before it; one without a branch speaks for itself alone.
"""

LATEST = """
SELECT run, workflow, branch, asked, started, f.fingerprint AS fingerprint, f.status AS status,
  f.severity AS severity, f.category AS category, f.path AS path, f.line AS line, f.title AS title,
  branch IS NULL OR run = last AS current
FROM (
  SELECT *, unnest(findings) AS f, last_value(run) OVER (
    PARTITION BY workflow, branch, asked ORDER BY started, run ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
  ) AS last
  FROM runs WHERE outcome IN ('clean', 'findings', 'blocked', 'incomplete')
)
QUALIFY row_number() OVER (PARTITION BY workflow, branch, asked, f.fingerprint ORDER BY started DESC, run DESC) = 1
"""
"""A query: what was said last of each finding; `current` where that was in the last run of its branch."""


class Tables:
    """One table, `runs`: the last line of every run but replays, oldest first by `number`."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """Return what a query gives."""
        return self._connection.execute(query, values).fetchall()


@contextmanager
def opened(store: Store) -> Iterator[Tables]:
    """Load the index of a repository's records; `Index.refresh` comes first."""
    with tempfile.TemporaryDirectory(prefix="proposer-tables-") as scratch:
        settings: dict[str, Any] = {
            "threads": _THREADS, "memory_limit": _MEMORY, "temp_directory": scratch, "home_directory": scratch,
            "autoinstall_known_extensions": False, "autoload_known_extensions": False,
        }  # fmt: skip
        with duckdb.connect(":memory:", config=settings) as connection:
            connection.execute("SET enable_progress_bar = false")
            path = store.folder / NAME
            if not path.is_file():
                path = Path(scratch) / NAME
                path.touch()
            connection.execute(_LOAD, [glob.escape(str(path))])
            connection.execute(_LAST)
            connection.execute("DROP TABLE lines; SET enable_external_access = false; SET lock_configuration = true")
            yield Tables(connection)
