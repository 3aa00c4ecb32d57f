"""Define the errors of analysis: questions that the data can't answer, or not without looking ahead."""

from collections.abc import Iterable
from datetime import date
from typing import Self

from segkit.errors.base import SegkitError
from segkit.masking import quoted
from segkit.wording import counted, listed


class AnalysisError(SegkitError, ValueError):
    """A question can't be answered from this data."""

    @classmethod
    def computed_later(cls, names: Iterable[str]) -> Self:
        """A rule that is looked at from past moments uses a property that is computed from later events."""
        every = list(names)
        return cls(
            f"{listed(every)} can't be used for a past moment: the data has only today's value, which is computed from events after that "
            f"moment, so the answer would use the future. Leave the condition out, or accept this with allow_todays={every!r}."
        )

    @classmethod
    def nobody_did(cls, outcome: str) -> Self:
        """An outcome has no events at all."""
        return cls(
            f"No profile has an event {quoted(outcome)}, so segkit can't tell who does it afterwards. Pass a different outcome, such as "
            "outcome='Placed Order', or load events of this metric."
        )

    @classmethod
    def data_too_short(cls, metric: str, first: date, have: int, rule_days: int, within_days: int) -> Self:
        """The data does not cover the rule's longest window and the days afterwards even once."""
        return cls(
            f"The rule looks back {counted(rule_days, 'day')}, and the outcome is counted in the {counted(within_days, 'day')} after that, "
            f"which needs {rule_days + within_days:,} whole days of data. Events of {quoted(metric)} begin on {first}, so the data has "
            f"{counted(max(have, 0), 'day')}. Load older events, use shorter windows or a smaller within_days, or pass moments=[...] to accept "
            "that the rule sees fewer days."
        )

    @classmethod
    def no_complete_moment(cls, moment: date, reason: str, first: date, last: date, within_days: int) -> Self:
        """None of the chosen moments can be used."""
        span = f"from {first} to {last}" if first <= last else "none with this data"
        return cls(
            f"No moment can be used. The newest is {moment}: {reason}. Moments with {counted(within_days, 'day')} of data "
            f"afterwards: {span}. Pass different moments=[...] or a smaller within_days."
        )

    @classmethod
    def no_responders(cls, outcome: str, base: str, profiles: int, within_days: int) -> Self:
        """Nobody in the base did the outcome after any of the moments."""
        return cls(
            f"The base ({base}) has {counted(profiles, 'profile')}, counted at each moment, but none of them has {quoted(outcome)} within "
            f"{counted(within_days, 'day')} afterwards, so the settings can't be compared. If the true share were 1 in {max(profiles // 3, 1):,}, "
            "this would still happen about once in 20 times. Use a larger within_days, more moments, or a more frequent outcome."
        )

    @classmethod
    def all_responders(cls, outcome: str, base: str, within_days: int) -> Self:
        """Everybody in the base did the outcome after every moment."""
        return cls(
            f"Everybody in the base ({base}) has {quoted(outcome)} within {counted(within_days, 'day')} after every moment, so all "
            "settings do equally well. Use a smaller within_days, a wider base, or a less frequent outcome."
        )

    @classmethod
    def empty_base(cls, base: str) -> Self:
        """The base has no profiles at any of the moments."""
        return cls(
            f"The base ({base}) has no profiles at any of the moments. Pass a different segment as base=, or leave base out to use everybody."
        )

    @classmethod
    def too_few_settings(cls, settings: int) -> Self:
        """A suggestion needs settings to choose from."""
        return cls(
            f"There {'is' if settings == 1 else 'are'} {counted(settings, 'setting')}, but a suggestion needs at least 2 to choose from. Pass "
            "several values, as in sk.backtest(builder, shop, days=range(7, 181, 7))."
        )

    @classmethod
    def too_few_moments(cls, moments: int) -> Self:
        """A suggestion needs earlier moments to choose on and later ones to judge on."""
        return cls(
            f"The backtest has only {counted(moments, 'moment')}. A suggestion needs earlier moments to choose a setting, and later moments, "
            "after the outcomes of the earlier ones, to judge it. Use a backtest with more moments, a smaller within_days, or more data."
        )

    @classmethod
    def outcome_without_amounts(cls, outcome: str) -> Self:
        """A profit needs an outcome with amounts."""
        return cls(
            f"The events of {quoted(outcome)} have no amounts, so there is no profit to compare. Use an outcome with amounts, such as "
            "outcome='Placed Order', or the goal sk.budget(texts=...)."
        )

    @classmethod
    def no_unsubscribes(cls) -> Self:
        """A limit on unsubscribes needs events of unsubscribing."""
        return cls(
            "The data has no event 'Unsubscribed from SMS Marketing', so segkit can't tell who unsubscribes. Load these events, or use the "
            "goal sk.budget(texts=...)."
        )

    @classmethod
    def no_setting_for_goal(cls, goal: str, nearest_setting: str) -> Self:
        """No setting keeps to the limit of a goal."""
        return cls(f"No setting meets the goal, {goal}: {nearest_setting}. Try different settings, or a wider limit.")
