-- Every account of the latest inspection with what it counts for: `mediawatch.figures`. Of filings of one account one counts
WITH RECURSIVE
filing AS (
    SELECT
        reviewed.*,
        lower(reviewed.original_id) AS folded_id,
        CASE WHEN reviewed.status IN ('running', 'closing') THEN 1 ELSE 0 END AS in_service
    FROM REVIEWED AS reviewed
    WHERE reviewed.sweep_id = LATEST_INSPECTION
),
same AS (
    SELECT one.account_id, other.account_id AS other_id
    FROM filing AS one
    JOIN filing AS other ON other.platform = one.platform AND other.platform_id = one.platform_id AND other.account_id <> one.account_id
    WHERE one.platform_id <> '' AND one.in_service = 1 AND other.in_service = 1
    UNION
    SELECT one.account_id, other.account_id
    FROM filing AS one
    JOIN filing AS other ON other.platform = one.platform AND other.folded_id = one.folded_id AND other.account_id <> one.account_id
    WHERE one.folded_id <> '' AND one.in_service = 1 AND other.in_service = 1
),
reached AS (
    SELECT account_id, other_id FROM same
    UNION
    SELECT reached.account_id, same.other_id FROM reached JOIN same ON same.account_id = reached.other_id
),
ranked AS (
    SELECT
        filing.*,
        filing.in_service * CASE WHEN row_number() OVER (
            PARTITION BY filing.in_service, COALESCE(first.account_id, filing.account_id)
            ORDER BY
                CASE COALESCE(filing.verdict, 'unproven')
                    WHEN 'failed' THEN 1 WHEN 'unproven' THEN 2 WHEN 'out_of_scope' THEN 3 WHEN 'listed' THEN 4
                    WHEN 'at_limit' THEN 5 WHEN 'due_soon' THEN 6 ELSE 7
                END,
                filing.account_id
        ) = 1 THEN 1 ELSE 0 END AS counts
    FROM filing
    LEFT JOIN (SELECT other_id, min(account_id) AS account_id FROM reached GROUP BY other_id) AS first ON first.other_id = filing.account_id
)
SELECT
    account_id,
    COALESCE(LABEL(platform), platform) AS platform,
    CASE
        WHEN jurisdiction IN ('', '属地') THEN COALESCE(NULLIF(prefecture, ''), NULLIF(supervisor, ''), NULLIF(organiser, ''), '(未填报)')
        WHEN jurisdiction IN ('系统', '系统归口') THEN COALESCE(NULLIF(supervisor, ''), NULLIF(organiser, ''), '(未填报)')
        ELSE jurisdiction
    END AS region,
    counts AS total,
    CASE WHEN verdict IN ('unproven', 'out_of_scope') OR verdict IS NULL THEN 0 ELSE counts END AS concluded,
    CASE WHEN verdict = 'failed' THEN counts ELSE 0 END AS failed,
    CASE WHEN verdict = 'listed' THEN counts ELSE 0 END AS listed,
    CASE WHEN verdict IN ('unproven', 'out_of_scope') OR verdict IS NULL THEN counts ELSE 0 END AS open
FROM ranked
