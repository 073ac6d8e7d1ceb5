-- 待人工核查：最近一次检查中机器未能作出结论的在管账号和原因，重复备案的只列一次
SELECT
    filing_number AS "备案单号",
    name AS "政务新媒体名称",
    type AS "类型",
    organiser AS "所属组织",
    prefecture AS "地市",
    county AS "县区",
    LABEL(verdict) AS "结论",
    sentence AS "原因",
    latest_on AS "已知最近更新",
    sweep_id AS "检查批次"
FROM RANKED AS entry
WHERE counts = 1 AND (verdict IS NULL OR verdict IN ('unproven', 'out_of_scope'))
ORDER BY account_id
