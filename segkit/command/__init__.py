"""Implement the `segkit` command: its arguments, the build, the HTML report, and its settings for Jupyter."""
