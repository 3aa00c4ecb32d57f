"""The command segkit: its words, the build, the report, and the pages of Jupyter."""
