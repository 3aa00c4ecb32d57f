WITH event_facts AS (
  SELECT
    events.profile AS profile,
    SUM(
      CAST(CASE
        WHEN events.metric = 'Placed Order'
        AND events.instant >= CAST('2025-06-30 00:00:00+00:00' AS TIMESTAMP_LTZ)
        AND events.instant <= CAST('2026-06-30 12:00:00+00:00' AS TIMESTAMP_LTZ)
        THEN events.units
      END AS DECIMAL(38, 0))
    ) AS units_1,
    COUNT(
      CASE
        WHEN events.metric = 'Placed Order'
        AND events.instant >= CAST('2025-06-30 00:00:00+00:00' AS TIMESTAMP_LTZ)
        AND events.instant <= CAST('2026-06-30 12:00:00+00:00' AS TIMESTAMP_LTZ)
        THEN 1
      END
    ) AS events_2
  FROM analytics.segkit.events AS events
  WHERE
    events.metric = 'Placed Order'
    AND events.instant >= CAST('2025-06-30 00:00:00+00:00' AS TIMESTAMP_LTZ)
    AND events.instant <= CAST('2026-06-30 12:00:00+00:00' AS TIMESTAMP_LTZ)
  GROUP BY
    events.profile
)
SELECT
  people.profile_id
FROM analytics.segkit.profiles AS profiles
JOIN analytics.segkit.people AS people
  ON people.profile = profiles.profile
LEFT JOIN event_facts
  ON event_facts.profile = profiles.profile
WHERE
  profiles.sms_status = 'subscribed'
  AND (
    COALESCE(event_facts.units_1, 0) >= 200001
    OR COALESCE(event_facts.events_2, 0) >= 4
  )
ORDER BY
  profiles.profile
