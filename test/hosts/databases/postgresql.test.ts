/** PostgreSQL of Debian: what the tasks make is judged by the server. */
import * as assert from 'uvu/assert'
import { Secret } from '../../../engine/secret.ts'
import {
  postgresqlDatabase,
  postgresqlExtension,
  postgresqlGrant,
  postgresqlSetting,
  postgresqlUser,
} from '../../../tasks/index.ts'
import { realHosts } from '../../support/real-host.ts'
import { suite } from '../../support/spec.ts'

const test = suite('PostgreSQL on a real host')

/** A name and a password that would be syntax if they were not quoted. */
const odd = `a"b'c\\d; --`
const password = `it's $1 "x" \\ ü`

for (const host of realHosts('databases')) {
  const psql = async (sql: string, more = ''): Promise<string> => {
    const folder = await host.files()
    assert.ok(folder.startsWith('/proc/'))
    return (await host.sh(`cd /; su postgres -s /bin/sh -c 'psql -XAtq ${more}' <<'END'\n${sql}\nEND`)).trim()
  }
  const logsIn = (secret: string, user = 'shop'): Promise<string> =>
    host.sh(
      `PGPASSWORD=$(cat <<'END'\n${secret}\nEND\n) psql -XAtq -h 127.0.0.1 -U ${user} postgres -c 'select current_user' 2>&1 || true`,
    )

  test(`${host.name}: users with their passwords and attributes`, async () => {
    await host.proves(postgresqlUser({ name: 'shop', password: new Secret(password) }))
    assert.is((await logsIn(password)).trim(), 'shop')
    assert.match(await logsIn('wrong'), 'authentication failed')
    await host.proves(
      postgresqlUser({ name: 'shop', password: new Secret('other'), createDb: true, connections: 5 }),
    )
    assert.is((await logsIn('other')).trim(), 'shop')
    assert.is(
      await psql("select rolcreatedb, rolconnlimit, rolsuper from pg_roles where rolname = 'shop'"),
      't|5|f',
    )
    await host.finds(postgresqlUser({ name: 'shop', login: true, superuser: 'no' }))
    await host.proves(postgresqlUser({ name: 'staff', login: false }))
    await host.proves(postgresqlUser({ name: 'shop', memberOf: 'staff', createDb: false }))
    assert.is(await psql("select pg_has_role('shop', 'staff', 'member')"), 't')
    await host.proves(postgresqlUser({ name: odd, password: new Secret(odd) }))
    assert.is(await psql("select count(*) from pg_roles where rolname like 'a%'"), '1')
    await host.proves(postgresqlUser({ name: odd, state: 'absent' }))
  })

  test(`${host.name}: a password that the server keeps as MD5 is known, too`, async () => {
    await psql("set password_encryption = 'md5'; alter role shop password 'old'")
    await host.finds(postgresqlUser({ name: 'shop', password: new Secret('old') }))
    await host.proves(postgresqlUser({ name: 'shop', password: new Secret('new') }))
    assert.match(await psql("select rolpassword from pg_authid where rolname = 'shop'"), /^SCRAM/)
  })

  test(`${host.name}: databases with their owner and encoding`, async () => {
    await host.proves(
      postgresqlDatabase({
        name: 'shop',
        owner: 'shop',
        encoding: 'UTF-8',
        template: 'template0',
        collate: 'C',
        ctype: 'C.UTF-8',
      }),
    )
    assert.is(
      await psql(
        "select pg_get_userbyid(datdba), pg_encoding_to_char(encoding), datcollate from pg_database where datname = 'shop'",
      ),
      'shop|UTF8|C',
    )
    await host.proves(postgresqlDatabase({ name: 'shop', owner: 'postgres' }))
    assert.match(
      await host.refuses(postgresqlDatabase({ name: 'shop', encoding: 'LATIN1' })),
      'cannot be changed',
    )
    await host.proves(postgresqlDatabase({ name: odd }))
    assert.is(await psql("select count(*) from pg_database where datname like 'a%'"), '1')
    await host.proves(postgresqlDatabase({ name: odd, state: 'absent' }))
    await host.finds(postgresqlDatabase({ name: odd, state: 'absent' }))
    assert.is(
      (await host.execute(postgresqlExtension({ name: 'pg_trgm', database: 'none' }), true)).outcome,
      'unknown',
    )
    assert.match(await host.refuses(postgresqlDatabase({ name: 'x', port: 5999 })), 'does not answer')
  })

  test(`${host.name}: extensions`, async () => {
    await host.proves(postgresqlExtension({ name: 'pg_trgm', database: 'shop', version: '1.5' }))
    await host.finds(postgresqlExtension({ name: 'pg_trgm', database: 'shop' }))
    await host.proves(postgresqlExtension({ name: 'pg_trgm', database: 'shop', version: '1.6' }))
    assert.is(await psql('select extversion from pg_extension where extname = $$pg_trgm$$', '-d shop'), '1.6')
    await host.proves(postgresqlExtension({ name: 'pg_trgm', database: 'shop', state: 'absent' }))
    await host.refuses(postgresqlExtension({ name: 'never-there', database: 'shop' }))
  })

  test(`${host.name}: privileges on a database, a schema, tables and sequences`, async () => {
    await psql('create table "odd ""t" (id serial); create table b (x int)', '-d shop')
    const may = (sql: string): Promise<string> => psql(sql, '-d shop')
    await host.proves(postgresqlGrant({ role: 'shop', database: 'shop', privileges: 'create,connect' }))
    await host.proves(postgresqlGrant({ role: 'shop', database: 'shop', on: 'schema', privileges: 'all' }))
    await host.proves(
      postgresqlGrant({ role: 'shop', database: 'shop', on: 'tables', privileges: 'SELECT,INSERT' }),
    )
    await host.proves(postgresqlGrant({ role: 'shop', database: 'shop', on: 'sequences', privileges: 'all' }))
    assert.is(
      await may(
        `select has_table_privilege('shop', '"odd ""t"', 'insert'), has_table_privilege('shop', 'b', 'delete')`,
      ),
      't|f',
    )
    await host.proves(
      postgresqlGrant({
        role: 'shop',
        database: 'shop',
        on: 'tables',
        names: 'b',
        privileges: 'select',
        state: 'absent',
      }),
    )
    assert.is(
      await may(
        `select has_table_privilege('shop', 'b', 'select'), has_table_privilege('shop', 'b', 'insert')`,
      ),
      'f|t',
    )
    // all roles can connect by default
    await host.proves(
      postgresqlGrant({ role: 'public', database: 'shop', privileges: 'all', state: 'absent' }),
    )
    assert.is(await may("select has_database_privilege('staff', 'shop', 'connect')"), 'f')
    assert.is(
      (
        await host.execute(
          postgresqlGrant({ role: 'nobody-there', database: 'shop', privileges: 'all' }),
          true,
        )
      ).outcome,
      'unknown',
    )
  })

  test(`${host.name}: settings of the server`, async () => {
    await host.proves(postgresqlSetting({ name: 'log_min_duration_statement', value: '500ms' }))
    assert.is(await psql('show log_min_duration_statement'), '500ms')
    await host.proves(
      postgresqlSetting({ name: 'shared_preload_libraries', value: ['pg_stat_statements', 'auto_explain'] }),
    )
    assert.match(
      await host.refuses(postgresqlSetting({ name: 'auto_explain.log_min_duration', value: 1 })),
      'has not loaded',
    )
    await host.sh('pg_ctlcluster 15 main restart')
    await host.proves(postgresqlSetting({ name: 'auto_explain.log_min_duration', value: '1s' }))
    assert.is(await psql('show shared_preload_libraries'), 'pg_stat_statements, auto_explain')
    assert.is(await psql('show auto_explain.log_min_duration'), '1s')
    await host.proves(postgresqlSetting({ name: 'log_min_duration_statement', state: 'absent' }))
    assert.is(await psql('show log_min_duration_statement'), '-1')
    assert.match(
      await host.refuses(postgresqlSetting({ name: 'no_such_thing', value: 1 })),
      'does not have the setting',
    )
  })
}
