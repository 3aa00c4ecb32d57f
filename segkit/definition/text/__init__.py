"""Convert conditions to and from plain data (mappings, lists, text, numbers and booleans) and YAML, for `Segment`."""

from segkit.definition.text.fingerprint import canonical, fingerprint
from segkit.definition.text.keys import KIND_KEYS, PROPERTY_KEYS, Fault
from segkit.definition.text.read import read_condition
from segkit.definition.text.write import to_data
from segkit.definition.text.yaml_text import ReadText, read_yaml, write_yaml

__all__ = [
    "KIND_KEYS",
    "PROPERTY_KEYS",
    "Fault",
    "ReadText",
    "canonical",
    "fingerprint",
    "read_condition",
    "read_yaml",
    "to_data",
    "write_yaml",
]
