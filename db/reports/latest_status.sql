-- 账号现状：每个在册账号最近一次的结论，以及至今所知的最近更新
SELECT
    account.id AS "编号",
    account.filing_number AS "备案单号",
    account.name AS "政务新媒体名称",
    account.type AS "类型",
    account.organiser AS "所属组织",
    account.supervisor AS "主管单位",
    account.prefecture AS "地市",
    account.county AS "县区",
    LABEL(account.status) AS "运行状态",
    LABEL(judged.verdict) AS "结论",
    judged.sentence AS "说明",
    account_state.latest_on AS "已知最近更新",
    account_state.name_seen AS "平台现名",
    MINUTE(account_state.last_read_at) AS "最近核查",
    LABEL(account_state.last_outcome) AS "核查情况",
    judged.sweep_id AS "检查批次"
FROM account
LEFT JOIN account_state ON account_state.account_id = account.id
LEFT JOIN REVIEWED AS judged
    ON judged.account_id = account.id
    AND judged.sweep_id = (
        SELECT max(each.sweep_id)
        FROM sweep_account AS each
        WHERE each.account_id = account.id AND each.verdict IS NOT NULL
    )
WHERE account.retired_on IS NULL
ORDER BY account.id
