-- Of every item of a notice the gravest of its problems' newest results, of problems that still stand: `mediawatch.publish.rounds`
WITH
said AS (
    SELECT id, notice_id, item, at, reason, source, result, CAST(codes AS TEXT) AS codes FROM notice_event WHERE action = 'rechecked'
),
withdrawn AS (
    SELECT id, notice_id, item, CAST(codes AS TEXT) AS codes FROM notice_event WHERE action = 'corrected'
),
newest AS (
    SELECT said.* FROM said
    WHERE NOT EXISTS (
        SELECT 1 FROM said AS later
        WHERE later.notice_id = said.notice_id AND later.item = said.item AND later.id > said.id
            AND (later.codes = said.codes OR later.codes = '[]' OR said.codes = '[]')
    ) AND NOT EXISTS (
        SELECT 1 FROM withdrawn
        WHERE withdrawn.notice_id = said.notice_id AND withdrawn.item = said.item AND (
            (said.codes = '[]' AND withdrawn.id > said.id)
            OR (said.codes <> '[]' AND replace(withdrawn.codes, substr(said.codes, 2, length(said.codes) - 2), '') <> withdrawn.codes)
        )
    )
),
ranked AS (
    SELECT
        newest.*,
        CASE result
            WHEN 'not_done' THEN 1 WHEN 'unverified' THEN 2 WHEN 'not_filed' THEN 3 WHEN 'filed_as_closed' THEN 4
            WHEN 'deregistered' THEN 5 ELSE 6
        END AS grade
    FROM newest
),
gravest AS (
    SELECT ranked.*, row_number() OVER (PARTITION BY notice_id, item ORDER BY grade, id) AS place FROM ranked
)
SELECT
    gravest.notice_id,
    gravest.item,
    gravest.result,
    gravest.reason,
    gravest.at,
    gravest.source,
    (
        SELECT GLUED(label)
        FROM (
            SELECT PRINTED(held) AS label FROM notice_finding AS held
            JOIN ranked AS about ON about.notice_id = held.notice_id AND about.item = held.item AND about.grade = gravest.grade
                AND replace(about.codes, '"' || held.code || '"', '') <> about.codes
            WHERE held.notice_id = gravest.notice_id AND held.item = gravest.item
            GROUP BY PRINTED(held) ORDER BY min(held.position)
        ) AS named
    ) AS problem
FROM gravest
WHERE gravest.place = 1
