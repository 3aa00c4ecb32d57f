"""Check the shares of a split's arms, and work out how many people of each stratum go to each arm."""

from collections.abc import Mapping, Sequence
from fractions import Fraction

from segkit.errors import DefinitionError


def checked_shares(arms: Mapping[str, float]) -> dict[str, Fraction]:
    """Return the exact share of each arm.

    Raises:
        DefinitionError: there are fewer than two arms, a share is not above 0 and below 1, or the shares do not add up to 1.
    """
    wanted = 'two or more arms with their shares, such as {"text": 0.9, "hold out": 0.1}'
    if (
        not isinstance(arms, Mapping)
        or len(arms) < 2
        or not all(isinstance(name, str) and name.strip() for name in arms)
    ):
        raise DefinitionError.bad_value("arms", arms, wanted)
    try:
        shares = {name: Fraction(str(share)) for name, share in arms.items()}
    except ValueError:
        raise DefinitionError.bad_value(
            "The share of an arm", list(arms.values()), "a number above 0 and below 1"
        ) from None
    if any(not 0 < share < 1 for share in shares.values()):
        raise DefinitionError.bad_value("The share of an arm", list(arms.values()), "above 0 and below 1")
    if abs(sum(shares.values(), Fraction(0)) - 1) > Fraction(1, 10**9):
        raise DefinitionError.bad_value("The sum of the arms' shares", float(sum(shares.values(), Fraction(0))), "1")
    return shares


def arm_counts(sizes: Sequence[int], shares: Mapping[str, Fraction]) -> list[list[int]]:
    """Return the number of people in each stratum (rows) and arm (columns).

    Each number differs from its exact share by at most one. Each arm's total is its share of all people, with the largest
    remainders rounded up.

    >>> arm_counts([5, 5], {"text": Fraction(9, 10), "hold out": Fraction(1, 10)})
    [[5, 0], [4, 1]]
    """
    totals = _rounded(sum(sizes), list(shares.values()))
    floors = [[int(share * size) for share in shares.values()] for size in sizes]
    needed = [total - sum(row[place] for row in floors) for place, total in enumerate(totals)]
    for size, row in zip(sizes, floors, strict=True):
        # Give the places that rounding down left over to the arms that still need the most.
        for place in sorted(range(len(row)), key=lambda place: -needed[place])[: size - sum(row)]:
            row[place] += 1
            needed[place] -= 1
    return floors


def _rounded(size: int, shares: Sequence[Fraction]) -> list[int]:
    exact = [share * size for share in shares]
    counts = [int(one) for one in exact]
    order = sorted(range(len(shares)), key=lambda place: counts[place] - exact[place])
    for place in order[: size - sum(counts)]:
        counts[place] += 1
    return counts
