import { mkdirSync, readFileSync, readdirSync, statSync } from 'node:fs'
import * as assert from 'uvu/assert'
import { scripted } from '../../../engine/connection/scripted.ts'
import type { Connection } from '../../../engine/connection/types.ts'
import { standaloneRun } from '../../../engine/run/task/standalone-run.ts'
import { rehearse } from '../../../engine/testing.ts'
import { fetch } from '../../../tasks/files/fetch.ts'
import { folderOf } from '../../support/folder.ts'
import { suite } from '../../support/spec.ts'

const test = suite('fetch')
const folder = folderOf(test)

test('each host has its own place, readable by the user only', async () => {
  const task = fetch({ src: '/etc/a b', dest: folder.at('all') })
  const run = await rehearse(task, { files: { '/etc/a b': 'x\n' } })
  assert.is(run.outcome, 'changed', String(run.error))
  assert.equal(run.commands, { check: [], apply: [] })
  const place = folder.at('all/host/etc/a b')
  assert.is(readFileSync(place, 'utf8'), 'x\n')
  assert.is(statSync(place).mode & 0o777, 0o600)
  assert.equal(readdirSync(folder.at('all/host/etc')), ['a b'])
  assert.equal(run.changes, [{ what: `${place} here`, from: undefined, to: 'sha256 73cb3858a687…' }])
  assert.is((await rehearse(task, { files: { '/etc/a b': 'x\n' } })).outcome, 'ok')
})

test('the pieces of a big file are joined', async () => {
  const content = Buffer.alloc(20_000_000, 'abcdefg')
  const task = fetch({ src: '/big', dest: folder.at('big'), flat: true })
  const run = await rehearse(task, { files: { '/big': { content } } })
  assert.is(run.outcome, 'changed', String(run.error))
  assert.ok(readFileSync(folder.at('big')).equals(content))
})

test('a name that begins with two dots is a valid name', async () => {
  const run = await rehearse(fetch({ src: '/..data/f', dest: folder.at('dots') }), {
    files: { '/..data/f': 'x' },
  })
  assert.is(run.outcome, 'changed', String(run.error))
})

test('a missing file is an error, or ok with optional', async () => {
  const none = { src: '/none', dest: folder.at('x'), flat: true }
  assert.match(String((await rehearse(fetch(none), {})).error), 'the file /none does not exist')
  assert.is((await rehearse(fetch({ ...none, optional: true }), {})).outcome, 'ok')
  assert.equal(readdirSync(folder.path).includes('x'), false)
})

test('a path that leads elsewhere, and a folder at the destination, are refused', async () => {
  const refused = async (given: Parameters<typeof fetch>[0]): Promise<string> =>
    String((await rehearse(fetch(given), { files: { '/etc/a': 'x', '/x': 'x' } })).error)
  assert.match(await refused({ src: '/../../x', dest: folder.at('all') }), 'is not below')
  mkdirSync(folder.at('way'))
  assert.match(await refused({ src: '/etc/a', dest: folder.at('way'), flat: true }), 'is not a file')
  assert.throws(() => fetch({ src: 'etc', dest: 'x' }), /src/)
})

test('a file that changes meanwhile replaces nothing', async () => {
  const inner = scripted({ files: { '/log': 'one line\n' } })
  const growing: Connection = {
    ...inner,
    execute: (request) => {
      if (request.operation?.kind === 'read') inner.files.set('/log', { content: 'one line\nmore\n' })
      return inner.execute(request)
    },
  }
  const place = folder.write('kept', 'old')
  const task = fetch({ src: '/log', dest: place, flat: true })
  const { outcome, error } = await standaloneRun(new Map([['host', growing]]))(task, false)
  assert.is(outcome, 'failed')
  assert.match(String(error), 'the host sent more of /log than')
  assert.is(readFileSync(place, 'utf8'), 'old')
  assert.equal(
    readdirSync(folder.path).filter((name) => name.startsWith('.')),
    [],
  )
})

test('a host that sends more than it announced does not fill the disk', async () => {
  const inner = scripted({ files: { '/log': 'one line\n' } })
  let sent = 0
  const lying: Connection = {
    ...inner,
    execute: async (request) => {
      const result = await inner.execute(request)
      if (request.operation?.kind !== 'read') return result
      sent += 1
      // a full piece means that another one follows
      return sent > 100 ? result : { ...result, stdout: Buffer.alloc(8 * 1024 * 1024) }
    },
  }
  const task = fetch({ src: '/log', dest: folder.at('lying'), flat: true })
  const { outcome, error } = await standaloneRun(new Map([['host', lying]]))(task, false)
  assert.is(outcome, 'failed')
  assert.match(String(error), 'the host sent more of /log than the 9 bytes it announced')
  assert.is(sent, 1)
  assert.equal(
    readdirSync(folder.path).filter((name) => name.startsWith('.coxswain') || name === 'lying'),
    [],
  )
})
