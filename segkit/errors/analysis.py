"""Define the errors of analysis: questions that the data can't answer, or not without looking ahead."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Self

from segkit.errors.base import SegkitError
from segkit.masking import quoted
from segkit.wording import counted, listed, nearest


class AnalysisError(SegkitError, ValueError):
    """A question can't be answered from this data."""

    @classmethod
    def computed_later(cls, names: Iterable[str]) -> Self:
        """A rule that is applied at past moments uses a property that is computed from later events."""
        every = list(names)
        return cls(
            f"{listed(every)} can't be used for a past moment: the data has only today's value, which is computed from events after that "
            f"moment, so the answer would use the future. Leave the condition out, or accept this with allow_todays=[{listed(every, most=100)}]."
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
        """Everybody in the base did the outcome after each moment."""
        return cls(
            f"Everybody in the base ({base}) did {quoted(outcome)} within {counted(within_days, 'day')} of each moment in the past, so all "
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
            f"The backtest has only {counted(moments, 'moment')}. It needs earlier moments to choose a setting, and later "
            "ones to test it that begin after the earlier outcomes end. Use a backtest with more moments, a smaller within_days, or more data."
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

    @classmethod
    def empty_arm(cls, arm: str, share: float, people: int, key: str) -> Self:
        """An arm of a split would have nobody."""
        return cls(
            f"The arm {quoted(arm)} of the split {quoted(key)} would be empty: {share:g} of {counted(people, 'person', 'people')} is less than one person. "
            "Give the arm a larger share, or split a larger audience."
        )

    @classmethod
    def no_such_arm(cls, control: str, arms: Iterable[str]) -> Self:
        """The control arm is not among the arms."""
        every = list(arms)
        return cls(
            f"There is no arm named {quoted(control)}.{nearest(control, every)} The arms are: {listed(every)}. Pass one of them as control=."
        )

    @classmethod
    def no_control(cls, arms: Iterable[str]) -> Self:
        """A split was made without an arm that is not texted."""
        every = list(arms)
        return cls(
            f"The split was made with control=None, so it has no arm that is not texted. The arms are: {listed(every)}. To compare them in "
            f"sk.measure or sk.uplift, pass one as control=, such as control={quoted(every[0])}. For sk.detectable, split with a hold-out."
        )

    @classmethod
    def single_arm(cls, control: str) -> Self:
        """There is nobody to compare the control arm with."""
        return cls(
            f"Everybody is in the arm {quoted(control)}, so there is nobody to compare with. Pass the arm of the people who were texted, too."
        )

    @classmethod
    def arm_of_nobody(cls, arm: str) -> Self:
        """Nobody in an arm is in the data."""
        return cls(
            f"Nobody in the arm {quoted(arm)} is in the data. The index of the arms must contain the data's profile ids: see shop.profile_ids."
        )

    @classmethod
    def arms_share_numbers(cls, numbers: int) -> Self:
        """Two arms share phone numbers."""
        return cls(
            f"The arms share {counted(numbers, 'phone number')}: people who were held out were texted under another profile, so the arms can't be "
            "compared. Split with sk.split, which puts each number into one arm, or leave these profiles out of both arms."
        )

    @classmethod
    def not_started(cls, first: date, last: date) -> Self:
        """The window of a measurement begins after the data ends."""
        return cls(
            f"The test starts on {first}, but the data ends on {last}. Load newer data, or pass an earlier start."
        )

    @classmethod
    def outcome_begins_later(cls, outcome: str, begins: date, first: date, last: date) -> Self:
        """The first event of the outcome is after the days that count."""
        return cls(
            f"The first {quoted(outcome)} in the data is on {begins}, but responses are counted only from {first} to {last}. Load older events, pass a later start "
            "or a larger within_days, or use a different outcome."
        )

    @classmethod
    def nobody_in_the_test(cls, outcome: str, people: int, first: date, last: date) -> Self:
        """Nobody in any arm has the outcome."""
        return cls(
            f"Nobody among {counted(people, 'person', 'people')} in the arms has {quoted(outcome)} from {first} to {last}, so there is nothing to compare. "
            "Use a larger within_days, or a more frequent outcome."
        )

    @classmethod
    def rate_at_an_end(cls, outcome: str, rate: float) -> Self:
        """The base rate is 0 or 1."""
        return cls(
            f"The base rate of {quoted(outcome)} is {rate:g}, so no difference can be computed. Use a larger or smaller within_days or a different "
            "outcome, or pass base_rate=0.01."
        )

    @classmethod
    def more_to_come(cls, as_of: datetime, come: Iterable[str]) -> Self:
        """The data goes on after its `as_of`, so something did happen."""
        return cls(
            f"The data goes on after its as_of, {as_of:%Y-%m-%d %H:%M} UTC: it has {', '.join(come)} after it, so segkit can't tell what "
            "would follow if nothing happened. Load the data only up to that moment, or ask as of the end of the data: shop.with_as_of(...)."
        )
