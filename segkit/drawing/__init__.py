"""Shared code of charts, widgets and the report: HTML markup, the colour palette, and the tables that they draw."""
