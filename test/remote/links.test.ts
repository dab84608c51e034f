/** Writing in folders of other users: whose links are followed. */
import {
  chmodSync,
  chownSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { createRemote } from '../../engine/remote/remote.ts'
import type { Remote } from '../../engine/remote/types.ts'
import { folderOf } from '../support/folder.ts'
import { linkOf, other } from '../support/owners.ts'
import { rejects } from '../support/rejects.ts'
import { shellConnection } from '../support/shell-connection.ts'
import { suite } from '../support/spec.ts'

const test = suite('links of other users', { needs: ['root'] })
const { at } = folderOf(test)
const shells = ['sh']

/** A user's folder, and a folder that the user must not reach. */
const worlds = (name: string) => {
  const top = at(name)
  const [home, victim] = [join(top, 'home'), join(top, 'victim')]
  for (const path of [top, home, victim, join(home, 'd'), join(victim, 'sub')]) mkdirSync(path)
  for (const path of [join(home, 'f'), join(home, 'd/f'), join(victim, 'f'), join(victim, 'sub/f')])
    writeFileSync(path, 'old')
  for (const path of [home, join(home, 'd'), join(home, 'f'), join(home, 'd/f')])
    chownSync(path, other, other)
  return { top, home, victim }
}

const stateOf = (path: string): unknown => {
  const { uid, mode } = lstatSync(path)
  return [uid, mode, statSync(path).isDirectory() ? readdirSync(path) : readFileSync(path, 'utf8')]
}

const refusesAll = async (path: string, remote: Remote): Promise<void> => {
  const how = { owner: String(other), mode: '0666' }
  const refused = [
    () => remote.write(path, 'new', how),
    () => remote.write(path, 'new', { ...how, backup: true, validate: 'true %s' }),
    () => remote.setAttributes(path, how),
  ]
  for (const attempt of refused) {
    const error = await rejects(attempt, 'write-failed', path)
    assert.match(error.output ?? '', /others than root control/)
    assert.match(error.hint, 'follow=true')
  }
  await rejects(() => remote.read(path), 'read-failed', 'cannot read')
}

for (const shell of shells) {
  const remote = createRemote(shellConnection(shell))

  test(`${shell}: a link of the folder's owner to another user's file or folder is refused`, async () => {
    const { home, victim } = worlds(`refused-${shell}`)
    linkOf(other, join(victim, 'f'), join(home, 'to-file'))
    linkOf(other, victim, join(home, 'to-folder'))
    linkOf(other, '../victim', join(home, 'to-relative'))
    // root may have created it, but the owner of the folder can rename it
    linkOf(0, victim, join(home, 'of-root'))
    linkOf(other, 'to-file', join(home, 'twice'))
    const before = [
      stateOf(victim),
      stateOf(join(victim, 'f')),
      stateOf(join(victim, 'sub')),
      stateOf(join(victim, 'sub/f')),
    ]
    await refusesAll(join(home, 'to-file'), remote)
    await refusesAll(join(home, 'twice'), remote)
    for (const name of ['to-folder', 'to-relative', 'of-root']) {
      await refusesAll(join(home, name, 'f'), remote)
      await refusesAll(join(home, name, 'sub/f'), remote)
      for (const attempt of [
        () => remote.makeDirectory(join(home, name, 'new/er'), { owner: String(other) }),
        () => remote.makeDirectory(join(home, name), { owner: String(other), mode: '0777' }),
        () => remote.setAttributes(join(home, name), { mode: '0777' }),
        () => remote.link(join(home, name, 'l'), '/x'),
        () => remote.remove(join(home, name, 'f')),
        () => remote.remove(join(home, name, 'sub'), { recursive: true }),
      ])
        await rejects(attempt, 'write-failed', 'cannot')
    }
    assert.equal(
      [
        stateOf(victim),
        stateOf(join(victim, 'f')),
        stateOf(join(victim, 'sub')),
        stateOf(join(victim, 'sub/f')),
      ],
      before,
    )
    assert.equal(
      readdirSync(home).filter((name) => name.startsWith('.coxswain')),
      [],
    )
  })

  test(`${shell}: a link of the folder's owner to their own file is followed, and stays`, async () => {
    const { home, top } = worlds(`theirs-${shell}`)
    const elsewhere = join(top, 'elsewhere')
    mkdirSync(elsewhere)
    chownSync(elsewhere, other, other)
    writeFileSync(join(top, 'lone'), 'old')
    chownSync(join(top, 'lone'), other, other)
    linkOf(other, elsewhere, join(home, 'e'))
    linkOf(other, 'd/f', join(home, 'near'))
    linkOf(other, '../lone', join(home, 'lone'))
    await remote.write(join(home, 'e/new'), '1')
    await remote.write(join(home, 'near'), '2', { mode: '0600' })
    await remote.write(join(home, 'lone'), '3')
    await remote.makeDirectory(join(home, 'e'), { mode: '0750' })
    assert.equal(
      [join(elsewhere, 'new'), join(home, 'd/f'), join(top, 'lone')].map((path) =>
        readFileSync(path, 'utf8'),
      ),
      ['1', '2', '3'],
    )
    assert.equal([statSync(elsewhere).mode & 0o7777, readlinkSync(join(home, 'near'))], [0o750, 'd/f'])
    assert.is(await remote.read(join(home, 'near')), '2')
  })

  test(`${shell}: all links are followed with follow, and links of root where only root can change them`, async () => {
    const { home, victim, top } = worlds(`follow-${shell}`)
    linkOf(other, join(victim, 'f'), join(home, 'to-file'))
    linkOf(0, 'victim', join(top, 'roots'))
    await remote.write(join(home, 'to-file'), '1', { follow: true })
    assert.is(await remote.read(join(home, 'to-file'), { follow: true }), '1')
    await remote.setAttributes(join(home, 'to-file'), { mode: '0600', follow: true })
    await remote.write(join(top, 'roots/sub/f'), '2')
    assert.equal(
      [readFileSync(join(victim, 'f'), 'utf8'), readFileSync(join(victim, 'sub/f'), 'utf8')],
      ['1', '2'],
    )
  })

  test(`${shell}: a file in another user's folder is written with owner, mode, backup and validation`, async () => {
    const { home } = worlds(`home-${shell}`)
    chmodSync(join(home, 'f'), 0o640)
    await remote.write(join(home, 'f'), 'kept')
    assert.equal(stateOf(join(home, 'f')), [other, 0o100_640, 'kept'])
    await remote.write(join(home, 'f'), 'roots', { owner: '0', group: '0', mode: '0604', backup: true })
    assert.equal(stateOf(join(home, 'f')), [0, 0o100_604, 'roots'])
    const saved = readdirSync(home).filter((name) => name.endsWith('~'))
    assert.equal(
      saved.map((name) => stateOf(join(home, name))),
      [[other, 0o100_640, 'kept']],
    )
    await remote.write(join(home, 'f'), 'ok', { validate: 'grep -q ok %s' })
    await rejects(
      () => remote.write(join(home, 'f'), 'bad', { validate: 'grep -q ok %s' }),
      'validation-failed',
      'f',
    )
    await remote.setAttributes(join(home, 'f'), { owner: '3', mode: '04755' })
    assert.equal(stateOf(join(home, 'f')), [3, 0o104_755, 'ok'])
    await remote.write(join(home, 'fresh'), 'x')
    assert.equal(stateOf(join(home, 'fresh')), [0, 0o100_644, 'x'])
    await remote.makeDirectory(join(home, 'a/b'), { owner: String(other), mode: '0700' })
    await remote.link(join(home, 'a/l'), '/etc')
    await remote.remove(join(home, 'd'), { recursive: true })
    assert.equal(readdirSync(home).toSorted(), ['a', 'f', saved[0] ?? '', 'fresh'])
  })

  test(`${shell}: a hard link to a file elsewhere keeps its owner and mode`, async () => {
    const { home, victim } = worlds(`hard-${shell}`)
    linkSync(join(victim, 'f'), join(home, 'hard'))
    const error = await rejects(
      () => remote.setAttributes(join(home, 'hard'), { owner: String(other), mode: '0666' }),
      'write-failed',
      'set owner or mode',
    )
    assert.match(error.output ?? '', 'hard link')
    await remote.write(join(home, 'hard'), 'new', { owner: String(other), mode: '0666' })
    assert.equal(stateOf(join(victim, 'f')), [0, 0o100_644, 'old'])
    assert.equal(stateOf(join(home, 'hard')), [other, 0o100_666, 'new'])
  })

  test(`${shell}: in a sticky folder, a link of one user to another user's file is not followed`, async () => {
    const { top, victim, home } = worlds(`sticky-${shell}`)
    const shared = join(top, 'shared')
    mkdirSync(shared)
    chmodSync(shared, 0o1777)
    linkOf(other, join(victim, 'f'), join(shared, 'l'))
    linkOf(other, join(home, 'f'), join(shared, 'mine'))
    linkOf(0, join(victim, 'f'), join(shared, 'roots'))
    await refusesAll(join(shared, 'l'), remote)
    await remote.write(join(shared, 'mine'), '1')
    await remote.write(join(shared, 'roots'), '2')
    await remote.write(join(shared, 'plain'), '3')
    assert.equal(
      [join(home, 'f'), join(victim, 'f'), join(shared, 'plain')].map((path) => readFileSync(path, 'utf8')),
      ['1', '2', '3'],
    )
    // without the sticky bit, every user can replace even a link of root
    chmodSync(shared, 0o777)
    await rejects(() => remote.write(join(shared, 'roots'), 'x'), 'write-failed', 'cannot write')
  })
}
