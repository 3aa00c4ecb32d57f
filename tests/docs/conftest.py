"""What builds the documentation lies beside its pages, and is imported from there."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "docs" / "make"))
