-- 多次被通报：在两个以上季度的检查中被通报不合格的账号；同一次检查的多份文件只计一次，已更正撤销的不计
WITH
failed AS (
    SELECT
        item.account_id,
        notice.issued_on,
        CAST(substr(CAST(notice.issued_on AS TEXT), 1, 4) AS INTEGER) * 4
            + (CAST(substr(CAST(notice.issued_on AS TEXT), 6, 2) AS INTEGER) - 1) / 3 AS issued,
        CAST(substr(MINUTE(sweep.as_of), 1, 4) AS INTEGER) * 4
            + (CAST(substr(MINUTE(sweep.as_of), 6, 2) AS INTEGER) - 1) / 3 AS inspected
    FROM notice
    JOIN STANDING_ITEM AS item ON item.notice_id = notice.id AND item.fails
    LEFT JOIN sweep ON sweep.id = notice.sweep_id
    WHERE item.account_id IS NOT NULL
),
dated AS (
    SELECT
        failed.account_id,
        failed.issued_on,
        COALESCE(
            failed.inspected,
            (
                SELECT max(own.inspected) FROM failed AS own
                WHERE own.account_id = failed.account_id AND failed.issued - own.issued IN (0, 1) AND own.inspected IS NOT NULL
            ),
            failed.issued
        ) AS round
    FROM failed
)
SELECT
    account.filing_number AS "备案单号",
    account.name AS "政务新媒体名称",
    account.type AS "类型",
    account.organiser AS "所属组织",
    account.prefecture AS "地市",
    count(DISTINCT dated.round) AS "通报次数",
    min(dated.issued_on) AS "首次通报",
    max(dated.issued_on) AS "最近通报"
FROM dated
JOIN account ON account.id = dated.account_id
GROUP BY account.id, account.filing_number, account.name, account.type, account.organiser, account.prefecture
HAVING count(DISTINCT dated.round) > 1
ORDER BY count(DISTINCT dated.round) DESC, account.id
