-- 复查情况：每期通报的账号及其最近一次复查结果，已更正撤销的不列；所列问题为复查结果所涉的问题
SELECT
    notice.number AS "文号",
    notice.issued_on AS "成文日期",
    item.filing_number AS "备案单号",
    item.name AS "政务新媒体名称",
    item.type AS "类型",
    item.organiser AS "所属组织",
    item.prefecture AS "地市",
    COALESCE(checked.problem, item.problem) AS "存在的突出问题",
    COALESCE(LABEL(checked.result), item.result) AS "复查结果",
    checked.reason AS "依据",
    MINUTE(checked.at) AS "复查时间",
    checked.source AS "所依台账"
FROM notice
JOIN STANDING_ITEM AS item ON item.notice_id = notice.id
LEFT JOIN RECHECKED AS checked ON checked.notice_id = item.notice_id AND checked.item = item.number
ORDER BY notice.issued_on, notice.id, item.number
