-- 问题名单：最近一次检查的问题，已排除的不列，重复备案的只列一次
SELECT
    flagged.filing_number AS "备案单号",
    flagged.name AS "政务新媒体名称",
    flagged.type AS "类型",
    flagged.organiser AS "所属组织",
    flagged.prefecture AS "地市",
    flagged.county AS "县区",
    finding.label AS "存在的突出问题",
    LABEL(finding.effect) AS "结论",
    LABEL(finding.review_state) AS "审核状态",
    finding.latest_on AS "最近更新",
    finding.gap_days AS "间隔天数",
    finding.name_seen AS "平台现名",
    finding.sentence AS "说明",
    flagged.sweep_id AS "检查批次",
    finding.points AS "扣分"
FROM RANKED AS flagged
JOIN finding ON finding.sweep_id = flagged.sweep_id AND finding.account_id = flagged.account_id
WHERE flagged.speaks = 1 AND finding.review_state <> 'dismissed' AND flagged.moved = 0
ORDER BY flagged.account_id, finding.position
