-- 最久未见更新：在册账号按至今所知的最近更新排列；日期是下限，不等于其后无更新
SELECT
    account.filing_number AS "备案单号",
    account.name AS "政务新媒体名称",
    account.type AS "类型",
    account.organiser AS "所属组织",
    account.prefecture AS "地市",
    account_state.latest_on AS "已知最近更新",
    CASE WHEN account_state.exact_reading_id = account_state.last_reading_id THEN '确定为最新' ELSE '不早于' END AS "日期性质",
    MINUTE(account_state.last_read_at) AS "最近核查",
    LABEL(account_state.last_outcome) AS "核查情况"
FROM account_state
JOIN account ON account.id = account_state.account_id
WHERE account_state.latest_on IS NOT NULL AND account.retired_on IS NULL AND account.status IN ('running', 'closing')
ORDER BY account_state.latest_on, account.id
