import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import type { Reply, ScriptedFile, World } from '../../../engine/testing.ts'
import { mebibytesOf, swap } from '../../../tasks/system/swap.ts'
import { rejects } from '../../support/rejects.ts'
import { sent, sentPattern } from '../../support/sent.ts'
import { suite } from '../../support/spec.ts'

const test = suite('swap')
const path = '/swap/a b'
const quoted = "'/swap/a b'"
const header = 'Filename Type Size Used Priority\n'
const live = (priority: number): string => `${header}/swap/a\\040b file 1 0 ${priority}\n`
const file = (mebibytes: number): ScriptedFile => ({
  content: Buffer.alloc(mebibytes * 1024 * 1024),
  mode: '0600',
})
const entry = '/swap/a\\040b none swap sw 0 0\n'

const sets =
  (swaps: string): Reply =>
  (_, files) => {
    files.set('/proc/swaps', { content: swaps })
    return ''
  }

const openFolder = sentPattern('tasks/system/swap-folder.sh')

/** A host whose kernel accepts swap; `signed`: whether the file at the path is a swap file. */
const host = (files: World['files'] = {}, { signed = true, free = 1024 * 1024 } = {}): World => ({
  files: { '/proc/swaps': header, '/etc/fstab': '', ...files },
  replies: {
    [`readlink -f ${quoted}`]: `${path}\n`,
    [`rm -f '${path}.coxswain-new'`]: '',
    "df -Pk /swap | awk 'NR == 2 { print $4 }'": `${free}\n`,
    [`mv -f '${path}.coxswain-new' ${quoted}`]: (_, all) => {
      all.set(path, all.get(`${path}.coxswain-new`) ?? { content: '' })
      all.delete(`${path}.coxswain-new`)
      return ''
    },
    [`swapon  ${quoted}`]: sets(live(-2)),
    [`swapon -p 9 ${quoted}`]: sets(live(9)),
    [`swapoff ${quoted}`]: sets(header),
  },
  patterns: [
    [openFolder, ''],
    [sentPattern('tasks/system/swap-signature.sh'), { code: signed ? 0 : 1 }],
    [
      sentPattern('tasks/system/swap-make.sh'),
      ({ script }, all) => {
        all.set(`${path}.coxswain-new`, file(Number(/ (\d+)\n/.exec(script)?.[1])))
        return ''
      },
    ],
  ],
})

/** The first words of each command of an apply. */
const verbs = (commands: readonly string[]): string[] => commands.map((text) => text.split(' ')[0] ?? '')

test('sizes are powers of 1024', () =>
  assert.equal(['512M', '2G', '1T'].map(mebibytesOf), [512, 2048, 1024 * 1024]))

test('created beside its place, readable by root only, used now and at the next boot', async () => {
  const run = await rehearse(swap({ path, size: '2M' }), host())
  assert.is(run.outcome, 'changed', String(run.error))
  assert.equal(run.changes, [
    { what: path, from: undefined, to: 'a swap file of 2M' },
    { what: `swap on ${path}`, from: 'off', to: 'on' },
    { what: '/etc/fstab', from: '', to: entry },
  ])
  assert.is(run.commands.apply[1], sent('tasks/system/swap-make.sh', `${path}.coxswain-new`, 2))
  assert.equal(verbs(run.commands.apply), ['rm', 'set', 'mv', 'swapon'])
  assert.is(run.files.get('/etc/fstab')?.content, entry)
})

test('an up-to-date swap file is ok', async () => {
  const files = { [path]: file(2), '/proc/swaps': live(-2), '/etc/fstab': entry }
  assert.is((await rehearse(swap({ path, size: '2M' }), host(files))).outcome, 'ok')
})

