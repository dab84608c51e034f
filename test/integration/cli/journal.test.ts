/** Journals of runs on this machine: bounded in size, readable after any damage, and never claiming more than happened. */
import { execFileSync } from 'node:child_process'
import { chmodSync, chownSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { eventsOf } from '../../support/run-cli.ts'
import { suite } from '../../support/spec.ts'
import { ended, go, localSite } from './local-site.ts'
import type { LocalSite } from './local-site.ts'

const test = suite('journal of runs')

let site: LocalSite
test.beforeEach(() => {
  site = localSite()
})
test.afterEach(() => site.remove())

test('very long output is kept at its start and its end, and the rest is counted', async () => {
  const [lines, length] = [200_000, 60]
  site.book(`command({ run: 'yes ${'x'.repeat(length - 1)} | head -n ${lines}; echo the end' })`)
  const junit = await site.run(['--output', 'junit'])
  ended(junit, 0, /… \d+ lines of output \(\d+ MB\) omitted …/, 'the end')
  const [name = ''] = site.journals()
  assert.ok(site.journal(name).length < 8_000_000, `${site.journal(name).length} bytes`)
  const json = await site.run(['--output', 'json'])
  ended(json, 0)
  const printed = eventsOf(json).flatMap((event) => (event.type === 'task-output' ? [event] : []))
  const dropped = printed.flatMap((event) => (event.dropped ? [event.dropped] : []))
  assert.is(dropped.length, 1)
  assert.is(printed.length - 1 + (dropped[0]?.lines ?? 0), lines + 1)
  assert.is(printed.at(-1)?.line, 'the end')
  // shown again, it is the same
  const again = await site.cli(['history', 'show', '2', '--output', 'json'])
  assert.is(again.stdout, json.stdout)
})

test('a change of a big file is kept at its start and its end', async () => {
  site.write('big', 'x'.repeat(3_000_000))
  site.book(`file({ path: '${site.folder}/target', content: 'y'.repeat(3_000_000) })`)
  ended(await site.run(), 0)
  const [name = ''] = site.journals()
  assert.ok(site.journal(name).length < 400_000)
})

test('a journal with a damaged middle is reported, and only tasks recorded there run again', async () => {
  site.book("say('one'), say('two'), fails('three')")
  ended(await site.run(), 2)
  const [name = ''] = site.journals()
  const lines = site.journal(name).split('\n')
  const end = lines.findIndex((line) => line.includes('"task-end"') && line.includes('"position":1'))
  writeFileSync(join(site.state, name), lines.with(end, '{"type":"task-end","time"\u0000').join('\n'))
  go(site)
  ended(await site.run(['--resume']), 0, 'the journal of run 1 is damaged')
  assert.equal(site.recorded(), ['one', 'two', 'three', 'two', 'three'])
})

const promise = 'runs in the next run'
const changing = (first = ''): void =>
  site.book(
    `${first} file({ path: '${site.folder}/changed', content: 'x' }, { notify: 'reload' }), fails('two')`,
  )

test('a due handler is in the journal before the change that notifies it', async () => {
  site.book(`command({ run: 'grep -q handlers-due ${site.state}/*.jsonl' }, { notify: 'reload' })`)
  ended(await site.run(), 0)
  assert.equal(site.recorded(), ['reload'])
})

test('--no-journal promises nothing', async () => {
  changing()
  const result = await site.run(['--no-journal'])
  ended(result, 2, /due: reload on here \(not remembered/)
  assert.not.match(result.stdout, promise)
  assert.not.match(result.stdout, '--resume')
  const json = await site.run(['--no-journal', '--output', 'json'])
  assert.match(json.stdout, '"forgotten":{}')
})

test('a state folder that cannot be created promises nothing, and this is reported before anything is done', async () => {
  changing()
  const env = { XDG_STATE_HOME: site.write('file', '') }
  const result = await site.run([], { env })
  ended(result, 2, /due: reload on here \(not remembered/)
  assert.not.match(result.stdout, promise)
  assert.not.match(result.stdout, '--resume continues')
  assert.ok(result.stdout.indexOf('and due handlers are lost') < result.stdout.indexOf('play 1/1'))
})

test('a state folder that is removed during a run: its promises are withdrawn immediately', async () => {
  changing(`command({ run: 'rm -rf ${site.state}' }),`)
  const result = await site.run()
  ended(
    result,
    2,
    /due: reload on here \(not remembered/,
    'handlers that become due from now on are not recorded',
  )
  assert.not.match(result.stdout, promise)
})

test(
  'a state folder that fills up during a run: only what is on the disk is promised',
  { needs: ['root', 'mounts'] },
  async () => {
    mkdirSync(site.state, { recursive: true })
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=256k,mode=700', 'tmpfs', site.state])
    try {
      site.book(
        `file({ path: '${site.folder}/a', content: 'x' }, { notify: 'reload' }),
         command({ run: 'dd if=/dev/zero of=${site.state}/full bs=4k 2>/dev/null || true' }),
         command({ run: 'yes 0123456789 | head -n 4000' }),
         file({ path: '${site.folder}/b', content: 'x' }, { notify: 'other' }), fails('two')`,
        { handlers: "other: say('other')" },
      )
      const result = await site.run()
      ended(
        result,
        2,
        'handlers that become due from now on are not recorded',
        /due: reload on here \(runs in the next run\)/,
        /due: other on here \(not remembered/,
      )
      rmSync(join(site.state, 'full'))
      go(site)
      ended(await site.run(), 0, 'due from an earlier run: reload on here')
      assert.equal(site.recorded(), ['two', 'two', 'reload'])
      // full from the start
      execFileSync('sh', ['-c', `dd if=/dev/zero of=${site.state}/full bs=4k 2>/dev/null || true`])
      ended(await site.run(), 0, 'this run is not recorded')
    } finally {
      execFileSync('umount', [site.state])
    }
  },
)

test('a state folder that other users can write is neither read nor written', async () => {
  site.book("say('one')")
  mkdirSync(site.state)
  chmodSync(site.state, 0o777)
  ended(await site.run(), 0, 'this run is not recorded', 'other users can write to')
  assert.equal(readdirSync(site.state), [])
  ended(await site.run(['--resume']), 0, 'earlier runs are not read')
})

test('a state folder of another user is neither read nor written', { needs: ['root'] }, async () => {
  site.book("say('one')")
  mkdirSync(site.state)
  chownSync(site.state, 65534, 65534)
  ended(await site.run(), 0, 'belongs to another user')
  assert.equal(readdirSync(site.state), [])
})

test('concurrent runs of one playbook keep their journals complete, while old ones are removed', async () => {
  site.book("say('one')")
  const env = { COXSWAIN_STATE_KEEP: '4' }
  for (let times = 0; times < 4; times += 1) ended(await site.run([], { env }), 0)
  const results = await Promise.all(Array.from({ length: 6 }, () => site.beside(['--no-lock'], { env })))
  for (const result of results) {
    ended(result, 0)
    assert.not.match(result.stdout + result.stderr, /journal|recorded/)
  }
  const names = site.journals()
  assert.is(new Set(names.map((name) => name.slice(0, 6))).size, names.length)
  assert.is(names.at(-1)?.slice(0, 6), '000010')
  for (const name of names) {
    const types = site
      .journal(name)
      .trim()
      .split('\n')
      .map((line): unknown => JSON.parse(line).type)
    assert.equal([types[0], types.at(-1)], ['journal', 'journal-end'])
  }
  assert.equal(readdirSync(site.state).toSorted(), ['key', ...names].toSorted())
})

test('history prunes by number, age and size, and keeps what the next run needs', async () => {
  changing()
  for (let times = 0; times < 3; times += 1) ended(await site.run(), 2)
  writeFileSync(join(site.state, '000001.jsonl'), 'of an earlier version')
  const [first = '', second = '', third = ''] = site.journals().filter((name) => name.includes('-'))
  ended(
    await site.cli(['history', 'prune', '--keep', '2']),
    0,
    /removed: 1 run \(.*1 journal of earlier versions; left: 2 runs/,
  )
  assert.equal(site.journals(), [second, third])
  assert.not.ok(site.journals().includes(first))
  ended(await site.cli(['history', 'prune', '--mib', '0']), 0, 'removed: 1 run')
  // a handler is due after it
  ended(await site.cli(['history', 'prune', '--days', '0']), 0, 'removed: 0 runs')
  go(site)
  ended(await site.run(), 0, 'due from an earlier run: reload on here')
  ended(await site.cli(['history', 'prune', '--days', '0']), 0, 'removed: 2 runs', 'left: 0 runs')
  ended(await site.cli(['history', 'prune', '--days', 'x']), 1, 'integer')
})
