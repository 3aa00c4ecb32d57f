"""Segments to and from the documents of Klaviyo's Segments API.

Both ways keep the members, but for values of a wrong kind. What comes back says the same in Klaviyo's own form, exact up to:

- AND and OR come back as AND of OR groups, without doubled conditions and groups that another makes idle.
- A count of at least 1, more than 0 or other than 0 is "greater than 0", read as "at least 1"; fewer than 1 or at most 0 is "zero
  times", read as "equals 0".
- "Not" becomes the opposite; of a property, the opposite or not set. A value of another kind than the test asks for is in the
  one and not in the other, as it is nowhere in Klaviyo, where the kind is chosen with the condition.
- One word for several: a gender that is one of several and a list of another length become OR, several items of a profile's
  list a condition for each. Any of one item, as events have it, is that item.
- Who can receive SMS is "subscribed"; weeks of an anniversary become days; an old or new metric name finds the account's one.
- A description, and whether a segment is starred or active, is not part of the other side.
"""

from segkit.klaviyo.definitions.documents import from_klaviyo, segments_from_klaviyo
from segkit.klaviyo.definitions.write import klaviyo_definition, to_klaviyo

__all__ = ["from_klaviyo", "klaviyo_definition", "segments_from_klaviyo", "to_klaviyo"]
