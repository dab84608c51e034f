import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import type { World } from '../../../engine/testing.ts'
import { mysqlSetting } from '../../../tasks/databases/mysql-setting.ts'
import { defaultIn, fileValue, sameValue, sqlValue } from '../../../tasks/databases/mysql/variables.ts'
import { suite } from '../../support/spec.ts'
import { mysql } from './servers.ts'

const test = suite('mysql-setting')

const folder = '/etc/my.cnf.d'
const file = `${folder}/99-coxswain-max_connections.cnf`

/** A server with a value of max_connections, and one for the next start. */
const server = (version: string, before: string, persisted?: string) => {
  const statements: string[] = []
  let [live, kept] = [before, persisted]
  const { patterns = [] } = mysql((sql) => {
    if (sql.startsWith('SELECT VERSION')) return `${version}\nmax_connections\t${live}\n`
    if (sql.startsWith('SELECT variable_value')) return kept === undefined ? '' : `${kept}\n`
    statements.push(sql)
    const [, scope, value = ''] = /^SET (\w+) max_connections = (.*);$/.exec(sql) ?? []
    if (scope !== 'PERSIST_ONLY' && scope !== undefined) live = value
    if (scope?.startsWith('PERSIST') === true) kept = value
    if (sql.startsWith('RESET')) kept = undefined
    return ''
  })
  const world: World = {
    files: { [`${folder}/server.cnf`]: '' },
    patterns: [
      ...patterns,
      [
        /^my_print_defaults mysqld server mariadb mariadbd$/,
        (_, files) => {
          const own = String(files.get(file)?.content ?? '')
          return `--max-connections=5\n${own === '' ? '' : `--max_connections=${own.split(' = ')[1]}`}`
        },
      ],
    ],
  }
  return { world, statements }
}

test('MariaDB: set now and in an option file of its own, and removed', async () => {
  const { world, statements } = server('10.11.6-MariaDB', '151')
  const run = await rehearse(mysqlSetting({ name: 'max_connections', value: 300 }), world)
  assert.is(run.outcome, 'changed', String(run.error))
  assert.equal(statements, ['SET GLOBAL max_connections = 300;'])
  assert.is(run.files.get(file)?.content, '[mysqld]\nmax_connections = 300\n')
  assert.equal(run.changes, [
    { what: 'max_connections', from: '151', to: '300' },
    { what: 'max_connections at the next start', from: '5', to: '300' },
  ])
  const gone = await rehearse(mysqlSetting({ name: 'max_connections', state: 'absent' }), {
    ...world,
    files: { ...world.files, [file]: 'x = 300\n' },
  })
  assert.equal([gone.outcome, gone.files.has(file)], ['changed', false], String(gone.error))
})

test('MySQL: SET PERSIST, or SET PERSIST_ONLY for the next start', async () => {
  const { world, statements } = server('8.0.36', '151')
  assert.is(
    (await rehearse(mysqlSetting({ name: 'max_connections', value: '1K' }), world)).outcome,
    'changed',
  )
  const later = server('8.4.0', '151')
  const task = mysqlSetting({ name: 'max_connections', value: 10, nextStart: true })
  assert.is((await rehearse(task, later.world)).outcome, 'changed')
  const gone = server('8.4.0', '151', '10')
  await rehearse(mysqlSetting({ name: 'max_connections', state: 'absent' }), gone.world)
  assert.equal(
    [statements, later.statements, gone.statements],
    [
      ['SET PERSIST max_connections = 1024;'],
      ['SET PERSIST_ONLY max_connections = 10;'],
      ['RESET PERSIST IF EXISTS max_connections;'],
    ],
  )
})

test('values that mean the same', () => {
  assert.ok(sameValue('16777216', '16M') && sameValue('ON', '1') && sameValue('utf8mb4', 'UTF8MB4'))
  assert.not.ok(sameValue('16777216', '16') || sameValue(undefined, ''))
  assert.not.ok(sameValue('/data/A', '/data/a') || sameValue('SET NAMES x', 'set names X'))
  assert.not.ok(sameValue('9223372036854775807', '9223372036854775806'))
  assert.ok(sameValue('1.500000', '1.5') && sameValue('0.000', '0') && sameValue('10', '010'))
  assert.ok(sameValue('STRICT_TRANS_TABLES,NO_ZERO_DATE', 'strict_trans_tables,no_zero_date'))
  assert.is(sqlValue('9223372036854775807').text, '9223372036854775807')
  assert.equal([fileValue('256M'), fileValue('a b#c\\d')], ['256M', String.raw`"a b#c\\d"`])
  assert.is(defaultIn('--a=1\n--slow-query-log\n--a=2\n', 'slow_query_log'), 'ON')
  assert.is(defaultIn('--a-b=1\n--a_b=2\n--a_bc=3\n', 'a_b'), '2')
})

test('without a client it is unknown; a variable that does not exist is an error', async () => {
  const task = mysqlSetting({ name: 'max_connections', value: 1 })
  assert.is(
    (
      await rehearse(
        task,
        mysql(() => ({ code: 127 })),
      )
    ).predicted,
    'unknown',
  )
  const none = await rehearse(
    task,
    mysql(() => '10.11-MariaDB\n'),
  )
  assert.match(String(none.error), 'does not have the variable max_connections')
  assert.throws(() => mysqlSetting({ name: 'x = 1', value: 1 }), /name of a system variable/)
  assert.throws(() => mysqlSetting({ name: 'x', value: 'a\nb' }), /control characters/)
  assert.throws(() => mysqlSetting({ name: 'x' }), /a value is needed/)
})
