-- 多次被通报:在两期以上通报中不合格的账号,已更正撤销的不计
SELECT
    account.filing_number AS "备案单号",
    account.name AS "政务新媒体名称",
    account.type AS "类型",
    account.organiser AS "所属组织",
    account.prefecture AS "地市",
    count(DISTINCT notice.id) AS "通报次数",
    min(notice.issued_on) AS "首次通报",
    max(notice.issued_on) AS "最近通报"
FROM notice
JOIN STANDING_ITEM AS item ON item.notice_id = notice.id AND item.fails
JOIN account ON account.id = item.account_id
GROUP BY account.id, account.filing_number, account.name, account.type, account.organiser, account.prefecture
HAVING count(DISTINCT notice.id) > 1
ORDER BY count(DISTINCT notice.id) DESC, account.id
