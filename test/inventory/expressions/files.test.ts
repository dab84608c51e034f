/** What expressions read of this machine: tests of files, and lookups of files. */
import { chmodSync, symlinkSync } from 'node:fs'
import * as assert from 'uvu/assert'
import { folderOf } from '../../support/folder.ts'
import { suite } from '../../support/spec.ts'
import { caseCheckers } from './cases.ts'
import { evaluatedReader } from './evaluated.ts'

const test = suite('files in expressions')
const folder = folderOf(test)
const { checkAll, refuseAll } = caseCheckers(folder)

folder.write('a.conf', 'A\n')
folder.write('b.conf', 'B\n')
folder.write('.hidden', '')
folder.write('files/c.conf', 'C\n')
folder.write('sub/d.conf', 'D\n')
folder.write('pw', 'pass word salt=abcd\n')
symlinkSync('a.conf', folder.at('link'))
symlinkSync('none', folder.at('broken'))
symlinkSync('circle', folder.at('circle'))
const at = (name: string): string => `'${folder.at(name)}'`

test('tests of files', async () => {
  await checkAll([
    [`${at('a.conf')} is file`, true],
    [`${at('sub')} is file`, false],
    [`${at('none')} is file`, false],
    [`${at('sub')} is directory`, true],
    [`${at('a.conf')} is not directory`, true],
    [`${at('a.conf')} is exists`, true],
    [`${at('broken')} is exists`, false],
    [`${at('broken')} is link_exists`, true],
    [`${at('circle')} is exists`, false],
    [`(${at('a.conf')} ~ '/x') is exists`, false],
    [`${at('link')} is link`, true],
    [`${at('link')} is same_file(${at('a.conf')})`, true],
    [`${at('b.conf')} is same_file(${at('a.conf')})`, false],
    ["'/' is mount", true],
    [`${at('sub')} is mount`, false],
    [`[${at('none')}, ${at('b.conf')}] | select('exists') | first`, folder.at('b.conf')],
    [`(${at('sub')} ~ '/../link') | realpath`, folder.at('a.conf')],
  ])
  await refuseAll([
    ['none is file', 'file needs a path'],
    [`${at('none')} is same_file(${at('a.conf')})`, 'needs two files that exist'],
  ])
})

test('what a program printed cannot ask for files of this machine', async () => {
  const read = evaluatedReader({
    write: (name, text) => {
      const program = folder.write(
        name.replace('.yaml', ''),
        `#!/bin/sh\ncat <<'EOF'\n${text.toString()}\nEOF\n`,
      )
      chmodSync(program, 0o755)
      return program
    },
  })
  for (const text of ["'/etc/passwd' is file", "'/etc' | realpath", "'$HOME' | expandvars"]) {
    const host = await read(
      JSON.stringify({ _meta: { hostvars: { a: { v: `{{ ${text} }}` } } }, all: { hosts: ['a'] } }),
    )
    assert.match(JSON.stringify(host.variables.get('v')?.written), 'not possible in what a program printed')
  }
})

test('fileglob: the files of the first folder that has one', async () => {
  await checkAll([
    ["query('fileglob', '*.conf')", [folder.at('files/c.conf')]],
    [`query('fileglob', ${at('*.conf')})`, [folder.at('a.conf'), folder.at('b.conf')]],
    [`query('fileglob', ${at('[!a].conf')})`, [folder.at('b.conf')]],
    [`query('fileglob', ${at('?.conf')}, 'sub/*')`, ['a.conf', 'b.conf', 'sub/d.conf'].map(folder.at)],
    [`query('fileglob', ${at('.h*')})`, [folder.at('.hidden')]],
    ["query('fileglob', '*.none')", []],
    ["lookup('fileglob', '*.none')", []],
  ])
  await refuseAll([[`query('fileglob', ${at('*/d.conf')})`, 'only the name of the file can be a pattern']])
})

test('first_found: files in folders, and nothing where nothing has to be', async () => {
  await checkAll([
    [
      `lookup('first_found', {'files': ['x', 'b.conf'], 'paths': ['/nope', ${at('.')}]})`,
      folder.at('b.conf'),
    ],
    [`lookup('first_found', files='x,b.conf', paths='/nope:${folder.path}')`, folder.at('b.conf')],
    [`lookup('first_found', ['d.conf'], paths=[${at('sub')}])`, folder.at('sub/d.conf')],
    ["lookup('first_found', {'files': ['x'], 'skip': true})", []],
    ["query('first_found', ['x'], errors='ignore')", []],
    ["lookup('first_found', ['x'], errors='ignore') | default('y', true)", 'y'],
  ])
  await refuseAll([
    ["lookup('first_found', {'file': ['x']})", 'did you mean files?'],
    ["lookup('first_found', ['x'], files=['y'])", 'by position or by name, not both'],
    ["lookup('file', 'a.conf', errors='nope')", 'strict, warn or ignore'],
  ])
})

test('passwords of a file and of a seed', async () => {
  await checkAll([
    [`lookup('password', ${at('pw')})`, 'pass word'],
    ["lookup('password', '/dev/null seed=abc length=10')", '6TTuIhBjba'],
    ["lookup('password', '/dev/null', seed='abc', length=10, chars=['digits'])", '8755240310'],
    ["lookup('password', '/dev/null chars=digits,-_,, length=12 seed=abc')", '_76-4_413,20'],
    ["lookup('password', '/dev/null chars=hexdigits,punctuation length=12 seed=abc')", '|:*^!|!aB3d4'],
    ["lookup('password', '/dev/null', seed=5)", 'TI_h-C7ncBDtp,-s3ECZ'],
  ])
  await refuseAll([
    ["lookup('password', '/dev/null seed=a lenght=3')", 'has no option lenght'],
    ["lookup('password', '/dev/null seed=a length=x')", 'must be an integer'],
    ["lookup('password', 'pw encrypt=sha512_crypt')", 'use password_hash, with a salt'],
  ])
  const host = await evaluatedReader(folder)(
    `all: { hosts: { a: { v: "{{ lookup('password', ${at('pw')}) }}" } } }`,
  )
  assert.is(host.variables.get('v')?.hidden, true)
})
