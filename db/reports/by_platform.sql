-- 各平台检查情况：最近一次检查；应查数不含已关停和已注销的，重复备案的只计一次
SELECT
    platform AS "平台",
    sum(total) AS "应查数",
    sum(concluded) AS "有结论数",
    sum(failed) AS "不合格数",
    sum(listed) AS "其他需关注情形",
    sum(open) AS "待核查"
FROM COUNTED AS counted
GROUP BY platform
ORDER BY min(account_id)
