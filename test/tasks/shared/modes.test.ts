import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync } from 'node:fs'
import * as assert from 'uvu/assert'
import { anyMode, modeOn } from '../../../tasks/shared/modes.ts'
import { folderOf } from '../../support/folder.ts'
import { suite } from '../../support/spec.ts'

const test = suite('file modes')
const folder = folderOf(test)

const symbolic = [
  'u=rwX,go-w',
  'a+X',
  'go=rX',
  '+x',
  '+w',
  '-w',
  '=rw',
  'u+s',
  'g+s',
  'ug-s',
  'o+t',
  '+t',
  'o=',
  'a=rx',
  'u=rwx,g=rx,o=r',
  'g=u',
  'go=u-w',
  'ug+rw-x',
  'o-rwx,g-w',
  'u=s',
  'a=',
]
const octal = ['0644', '0600', '0755', '0111', '0777', '4755', '2750', '1777', '0000', '6640']

test('a symbolic mode gives what chmod makes of a file and of a folder', () => {
  for (const type of ['file', 'directory']) {
    const path = folder.at(type)
    if (type === 'file') folder.write('file', '')
    else mkdirSync(path)
    const cases = octal.flatMap((there) => symbolic.map((mode) => ({ there, mode })))
    // one shell for all of them; five digits replace the special bits of a folder, too
    const script = cases
      .map(({ there, mode }) => `chmod 0${there} "$0"; chmod -- ${mode} "$0"; stat -c %04a "$0"`)
      .join('\n')
    const { stdout } = spawnSync('sh', ['-c', `umask 022\n${script}`, path], { encoding: 'utf8' })
    chmodSync(path, 0o755)
    const made = stdout.trimEnd().split('\n')
    assert.equal(
      cases.map(({ there, mode }) => `${mode} on ${there}: ${modeOn(mode, { type, there })}`),
      cases.map(({ there, mode }, index) => `${mode} on ${there}: ${made[index]}`),
    )
  }
})

test('octal digits are taken as they are, and padded', () => {
  assert.is(anyMode().parse('644'), '0644')
  assert.is(anyMode().parse('u=rw'), 'u=rw')
  assert.is(modeOn('0750', { type: 'directory', there: '2700' }), '2750')
  assert.is(modeOn('00750', { type: 'directory', there: '2700' }), '0750')
  for (const wrong of ['', '0888', 'u+q', 'rw', 'x=r', 'u=rwg', '64', 'u=r,', ' u=r'])
    assert.not(anyMode().safeParse(wrong).success, wrong)
  assert.not(anyMode().safeParse(644).success)
})

test('a mode that would change again at each run is refused', () => {
  assert.throws(() => modeOn('g=u,u=', { type: 'file', there: '0644' }), /at each run/)
})
