import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import { postgresqlSetting } from '../../../tasks/databases/postgresql-setting.ts'
import { suite } from '../../support/spec.ts'
import { postgresql } from './servers.ts'

const test = suite('postgresql-setting')

const server = (before: string | null, known = true) => {
  const statements: string[] = []
  let written = before
  const world = postgresql((sql) => {
    if (sql.startsWith('SELECT json')) return `${JSON.stringify({ known, written, restart: true })}\n`
    statements.push(sql)
    if (sql.includes(' RESET ')) written = null
    const values = [...sql.matchAll(/'((?:[^']|'')*)'/g)].map(([, value = '']) => value.replaceAll("''", "'"))
    if (sql.includes(' SET ')) written = values.join(', ')
    return ''
  })
  return { world, statements }
}

test('set, as a list, and removed; the configuration is read again', async () => {
  const one = server(null)
  const run = await rehearse(postgresqlSetting({ name: 'work_mem', value: "it's" }), one.world)
  assert.equal(run.changes, [{ what: 'setting work_mem', from: undefined, to: "it's" }])
  assert.equal(one.statements, ["ALTER SYSTEM SET work_mem = 'it''s'", 'SELECT pg_reload_conf();'])
  const list = server('a')
  await rehearse(postgresqlSetting({ name: 'shared_preload_libraries', value: ['a', 'b'] }), list.world)
  assert.is(list.statements[0], "ALTER SYSTEM SET shared_preload_libraries = 'a', 'b'")
  assert.is(
    (await rehearse(postgresqlSetting({ name: 'x', value: ['a', 'b'] }), server('a,b').world)).outcome,
    'ok',
  )
  assert.is((await rehearse(postgresqlSetting({ name: 'x', value: true }), server('on').world)).outcome, 'ok')
  const gone = server('1')
  await rehearse(postgresqlSetting({ name: 'x', state: 'absent' }), gone.world)
  assert.is(gone.statements[0], 'ALTER SYSTEM RESET x')
})

test('a setting that the server does not have is refused; that of an extension is unknown', async () => {
  const run = await rehearse(postgresqlSetting({ name: 'x', value: 1 }), server(null, false).world)
  assert.equal([run.predicted, run.outcome], ['failed', 'failed'])
  const later = await rehearse(postgresqlSetting({ name: 'x.y', value: 1 }), server(null, false).world)
  assert.equal([later.predicted, later.outcome], ['unknown', 'failed'])
  for (const name of ['a b', 'a;b', 'a.b.c', ''])
    assert.throws(() => postgresqlSetting({ name, value: 1 }), /name of a setting/)
  assert.throws(() => postgresqlSetting({ name: 'x' }), /a value is needed/)
})
