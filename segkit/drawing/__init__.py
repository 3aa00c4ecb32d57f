"""Share code between the charts, the widgets and the report: HTML markup, the colour palette, and the tables that they draw."""
