-- 两次检查对比：最近两次检查中结论有变化的账号
SELECT
    now.filing_number AS "备案单号",
    now.name AS "政务新媒体名称",
    now.type AS "类型",
    now.organiser AS "所属组织",
    LABEL(before.verdict) AS "上次结论",
    LABEL(now.verdict) AS "本次结论",
    before.latest_on AS "上次所知最近更新",
    now.latest_on AS "本次所知最近更新",
    now.sentence AS "说明"
FROM REVIEWED AS now
JOIN REVIEWED AS before ON before.account_id = now.account_id AND before.sweep_id = (
    SELECT max(id) FROM sweep
    WHERE state = 'finished' AND kind NOT IN ('nightly', 'recheck') AND id < LATEST_INSPECTION
)
WHERE now.sweep_id = LATEST_INSPECTION AND before.moved = 0 AND now.verdict <> before.verdict
ORDER BY now.account_id
