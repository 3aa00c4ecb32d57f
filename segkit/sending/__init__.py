"""Work out who may be texted, and write files of members and recipients."""
