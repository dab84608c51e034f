import * as assert from 'uvu/assert'
import type { LogEntry } from '../../../engine/connection/scripted.ts'
import { rehearse } from '../../../engine/testing.ts'
import type { World } from '../../../engine/testing.ts'
import { directory } from '../../../tasks/files/directory.ts'
import { permissions } from '../../../tasks/files/permissions.ts'
import { suite } from '../../support/spec.ts'

const test = suite('permissions')

test('owner and mode of a file and of a folder are set, then ok', async () => {
  for (const type of ['file', 'directory'] as const) {
    const files = { '/a': { content: '', type, mode: '0777' } }
    const run = await rehearse(permissions({ path: '/a', mode: '0640', owner: 'ann' }), { files })
    assert.is(run.outcome, 'changed', String(run.error))
    assert.equal([run.files.get('/a')?.mode, run.files.get('/a')?.owner], ['0640', 'ann'])
  }
})

test('a missing path is not created', async () => {
  const run = await rehearse(permissions({ path: '/a', mode: '0640' }), {})
  assert.match(String(run.error), '/a does not exist')
  assert.is(run.files.has('/a'), false)
  assert.throws(() => permissions({ path: '/a' }), /an owner, a group or a mode/)
})

test('set-group-ID of a folder stays with three and four digits; five digits set the mode exactly', async () => {
  const of = async (mode: string) => {
    const files = { '/a': { content: '', type: 'directory' as const, mode: '2755' } }
    return (await rehearse(directory({ path: '/a', mode }), { files })).outcome
  }
  assert.equal([await of('0755'), await of('755'), await of('2755')], ['ok', 'ok', 'ok'])
  assert.is(await of('00755'), 'changed')
})

/** A folder with what find lists below it, and a reply for each change of modes. */
const tree = (first: string, then: string) => {
  let listing = first
  const sent: string[] = []
  return {
    sent,
    world: {
      files: {
        '/srv': { content: '', type: 'directory' as const, mode: '0755', owner: 'ann', group: 'ann' },
      },
      patterns: [
        [/find \. -mindepth 1 -exec/, () => listing],
        [/^date \+%s$/, '1000\n'],
        [
          /^ch(mod|own) /,
          ({ operation }: LogEntry) => {
            if (operation?.kind === 'each')
              sent.push([operation.owner, operation.mode, ...operation.names].join(' '))
            listing = then
            return ''
          },
        ],
      ],
    } satisfies World,
  }
}
const entry = (mode: number, owner: string, kind: string): string => `1 1 ${mode} 7 7 ${owner} ann ${kind}\n`

test('recurse sets what is below, but not links; X concerns folders and executable files only', async () => {
  const names = './in\0./in/run\0./in/text\0./link\0./right\0'
  const kinds = ['directory', 'regular file', 'regular empty file', 'symbolic link', 'regular file']
  const listed = (modes: readonly number[]): string =>
    `${kinds.map((kind, at) => entry(modes[at] ?? 0, 'ann', kind)).join('')}\n${names}`
  for (const task of [permissions, directory]) {
    const { world, sent } = tree(listed([700, 777, 666, 777, 644]), listed([755, 755, 644, 777, 644]))
    const run = await rehearse(task({ path: '/srv', mode: 'u=rwX,go=rX', recurse: true }), world)
    assert.is(run.outcome, 'changed', String(run.error))
    assert.equal(sent, [' 00755 ./in ./in/run', ' 00644 ./in/text'])
    assert.equal(
      run.changes.map(({ what }) => what),
      ['mode of /srv/in', 'mode of /srv/in/run', 'mode of /srv/in/text'],
    )
  }
})

test('recurse sets owners by name or number, and lists at most 50 changes', async () => {
  const listed = (owner: string): string =>
    `${entry(644, owner, 'regular file').repeat(60)}\n${Array.from({ length: 60 }, (_, at) => `./f${at}\0`).join('')}`
  const { world, sent } = tree(listed('root'), listed('ann'))
  const run = await rehearse(directory({ path: '/srv', owner: 'ann', recurse: true }), world)
  assert.is(run.outcome, 'changed', String(run.error))
  assert.is(run.changes.length, 51)
  assert.match(run.changes.at(-1)?.what ?? '', /^10 more .* below \/srv$/)
  assert.is(sent[0]?.split(' ').length, 62)
  const same = await rehearse(
    permissions({ path: '/srv', group: 'ann', owner: '1000', recurse: true }),
    tree(listed('root').replaceAll(' 7 7 ', ' 1000 7 '), '').world,
  )
  assert.is(same.outcome, 'ok', String(same.error))
})

test('recurse with a mode that closes folders, or without anything to set, is refused', () => {
  const refused = /with recurse, folders with the mode 0644 could not be entered: use a symbolic mode/
  assert.throws(() => directory({ path: '/a', mode: '0644', recurse: true }), refused)
  assert.throws(() => permissions({ path: '/a', mode: '0644', recurse: true }), refused)
  assert.throws(() => directory({ path: '/a', recurse: true }), /recurse needs an owner, a group or a mode/)
  directory({ path: '/a', mode: '0755', recurse: true })
})

test('what cannot be read below a folder is an error', async () => {
  const { world } = tree('', '')
  const cut = {
    ...world,
    patterns: [[/find \./, { code: 1, stderr: 'find: x' }], ...world.patterns.slice(1)],
  } satisfies World
  const run = await rehearse(permissions({ path: '/srv', owner: 'ann', recurse: true }), cut)
  assert.match(String(run.error), 'cannot read all of /srv')
})
