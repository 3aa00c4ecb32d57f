"""Shops that DuckDB reads; without the packages the tests are skipped here and fail in CI."""

import importlib.util
import os

import pytest

MISSING = [name for name in ("duckdb", "sqlglot") if importlib.util.find_spec(name) is None]
collect_ignore_glob = ["test_*.py"] if MISSING else []

if MISSING and os.environ.get("CI"):
    pytest.fail(f"CI lacks {' and '.join(MISSING)}, so the tests of DuckDB could not run", pytrace=False)
