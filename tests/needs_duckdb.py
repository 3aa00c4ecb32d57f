"""Says whether DuckDB and sqlglot are here; without them the tests that need them are skipped on a desk and fail in CI."""

import importlib.util
import os

import pytest

MISSING = [name for name in ("duckdb", "sqlglot") if importlib.util.find_spec(name) is None]
IGNORED = ["test_*.py"] if MISSING else []
"""The files that are not collected without the packages."""

if MISSING and os.environ.get("CI"):
    pytest.fail(f"CI lacks {' and '.join(MISSING)}, so the tests of DuckDB could not run", pytrace=False)
