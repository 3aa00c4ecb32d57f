"""What charts, widgets and the report share: how text becomes markup, one palette, and the tables as pictures need them."""
