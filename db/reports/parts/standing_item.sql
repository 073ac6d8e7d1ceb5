-- Every account of every notice as it stands after corrections, those withdrawn as a whole left out: `mediawatch.domain.standing_item`
WITH
correction AS (
    SELECT notice_id, item, CAST(codes AS TEXT) AS codes FROM notice_event WHERE action = 'corrected'
),
still_held AS (
    SELECT held.notice_id, held.item, held.position, PRINTED(held) AS label, held.effect
    FROM notice_finding AS held
    WHERE NOT EXISTS (
        SELECT 1 FROM correction
        WHERE correction.notice_id = held.notice_id AND correction.item = held.item
            AND (correction.codes = '[]' OR replace(correction.codes, '"' || held.code || '"', '') <> correction.codes)
    )
),
corrected AS (
    SELECT DISTINCT notice_id, item FROM correction
)
SELECT
    item.notice_id,
    item.number,
    item.account_id,
    item.filing_number,
    item.name,
    item.type,
    item.organiser,
    item.prefecture,
    item.result,
    CASE WHEN corrected.item IS NULL THEN item.problem ELSE (
        SELECT GLUED(label)
        FROM (
            SELECT label FROM still_held
            WHERE still_held.notice_id = item.notice_id AND still_held.item = item.number AND still_held.effect <> 'hint'
            GROUP BY label ORDER BY min(position)
        ) AS named
    ) END AS problem,
    CASE WHEN corrected.item IS NULL THEN item.fails ELSE EXISTS (
        SELECT 1 FROM still_held
        WHERE still_held.notice_id = item.notice_id AND still_held.item = item.number AND still_held.effect = 'fails'
    ) END AS fails
FROM notice_item AS item
LEFT JOIN corrected ON corrected.notice_id = item.notice_id AND corrected.item = item.number
WHERE corrected.item IS NULL OR EXISTS (
    SELECT 1 FROM still_held WHERE still_held.notice_id = item.notice_id AND still_held.item = item.number
)
