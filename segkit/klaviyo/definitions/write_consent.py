"""Write a consent condition as a Klaviyo document. The consent state decides which filters are allowed: see `words`."""

from segkit.definition.conditions import (
    BooleanTest,
    ConsentCondition,
    DateTest,
    PropertyCondition,
    PropertyTest,
    SetTest,
    TextInTest,
    TextTest,
)
from segkit.errors import DefinitionError
from segkit.klaviyo.definitions.words import (
    CELLS,
    CUSTOM_SOURCE,
    INTEGRATIONS,
    METHODS,
    SUPPRESSION_DATES,
    TRUTHS,
    Cell,
    cell_of,
)
from segkit.klaviyo.definitions.write_filters import Document, date_filter, profile_filter
from segkit.masking import masked_text, quoted

_SUPPRESSION_FIELDS = {column: field for field, column in SUPPRESSION_DATES.items()}


def consent_document(atom: ConsentCondition) -> Document:
    """Return the Klaviyo document of a consent condition.

    Raises:
        DefinitionError: nobody can be in the consent state, or Klaviyo does not have the filter for this state.
    """
    channel, can_receive, subscription = cell = cell_of(atom)
    choices = CELLS[channel, can_receive]
    if subscription not in ("any", *choices):
        states = " or ".join(repr(choice) for choice in choices)
        raise DefinitionError.beyond_klaviyo(
            f"state {quoted(subscription)} for profiles that {_can(cell)}", f"the subscription {states}"
        )
    status: Document = {"subscription": subscription}
    filters = _filters(cell, atom)
    # In these states the schema requires the list even if it is empty.
    if filters or ((channel, can_receive) == ("email", False) and subscription in ("subscribed", "never_subscribed")):
        status["filters"] = filters
    consent = {"channel": channel, "can_receive_marketing": can_receive, "consent_status": status}
    return {"type": "profile-marketing-consent", "consent": consent}


def _can(cell: Cell) -> str:
    return f"{'can' if cell[1] else 'cannot'} receive {cell[0]}"


def _filters(cell: Cell, atom: ConsentCondition) -> list[Document]:
    filters: list[Document] = []
    if atom.status_date is not None:
        filters.append(_filter(cell, PropertyCondition(f"{cell[0]}_consent_timestamp", DateTest(atom.status_date))))
    of_method = [clause for clause in atom.where if clause.property.startswith(f"{cell[0]}_consent_method")]
    for clause in atom.where:
        if clause not in of_method:
            filters.append(_filter(cell, clause))
        elif clause is of_method[0]:
            filters.append(_method_filter(cell, of_method))
    suppressions = sum(one["field"] in SUPPRESSION_DATES for one in filters)
    if suppressions not in (0, len(filters)):
        raise DefinitionError.beyond_klaviyo(
            "consent condition with filters for both suppression and status",
            "two conditions, one for each, joined by AND",
        )
    return filters


def _filter(cell: Cell, clause: PropertyCondition) -> Document:
    """Return the filter for one column, if Klaviyo has it for this consent state."""
    truths = {column: field for field, column in TRUTHS.get(cell, {}).items()}
    match clause.test:
        case DateTest(timeframe) if clause.property == f"{cell[0]}_consent_timestamp" and cell in METHODS:
            return {"field": "status_date", "filter": date_filter(timeframe)}
        case BooleanTest() if clause.property in truths:
            return {"field": truths[clause.property], "filter": profile_filter(clause.test)}
        case DateTest() | SetTest(True) if clause.property in _SUPPRESSION_FIELDS and cell[:2] == ("email", False):
            return {"field": _SUPPRESSION_FIELDS[clause.property], "filter": profile_filter(clause.test)}
        case TextTest("equals") if clause.property == CUSTOM_SOURCE and cell == ("email", True, "subscribed"):
            return {"field": "custom_source", "filter": profile_filter(clause.test)}
        case _:
            states = " and ".join(state[2] for state in METHODS if state[0] == cell[0])
            nearest = f"a filter by date or method, for the states {states}"
            raise DefinitionError.beyond_klaviyo(
                f"filter by {masked_text(clause.property)} for profiles that {_can(cell)} ({cell[2]})", nearest
            )


def _method_filter(cell: Cell, clauses: list[PropertyCondition]) -> Document:
    """Return the filter for a consent method and, if there is one, its detail: the form, person, key or page."""
    column = f"{cell[0]}_consent_method"
    known = METHODS.get(cell, {})
    tests: dict[str, PropertyTest] = {clause.property: clause.test for clause in clauses}
    match tests.pop(column, None):
        case TextTest("equals", method) if method in known:
            found: Document = {"field": "method", "method": method}
        case _:
            nearest = f"one of the methods {', '.join(known)}" if known else "no test of the method"
            raise DefinitionError.beyond_klaviyo(
                f"test of this kind for {column} of profiles that {_can(cell)} ({cell[2]})", nearest
            )
    detail = tests.pop(f"{column}_detail", None)
    if tests or len(clauses) > 1 + (detail is not None):
        raise DefinitionError.beyond_klaviyo("second test of a method", "only the first test")
    if detail is not None:
        found["filter"] = _detail(cell, method, detail)
    elif method == "integration":
        nearest = f"{column}_detail is {quoted(INTEGRATIONS[cell])}"
        raise DefinitionError.beyond_klaviyo("filter for an integration without its name", nearest)
    return found


def _detail(cell: Cell, method: str, test: PropertyTest) -> Document:
    operator = METHODS[cell][method]
    if operator == "equals" and isinstance(test, TextTest) and test.comparison == "equals":
        return profile_filter(test)
    if operator == "in" and isinstance(test, TextInTest) and not test.negated:
        named = [value for value in test.values if method == "integration" and value != INTEGRATIONS[cell]]
        if named:
            raise DefinitionError.beyond_klaviyo(f"integration {quoted(named[0])}", repr(INTEGRATIONS[cell]))
        return profile_filter(test)
    nearest = {
        None: "the method without a detail",
        "in": "a test that the detail is one of several values",
        "equals": "a test that the detail equals a value",
    }
    raise DefinitionError.beyond_klaviyo(
        f"test of this kind for the detail of the method {quoted(method)}", nearest[operator]
    )
