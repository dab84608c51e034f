/** What a run that was killed has left behind goes, and only that. */
import { chownSync, mkdirSync, readdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import * as assert from 'uvu/assert'
import { createRemote } from '../../engine/remote/remote.ts'
import { folderOf } from '../support/folder.ts'
import { shellConnection } from '../support/shell-connection.ts'
import { suite } from '../support/spec.ts'

const test = suite('leftovers')
const { at } = folderOf(test)
const twoDays = new Date(Date.now() - 2 * 24 * 3600 * 1000)

for (const owner of [0, 65_534]) {
  test(`in a folder of ${owner}: ours of more than a day ago goes with the next write`, async () => {
    const folder = at(`of-${owner}`)
    mkdirSync(`${folder}/.coxswain.oldold/new`, { recursive: true })
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
}
