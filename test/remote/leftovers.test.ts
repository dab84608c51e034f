/** What a run that was killed has left behind goes, and only that. */
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

const test = suite('leftovers')
const { at } = folderOf(test)
const twoDays = new Date(Date.now() - 2 * 24 * 3600 * 1000)

/** A folder as a write that was killed leaves it: with its mark. */
const stageAt = (path: string): void => {
  mkdirSync(`${path}/new/sub`, { recursive: true, mode: 0o700 })
  writeFileSync(`${path}/new/sub/draft`, 'x')
  writeFileSync(`${path}/old`, 'x')
  mkdirSync(`${path}/${basename(path)}.${statSync(path).ino}`)
}

for (const owner of [0, 65_534]) {
  test(`in a folder of ${owner}: ours of more than a day ago goes with the next write`, async () => {
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

  test(`in a folder of ${owner}: what only has a name like ours stays, whoever gave it that name`, async () => {
    const folder = at(`named-${owner}`)
    // of no process: numbers end at 4194304
    const name = (end: string): string => `${folder}/.coxswain.${hostname()}.99999999.${end}`
    mkdirSync(name('abcdef'), { recursive: true, mode: 0o700 })
    writeFileSync(`${name('abcdef')}/data`, 'kept')
    mkdirSync(`${name('unmark')}/new`, { recursive: true, mode: 0o700 })
    // moved from another name, and one that anybody can write into
    stageAt(name('moved1'))
    renameSync(name('moved1'), name('moved2'))
    stageAt(name('opened'))
    chmodSync(name('opened'), 0o777)
    // what is in it, we did not put there
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

  test(`in a folder of ${owner}: what a write that was killed left there goes with the next one`, async () => {
    const folder = at(`killed-${owner}`)
    mkdirSync(folder)
    chownSync(folder, owner, owner)
    const killed = createRemote(shellConnection()).writeTree(
      folder,
      shell`mkdir sub; echo x >sub/f; kill -9 $$; exit 1`,
      { owner: '0' },
    )
    await rejects(() => killed, 'write-failed', 'cannot put files')
    assert.is(readdirSync(folder).length, 1)
    await createRemote(shellConnection()).write(`${folder}/f`, 'x')
    assert.equal(readdirSync(folder), ['f'])
  })
}
