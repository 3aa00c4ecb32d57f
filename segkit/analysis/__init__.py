"""Tables worked out from who is in which segment: one file for each question, and nothing is drawn here."""
