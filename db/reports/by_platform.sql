-- 各平台检查情况:最近一次全部账号检查,按类型;总数不含已关停和已注销的
SELECT
    type AS "类型",
    count(*) AS "在管数",
    count(CASE WHEN verdict NOT IN ('unproven', 'out_of_scope') THEN 1 END) AS "检查数",
    count(CASE WHEN verdict = 'failed' THEN 1 END) AS "不合格数",
    count(CASE WHEN verdict = 'listed' THEN 1 END) AS "异常单列",
    count(CASE WHEN verdict IS NULL OR verdict IN ('unproven', 'out_of_scope') THEN 1 END) AS "待核查"
FROM sweep_account
WHERE sweep_id = LATEST_WHOLE_SWEEP AND status IN ('running', 'closing')
GROUP BY type
ORDER BY min(account_id)
