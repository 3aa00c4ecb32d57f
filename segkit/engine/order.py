"""The order of arguments: what is asked comes first and the shop second; the other way round is refused with the right call."""

from segkit.engine.memory.dataset import Dataset
from segkit.errors import DefinitionError


def check_order(first: object, call: str) -> None:
    """Refuse a shop that stands where what is asked of it belongs.

    Args:
        first: the first argument.
        call: the right call, such as "sk.members(segment, shop)".

    Raises:
        DefinitionError: it is a Dataset.
    """
    if isinstance(first, Dataset):
        raise DefinitionError.swapped(call)
