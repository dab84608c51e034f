/** Leftovers of a killed run are removed, and nothing else is. */
import {
  chmodSync,
  chownSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { hostname } from 'node:os'
import { basename } from 'node:path'
import * as assert from 'uvu/assert'
import { createRemote } from '../../engine/remote/remote.ts'
import { shell } from '../../engine/remote/quote.ts'
import { folderOf } from '../support/folder.ts'
import { rejects } from '../support/rejects.ts'
import { shellConnection } from '../support/shell-connection.ts'
import { suite } from '../support/spec.ts'

const test = suite('leftovers', { needs: ['root'] })
const { at } = folderOf(test)
const twoDays = new Date(Date.now() - 2 * 24 * 3600 * 1000)

/** A temporary folder of a killed write: with its mark. */
const stageAt = (path: string): void => {
  mkdirSync(`${path}/new/sub`, { recursive: true, mode: 0o700 })
  writeFileSync(`${path}/new/sub/draft`, 'x')
  writeFileSync(`${path}/old`, 'x')
  mkdirSync(`${path}/${basename(path)}.${statSync(path).ino}`)
}

for (const owner of [0, 65_534]) {
  test(`in a folder of ${owner}: the next write removes leftovers older than a day`, async () => {
    const folder = at(`of-${owner}`)
    stageAt(`${folder}/.coxswain.oldold`)
    mkdirSync(`${folder}/.coxswain.fresh1`)
    chownSync(folder, owner, owner)
    for (const name of ['.coxswain.aaaaaa', '.coxswain.0123.ab.part', '.coxswain.theirs', '.coxswain.new123'])
      writeFileSync(`${folder}/${name}`, '')
    chownSync(`${folder}/.coxswain.theirs`, 3, 3)
    for (const name of ['.coxswain.aaaaaa', '.coxswain.0123.ab.part', '.coxswain.theirs', '.coxswain.oldold'])
      utimesSync(`${folder}/${name}`, twoDays, twoDays)
    symlinkSync('/etc', `${folder}/.coxswain.linked`)
    await createRemote(shellConnection()).write(`${folder}/f`, 'x')
    assert.equal(
      readdirSync(folder).toSorted((a, b) => (a < b ? -1 : 1)),
      ['.coxswain.fresh1', '.coxswain.linked', '.coxswain.new123', '.coxswain.theirs', 'f'],
    )
  })

  test(`in a folder of ${owner}: a file that only has a name like ours stays, whoever named it`, async () => {
    const folder = at(`named-${owner}`)
    // no process has this ID: the highest is 4194304
    const name = (end: string): string => `${folder}/.coxswain.${hostname()}.99999999.${end}`
    mkdirSync(name('abcdef'), { recursive: true, mode: 0o700 })
    writeFileSync(`${name('abcdef')}/data`, 'kept')
    mkdirSync(`${name('unmark')}/new`, { recursive: true, mode: 0o700 })
    // renamed from another name, and one that every user can write into
    stageAt(name('moved1'))
    renameSync(name('moved1'), name('moved2'))
    stageAt(name('opened'))
    chmodSync(name('opened'), 0o777)
    // its content is not ours
    stageAt(name('filled'))
    writeFileSync(`${name('filled')}/data`, 'kept')
    stageAt(name('ours00'))
    mkdirSync(name('empty0'), { mode: 0o700 })
    chownSync(folder, owner, owner)
    await createRemote(shellConnection()).write(`${folder}/f`, 'x')
    assert.equal(
      readdirSync(folder).map((entry) => entry.slice(-6)),
      ['abcdef', 'filled', 'moved2', 'opened', 'unmark', 'f'],
    )
    assert.is(readFileSync(`${name('abcdef')}/data`, 'utf8'), 'kept')
    assert.is(readFileSync(`${name('moved2')}/new/sub/draft`, 'utf8'), 'x')
  })

  test(`in a folder of ${owner}: the next write removes leftovers of a killed write`, async () => {
    const folder = at(`killed-${owner}`)
    mkdirSync(folder)
    chownSync(folder, owner, owner)
    const killed = createRemote(shellConnection()).writeTree(
      folder,
      shell`mkdir sub; echo x >sub/f; kill -9 $$; exit 1`,
      { owner: '0' },
    )
    await rejects(() => killed, 'write-failed', 'cannot write files')
    assert.is(readdirSync(folder).length, 1)
    await createRemote(shellConnection()).write(`${folder}/f`, 'x')
    assert.equal(readdirSync(folder), ['f'])
  })
}
