"""Convert segments to and from the documents of Klaviyo's Segments API.

A conversion in either direction keeps the members of a segment, except for profiles with values of the wrong type. A segment that is
written and read back has the same meaning in Klaviyo's own form, with these changes:

- AND and OR become AND of OR groups, without duplicate conditions and redundant groups.
- A count of at least 1, more than 0 or not equal to 0 becomes "greater than 0", read as "at least 1". Fewer than 1 or at most 0 becomes
  "zero times", read as "equals 0".
- "Not" becomes the opposite condition or, for a property, the opposite or "is not set". In segkit, "not" matches a
  value of the wrong type, but the opposite does not. In Klaviyo, neither matches it, since each condition has a type.
- A condition that Klaviyo lacks becomes several. A test for several genders, or for a length not equal to a number, becomes OR. Several
  items of a profile's list become a condition for each item. "Contains any" of one item, in a filter of events, becomes "contains".
- For profiles that can receive SMS, the subscription "any" becomes "subscribed". Weeks of an anniversary become days. The old or new name
  of a metric becomes the name in the account.
- The description, and whether a segment is starred or active, are not kept.
"""

from segkit.klaviyo.definitions.documents import from_klaviyo, segments_from_klaviyo
from segkit.klaviyo.definitions.write import klaviyo_definition, to_klaviyo

__all__ = ["from_klaviyo", "klaviyo_definition", "segments_from_klaviyo", "to_klaviyo"]
