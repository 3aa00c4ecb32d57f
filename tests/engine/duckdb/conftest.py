"""Without DuckDB and sqlglot these tests are skipped here and fail in CI."""

from needs_duckdb import IGNORED

collect_ignore_glob = IGNORED
