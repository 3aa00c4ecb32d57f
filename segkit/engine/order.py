"""Check the order of arguments: segments or a builder come first, and the shop second."""

from segkit.engine.connected import ConnectedShop
from segkit.engine.memory.dataset import Dataset
from segkit.errors import DefinitionError


def check_order(first: object, call: str) -> None:
    """Raise an error if the shop is the first argument instead of the second.

    Args:
        first: the first argument.
        call: the correct call, for the error message, such as "sk.members(segment, shop)".

    Raises:
        DefinitionError: `first` is a Dataset.
    """
    if isinstance(first, (Dataset, ConnectedShop)):
        raise DefinitionError.swapped(call)
