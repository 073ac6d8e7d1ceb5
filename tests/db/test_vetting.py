"""Statements of others on PostgreSQL: by no function or page of the server do contacts leave."""

from __future__ import annotations

import pytest
from postgres import Cluster
from samples import FILE, ODD, sql

import db
from mediawatch.domain import Contact, NewAccount, RegistryChanges, UserError
from mediawatch.ports import Store

TRICKS = (
    "select query_to_xml('select * from con'||'tact', true, true, '')",
    "select table_to_xml('contact'::regclass, true, true, '')",
    "select schema_to_xml('public', true, true, '')",
    "select database_to_xml(true, true, '')",
    "select cursor_to_xml('c', 1, true, true, '')",
    "select * from ts_stat('select person::tsvector from contact')",
    "select most_common_vals from pg_stats",
    "select * from pg_stat_activity",
    "select passwd from pg_shadow",
    "select lo_create(0)",
    "select lo_import('/etc/passwd')",
    "select pg_read_file('/etc/passwd')",
    "select * from pg_ls_dir('.')",
    "select pg_terminate_backend(0)",
    "select pg_sleep(0)",
    "select set_config('role', 'none', false)",
    "select current_setting('data_directory')",
    "select pg_advisory_lock(1)",
    "select nextval('account_id_seq')",
    "select * from dblink('', 'select 1') as t(a int)",
    "select row_to_json(c) from contact c",
    "select (select max(phone) from contact)",
    "select 1 where exists (table contact)",
    "select id from home",
    "select 1 from account order by pg_sleep(0)",
    "select 1 group by pg_sleep(0)",
    "select count(*) filter (where pg_sleep(0) is null) over () from account",
    "values (query_to_xml('select 1', true, true, ''))",
    "do $$ begin perform 1; end $$",
    "create function pg_temp.f() returns text language sql as 'select person from contact'",
    "select 1; select query_to_xml('select 1', true, true, '')",
    "select 1; commit; delete from contact",
    "select 1) as a; commit; delete from contact; select (1",
    "with gone as (delete from contact returning *) select * from gone",
    "copy contact to program 'cat'",
    "select * into taken from account",
)
HARMLESS = (
    "select 1, 1 -- two of one name",
    "select upper(name) || '\u53f7', count(*) over () from account;",
    "select to_char(now() at time zone 'Asia/Shanghai', 'YYYY'), current_date - date '2031-01-01'",
    "select platform, string_agg(name, '\u3001' order by name), json_agg(id) from account group by 1",
    "select jsonb_build_object('a', id), coalesce(name, '%'), name like '%s' from account",
    "select table_name from information_schema.tables",
    "table flagged",
    "values (1), (2)",
    "with recursive n(i) as (values (1) union all select i + 1 from n where i < 3) select * from n",
)


@pytest.fixture
async def filled(postgres: Cluster) -> tuple[Store, str]:
    url = postgres.migrated_url()
    store = await db.open_store(url)
    secret = Contact(person="\u5f20\u4e09\u4e30", phone="13900001111")
    new = (NewAccount(filed=ODD, contact=secret),)
    await store.accounts.apply(RegistryChanges(source=FILE, new=new))
    return store, url


async def test_no_trick_runs(filled: tuple[Store, str]) -> None:
    store, url = filled
    ran = []
    for trick in TRICKS:
        try:
            ran.append((trick, await store.queries.run(trick)))
        except UserError:
            continue
    await store.close()
    assert ran == []
    assert sql(url, "SELECT count(*) FROM contact") == [(1,)]


async def test_what_reports_need_runs(filled: tuple[Store, str]) -> None:
    store, _ = filled
    for statement in HARMLESS:
        assert (await store.queries.run(statement)).columns, statement
    with pytest.raises(UserError, match="may not use the function query_to_xml"):
        await store.queries.run(TRICKS[0])
    await store.close()
