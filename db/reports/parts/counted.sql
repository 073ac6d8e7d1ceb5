-- Every account of the latest inspection with what it counts for: `mediawatch.figures`. Of filings of one account one counts
SELECT
    account_id,
    COALESCE(LABEL(platform), platform) AS platform,
    CASE
        WHEN jurisdiction IN ('', '属地') THEN COALESCE(NULLIF(prefecture, ''), NULLIF(supervisor, ''), NULLIF(organiser, ''), '（未填报）')
        WHEN jurisdiction IN ('系统', '系统归口') THEN COALESCE(NULLIF(supervisor, ''), NULLIF(organiser, ''), '（未填报）')
        ELSE jurisdiction
    END AS region,
    counts AS total,
    CASE WHEN verdict IN ('unproven', 'out_of_scope') OR verdict IS NULL THEN 0 ELSE counts END AS concluded,
    CASE WHEN verdict = 'failed' THEN counts ELSE 0 END AS failed,
    CASE WHEN verdict = 'listed' THEN counts ELSE 0 END AS listed,
    CASE WHEN verdict IN ('unproven', 'out_of_scope') OR verdict IS NULL THEN counts ELSE 0 END AS open
FROM RANKED AS ranked
