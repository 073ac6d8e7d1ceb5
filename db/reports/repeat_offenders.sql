-- 多次不合格:在两次以上全部账号检查中不合格的账号
SELECT
    account.filing_number AS "备案单号",
    account.name AS "政务新媒体名称",
    account.type AS "类型",
    account.organiser AS "所属组织",
    account.prefecture AS "地市",
    count(*) AS "不合格次数",
    MINUTE(min(sweep.as_of)) AS "首次监测时间点",
    MINUTE(max(sweep.as_of)) AS "末次监测时间点"
FROM sweep
JOIN sweep_account ON sweep_account.sweep_id = sweep.id AND sweep_account.verdict = 'failed'
JOIN account ON account.id = sweep_account.account_id
WHERE sweep.state = 'finished' AND sweep.scope = 'all'
GROUP BY account.id, account.filing_number, account.name, account.type, account.organiser, account.prefecture
HAVING count(*) > 1
ORDER BY count(*) DESC, account.id
