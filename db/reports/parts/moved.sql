-- Every account of every sweep; `moved` is 1 where a finding stands of which something new may have left nothing: it is to be judged again
SELECT
    judged.*,
    CASE
        WHEN judged.verdict IS NOT NULL
            AND (judged.judged_news IS NULL OR judged.judged_news <> account_state.news)
            AND sweep.state = 'finished'
            AND NOT EXISTS (SELECT 1 FROM pruning WHERE pruning.before > sweep.as_of)
            AND EXISTS (
                SELECT 1 FROM finding AS standing
                WHERE standing.sweep_id = judged.sweep_id AND standing.account_id = judged.account_id
                    AND standing.review_state <> 'dismissed'
            )
        THEN 1 ELSE 0
    END AS moved
FROM sweep_account AS judged
JOIN sweep ON sweep.id = judged.sweep_id
JOIN account_state ON account_state.account_id = judged.account_id