test('another size, priority or mode; only the needed steps are done', async () => {
  const files = { [path]: file(2), '/proc/swaps': live(-2), '/etc/fstab': entry }
  const larger = await rehearse(swap({ path, size: '3M' }), host(files))
  assert.equal(verbs(larger.commands.apply), ['rm', 'set', 'swapoff', 'mv', 'swapon'])
  const first = await rehearse(swap({ path, size: '2M', priority: 9 }), host(files))
  assert.equal(first.commands.apply, [`swapoff ${quoted}`, `swapon -p 9 ${quoted}`])
  assert.equal(first.changes[0], { what: `priority of ${path}`, from: '-2', to: '9' })
  const open = await rehearse(
    swap({ path, size: '2M' }),
    host({ ...files, [path]: { ...file(2), mode: '0644' } }),
  )
  assert.equal(open.commands.apply, [])
  assert.is(open.files.get(path)?.mode, '0600')
})

test('absent is off, removed from the table, and deleted', async () => {
  const files = { [path]: file(2), '/proc/swaps': live(-2), '/etc/fstab': `# ours\n${entry}` }
  const run = await rehearse(swap({ path, state: 'absent' }), host(files))
  assert.equal(run.commands.apply, [`swapoff ${quoted}`])
  assert.is(run.files.get('/etc/fstab')?.content, '# ours\n')
  assert.not.ok(run.files.has(path))
  assert.is((await rehearse(swap({ path, state: 'absent' }), host())).outcome, 'ok')
})

test('a file that is not a swap file stays unchanged, also under --check', async () => {
  for (const given of [{ size: '2M' }, { state: 'absent' }] as const) {
    const run = await rehearse(swap({ path, ...given }), host({ [path]: file(2) }, { signed: false }))
    assert.is(run.predicted, 'failed')
    assert.match(String(run.error), '/swap/a b exists, but is not a swap file')
    assert.equal(run.commands.apply, [])
  }
})

const folder = { '/swap': { content: '', type: 'directory' } } as const

test('not enough space, and a kernel that refuses it: no files are left', async () => {
  const full = await rehearse(swap({ path, size: '2M' }), host(folder, { free: 1024 }))
  assert.match(String(full.error), 'not enough free space for 2M in /swap')
  assert.is(full.predicted, 'failed')
  const world = host()
  const refused = await rehearse(swap({ path, size: '2M' }), {
    ...world,
    replies: { ...world.replies, [`swapon  ${quoted}`]: { code: 255, stderr: 'Invalid argument' } },
  })
  assert.match(String(refused.error), 'the kernel refuses /swap/a b as swap')
  assert.not.ok(refused.files.has(path))
  assert.is(refused.files.get('/etc/fstab')?.content, '')
})

test('a size is required, with a supported unit', async () => {
  await rejects(() => swap({ path }), 'params-invalid', 'size is required')
  await rejects(() => swap({ path, size: '2GB' }), 'params-invalid', 'such as 512M or 2G')
  await rejects(() => swap({ path, size: '1G', priority: 40_000 }), 'params-invalid', 'priority')
})

test('a folder that users other than root can change is refused before anything is created in it', async () => {
  const world = host(folder)
  const open: World = { ...world, patterns: [[openFolder, '/swap\n'], ...(world.patterns ?? [])] }
  const run = await rehearse(swap({ path, size: '1M' }), open)
  assert.match(String(run.error), 'users other than root can change /swap')
  assert.is(run.predicted, 'failed')
  assert.is(
    run.commands.apply.some((command) => sentPattern('tasks/system/swap-make.sh').test(command)),
    false,
  )
})

test('the draft of an interrupted run is removed in every state', async () => {
  const left = {
    [path]: file(1),
    [`${path}.coxswain-new`]: file(1),
    '/etc/fstab': entry,
    '/proc/swaps': live(-2),
  }
  const change = { what: `${path}.coxswain-new`, from: 'left by an interrupted run', to: undefined }
  const present = await rehearse(swap({ path, size: '1M' }), host(left))
  assert.is(present.outcome, 'changed', String(present.error))
  assert.equal([present.changes, present.commands.apply], [[change], []])
  assert.ok(present.files.has(path) && !present.files.has(`${path}.coxswain-new`))
  const alone = { [`${path}.coxswain-new`]: file(1) }
  for (const files of [left, alone]) {
    const absent = await rehearse(swap({ path, state: 'absent' }), host(files))
    assert.is(absent.outcome, 'changed', String(absent.error))
    assert.equal(
      [...absent.files.keys()].filter((name) => name.startsWith('/swap/')),
      [],
    )
  }
})
