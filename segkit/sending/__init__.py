"""Who may be texted, and the files of those who are."""
