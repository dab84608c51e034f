/** Giving what belongs to one user below a folder to another. */
import {
  chmodSync,
  chownSync,
  lchownSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { createRemote } from '../../engine/remote/remote.ts'
import { folderOf } from '../support/folder.ts'
import { shellConnection } from '../support/shell-connection.ts'
import { suite } from '../support/spec.ts'

const test = suite('what belongs to one user is given to another')
const { at } = folderOf(test)
const [from, to, third] = [4711, 4712, 4713]
const remote = createRemote(shellConnection())

/** A file or folder of an owner; a name ends with / for a folder. */
const make = (path: string, owner: number, mode: number): void => {
  if (path.endsWith('/')) mkdirSync(path)
  else writeFileSync(path, 'x')
  chownSync(path, owner, owner)
  chmodSync(path, mode)
}

const told = (path: string): string => {
  const { uid, gid, mode } = lstatSync(path)
  return `${uid}:${gid} ${(mode & 0o7777).toString(8)}`
}

test('files, folders and links of that user alone, whatever their names; group and mode stay', async () => {
  chmodSync(at('.'), 0o755)
  make(at('victim'), 0, 0o640)
  const home = at('home')
  make(`${home}/`, from, 0o2750)
  make(join(home, '.hidden'), from, 0o4711)
  make(join(home, '-n \n*'), from, 0o600)
  make(join(home, 'd e/'), from, 0o700)
  make(join(home, 'd e/f'), from, 0o644)
  make(join(home, 'roots/'), 0, 0o755)
  make(join(home, 'roots/of-user'), from, 0o644)
  make(join(home, 'roots/of-root'), 0, 0o644)
  make(join(home, 'of-third'), third, 0o644)
  const odd = Buffer.concat([Buffer.from(`${home}/`), Buffer.from([0xff, 0xe4])])
  writeFileSync(odd, 'x')
  chownSync(odd, from, from)
  linkSync(at('victim'), join(home, 'hard'))
  linkSync(join(home, 'd e/f'), join(home, 'twice'))
  symlinkSync(at('victim'), join(home, 'link'))
  lchownSync(join(home, 'link'), from, from)
  symlinkSync(at('.'), join(home, 'to-folder'))
  await remote.giveBelow(home, { from, to })
  const names = ['.', '.hidden', '-n \n*', 'd e', 'd e/f', 'twice', 'roots', 'roots/of-user', 'roots/of-root']
  assert.equal(
    [...names, 'of-third', 'hard', 'link', 'to-folder', '../victim'].map((name) => told(join(home, name))),
    [
      `${to}:${from} 2750`,
      `${to}:${from} 4711`,
      `${to}:${from} 600`,
      `${to}:${from} 700`,
      `${to}:${from} 644`,
      `${to}:${from} 644`,
      '0:0 755',
      `${to}:${from} 644`,
      '0:0 644',
      `${third}:${third} 644`,
      '0:0 640',
      `${to}:${from} 777`,
      // made in a folder with set-group-id
      `0:${from} 777`,
      '0:0 640',
    ],
  )
  assert.is(lstatSync(odd).uid, to)
  assert.equal(
    readdirSync(home).filter((name) => name.startsWith('.coxswain')),
    [],
  )
})
