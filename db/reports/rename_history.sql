-- 更名记录：备案名称的变更，以及平台现名与备案名称不同的账号
SELECT * FROM (
    SELECT
        account.filing_number AS "备案单号",
        account.type AS "类型",
        account.organiser AS "所属组织",
        account_change.old AS "原名称",
        account_change.new AS "新名称",
        MINUTE(source.at) AS "时间",
        '台账变更：' || source.file AS "依据"
    FROM account_change
    JOIN account ON account.id = account_change.account_id
    JOIN source ON source.id = account_change.source_id
    WHERE account_change.field = 'name'
    UNION ALL
    SELECT
        account.filing_number,
        account.type,
        account.organiser,
        account.name,
        account_state.name_seen,
        MINUTE(account_state.name_read_at),
        '平台显示'
    FROM account_state
    JOIN account ON account.id = account_state.account_id
    WHERE account_state.name_seen <> '' AND account_state.name_seen <> account.name AND account.retired_on IS NULL
) AS renamed
ORDER BY "时间", BYTES("备案单号"), BYTES("原名称"), BYTES("新名称"), BYTES("依据")
