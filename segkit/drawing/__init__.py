"""Provide what charts, widgets and the report share: HTML markup, the colour palette, and tables prepared for drawing."""
