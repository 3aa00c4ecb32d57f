"""Without PySpark, sqlglot and Java these tests are skipped here and fail in CI."""

import importlib.util
import os
import shutil

import pytest

MISSING = [name for name in ("pyspark", "sqlglot") if importlib.util.find_spec(name) is None]
if "JAVA_HOME" not in os.environ and shutil.which("java") is None:
    MISSING.append("Java")
collect_ignore_glob = ["test_*.py"] if MISSING else []

if MISSING and os.environ.get("CI"):
    pytest.fail(
        f"CI lacks {' and '.join(MISSING)}, so the tests of Spark could not run: apt-get install default-jre-headless",
        pytrace=False,
    )
