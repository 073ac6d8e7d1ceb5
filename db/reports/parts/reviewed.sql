-- Every account of every sweep with what its judgement comes to as reviewed: `mediawatch.rules.reviewed`, undecided findings included
SELECT
    entry.sweep_id,
    entry.account_id,
    entry.filing_number,
    entry.name,
    entry.type,
    entry.platform,
    entry.platform_id,
    entry.original_id,
    entry.organiser,
    entry.supervisor,
    entry.prefecture,
    entry.county,
    entry.jurisdiction,
    entry.status,
    entry.latest_on,
    entry.moved,
    CASE
        WHEN entry.moved = 1 THEN 'unproven'
        WHEN EXISTS (
            SELECT 1 FROM finding AS borne
            WHERE borne.sweep_id = entry.sweep_id AND borne.account_id = entry.account_id AND BEARS(borne)
        ) AND NOT EXISTS (
            SELECT 1 FROM finding AS kept
            WHERE kept.sweep_id = entry.sweep_id AND kept.account_id = entry.account_id AND BEARS(kept) AND kept.review_state <> 'dismissed'
        ) THEN CASE
            WHEN EXISTS (
                SELECT 1 FROM finding AS excused
                WHERE excused.sweep_id = entry.sweep_id AND excused.account_id = entry.account_id AND BEARS(excused) AND excused.excuse <> ''
            ) THEN 'listed'
            ELSE COALESCE(entry.otherwise, 'unproven')
        END
        ELSE entry.verdict
    END AS verdict,
    CASE
        WHEN entry.moved = 1 THEN 'TO_BE_JUDGED'
        WHEN EXISTS (
            SELECT 1 FROM finding AS told
            WHERE told.sweep_id = entry.sweep_id AND told.account_id = entry.account_id AND BEARS(told)
        ) THEN COALESCE(
            (
                SELECT foremost.sentence FROM finding AS foremost
                WHERE foremost.sweep_id = entry.sweep_id AND foremost.account_id = entry.account_id AND BEARS(foremost)
                    AND foremost.review_state <> 'dismissed'
                ORDER BY foremost.position LIMIT 1
            ),
            'ALL_DISMISSED'
        )
        ELSE entry.sentence
    END AS sentence
FROM MOVED AS entry
