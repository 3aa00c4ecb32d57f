"""Implement the `segkit` command: its arguments, the build, the HTML report, and the settings for Jupyter."""
