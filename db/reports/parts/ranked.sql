-- Every filing of the latest inspection; `counts` is 1 for the one by which an account in service is counted (`mediawatch.figures.once`),
-- `speaks` for the one under which it stands in lists (`each_once`)
WITH RECURSIVE
filing AS (
    SELECT
        reviewed.*,
        lower(reviewed.original_id) AS folded_id,
        CASE WHEN reviewed.status IN ('running', 'closing') THEN 1 ELSE 0 END AS in_service,
        CASE WHEN reviewed.moved = 0 AND EXISTS (
            SELECT 1 FROM finding AS held
            WHERE held.sweep_id = reviewed.sweep_id AND held.account_id = reviewed.account_id AND held.review_state <> 'dismissed'
        ) THEN 1 ELSE 0 END AS is_held
    FROM REVIEWED AS reviewed
    WHERE reviewed.sweep_id = LATEST_INSPECTION
),
same AS (
    SELECT one.account_id, other.account_id AS other_id
    FROM filing AS one
    JOIN filing AS other ON other.platform = one.platform AND other.platform_id = one.platform_id AND other.account_id <> one.account_id
    WHERE one.platform_id <> '' AND one.in_service = other.in_service
    UNION
    SELECT one.account_id, other.account_id
    FROM filing AS one
    JOIN filing AS other ON other.platform = one.platform AND other.folded_id = one.folded_id AND other.account_id <> one.account_id
    WHERE one.folded_id <> '' AND one.in_service = other.in_service
),
reached AS (
    SELECT account_id, other_id FROM same
    UNION
    SELECT reached.account_id, same.other_id FROM reached JOIN same ON same.account_id = reached.other_id
),
grouped AS (
    SELECT
        filing.*,
        COALESCE(first.account_id, filing.account_id) AS first_id,
        CASE
            WHEN filing.in_service = 0 THEN 1 WHEN filing.verdict = 'failed' THEN 1
            WHEN filing.verdict IS NULL OR filing.verdict = 'unproven' THEN 2 WHEN filing.verdict = 'out_of_scope' THEN 3
            WHEN filing.verdict = 'listed' THEN 4 WHEN filing.verdict = 'at_limit' THEN 5 WHEN filing.verdict = 'due_soon' THEN 6 ELSE 7
        END AS gravity
    FROM filing
    LEFT JOIN (SELECT other_id, min(account_id) AS account_id FROM reached GROUP BY other_id) AS first ON first.other_id = filing.account_id
)
SELECT
    grouped.*,
    CASE
        WHEN row_number() OVER (PARTITION BY in_service, first_id ORDER BY gravity, account_id) = 1 THEN in_service ELSE 0
    END AS counts,
    CASE
        WHEN row_number() OVER (PARTITION BY in_service, first_id ORDER BY gravity, is_held DESC, account_id) = 1 THEN 1 ELSE 0
    END AS speaks
FROM grouped
