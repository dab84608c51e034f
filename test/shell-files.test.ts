/** Every shell program of the tree is a file that shellcheck accepts; those that are sent to hosts, also dash and busybox. */
import { execFileSync, spawnSync } from 'node:child_process'
import { readFileSync, readdirSync, statSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import * as assert from 'uvu/assert'
import { readShellFile } from '../engine/shell-file.ts'
import { includeFiles } from '../engine/shell-source.ts'
import { suite } from './support/spec.ts'

const test = suite('shell files')
const root = resolve(import.meta.dirname, '..')

const filesOf = (ending: string): string[] =>
  ['engine', 'tasks'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith(ending))
      .map((name) => join(root, folder, name)),
  )

/** What is sent to hosts. */
const files = filesOf('.sh')

/** Other programs, for this machine or an example: each has the name of its shell in its first line. */
const others = readdirSync(root)
  .filter((name) => !['.git', 'coverage', 'dist', 'engine', 'node_modules', 'tasks'].includes(name))
  .filter((name) => statSync(join(root, name)).isDirectory())
  .flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .map((name) => join(root, folder, name))
      .filter((file) => statSync(file).isFile() && /\.sh$|\/[^.]+$/.test(file)),
  )
  .filter((file) => /^#!.*\b(?:ba)?sh\b/.test(readFileSync(file, 'utf8')))

const read = (file: string | URL): string => readFileSync(file, 'utf8')

test('there are some', () => {
  assert.ok(files.length > 40)
  const names = others.map((file) => file.slice(root.length + 1))
  for (const name of ['.ci/run', 'lab/vm/build.sh', 'lab/image/files/crictl', 'bench/ha/by-hand.sh'])
    assert.ok(names.includes(name), `${name} is not among ${names.join(', ')}`)
})

test('shellcheck finds nothing', { needs: ['shellcheck'] }, () => {
  const check = (...words: readonly string[]): string =>
    spawnSync('shellcheck', ['-x', '-P', 'SCRIPTDIR', '-f', 'gcc', ...words], { cwd: root, encoding: 'utf8' })
      .stdout
  assert.is(check('-s', 'sh', ...files), '')
  assert.is(check(...others), '')
})

test('dash reads what is sent', { needs: ['dash'] }, () => readBy('dash', '-n'))
test('busybox reads what is sent', { needs: ['busybox'] }, () => readBy('busybox', 'ash', '-n'))

const readBy = (command: string, ...words: readonly string[]): void => {
  for (const file of files) {
    const { stderr } = spawnSync(command, words, {
      input: readShellFile(pathToFileURL(file)),
      encoding: 'utf8',
    })
    assert.is(stderr, '', file)
  }
}

test('bash understands the same without comments and indentation', { needs: ['bash'] }, () => {
  for (const file of files) {
    const parsed = (text: string): string =>
      execFileSync('bash', ['-c', `program() {\n${text}\n}; declare -f program`], { encoding: 'utf8' })
    const url = pathToFileURL(file)
    assert.is(parsed(readShellFile(url)), parsed(includeFiles(url.href, (each) => read(new URL(each)))), file)
  }
})

test('each begins with what it does', () => {
  assert.equal(
    [...files, ...others].filter((file) => !/^(?:#!.*\n)?# \S/.test(read(file))),
    [],
  )
})

test('each is used by a module or a file of its folder', () => {
  const users = [...filesOf('.ts'), ...files].map(read).join('\n')
  assert.equal(
    files.filter((file) => !new RegExp(`/${basename(file)}$|'${basename(file)}'`, 'm').test(users)),
    [],
  )
})
