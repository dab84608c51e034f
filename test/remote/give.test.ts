/** Changing the owner of one user's files below a folder. */
import { chmodSync, chownSync, linkSync, lstatSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { createRemote } from '../../engine/remote/remote.ts'
import { folderOf } from '../support/folder.ts'
import { linkOf, ownedBy, ownershipOf } from '../support/owners.ts'
import { shellConnection } from '../support/shell-connection.ts'
import { suite } from '../support/spec.ts'

const test = suite("one user's files are given to another")
const { at } = folderOf(test)
const [from, to, third] = [4711, 4712, 4713]
const remote = createRemote(shellConnection())

test(
  'files, folders and links of that user only, whatever their names; group and mode stay',
  { needs: ['root'] },
  async () => {
    chmodSync(at('.'), 0o755)
    ownedBy(0, at('victim'), 0o640)
    const home = at('home')
    ownedBy(from, `${home}/`, 0o2750)
    ownedBy(from, join(home, '.hidden'), 0o4711)
    ownedBy(from, join(home, '-n \n*'), 0o600)
    ownedBy(from, join(home, 'd e/'), 0o700)
    ownedBy(from, join(home, 'd e/f'), 0o644)
    ownedBy(0, join(home, 'roots/'), 0o755)
    ownedBy(from, join(home, 'roots/of-user'), 0o644)
    ownedBy(0, join(home, 'roots/of-root'), 0o644)
    ownedBy(third, join(home, 'of-third'), 0o644)
    const odd = Buffer.concat([Buffer.from(`${home}/`), Buffer.from([0xff, 0xe4])])
    writeFileSync(odd, 'x')
    chownSync(odd, from, from)
    linkSync(at('victim'), join(home, 'hard'))
    linkSync(join(home, 'd e/f'), join(home, 'twice'))
    linkOf(from, at('victim'), join(home, 'link'))
    symlinkSync(at('.'), join(home, 'to-folder'))
    await remote.giveBelow(home, { from, to })
    const names = [
      '.',
      '.hidden',
      '-n \n*',
      'd e',
      'd e/f',
      'twice',
      'roots',
      'roots/of-user',
      'roots/of-root',
    ]
    assert.equal(
      [...names, 'of-third', 'hard', 'link', 'to-folder', '../victim'].map((name) =>
        ownershipOf(join(home, name)),
      ),
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
  },
)
