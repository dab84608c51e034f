import { execFileSync, spawnSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { readShellFile } from '../../engine/shell-file.ts'
import { suite } from '../support/spec.ts'

const test = suite('temporary files')
const temporaryFunctions = readShellFile(new URL('../../engine/remote/temporary.sh', import.meta.url))

let folder = ''
test.beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'coxswain-temporary-'))
})
test.afterEach(() => rmSync(folder, { recursive: true }))

/** An ID that no process has. */
const gone = (): number => spawnSync('true').pid

const run = (shell: string, text: string): string =>
  execFileSync(shell, ['-c', `set -e; ${temporaryFunctions}\n${text}`], { cwd: folder, encoding: 'utf8' })

const make = (name: string, days = 0): void => {
  const path = join(folder, name)
  writeFileSync(path, 'x')
  const time = Date.now() / 1000 - days * 86_400
  utimesSync(path, time, time)
}

/** A folder with our mark. */
const makeFolder = (name: string): void => {
  const path = join(folder, name)
  mkdirSync(join(path, 'new'), { recursive: true, mode: 0o700 })
  mkdirSync(join(path, `${name}.${statSync(path).ino}`))
}

for (const shell of ['/bin/dash', '/bin/bash'].filter((path) => existsSync(path))) {
  test(`${shell}: a name contains the host and the process ID of its shell`, () => {
    const name = run(shell, 'fresh; fresh -d; echo $$')
    const [file = '', directory = '', pid = ''] = name.split('\n')
    for (const made of [file, directory])
      assert.ok(made.startsWith(`./.coxswain.${hostname()}.${pid}.`), made)
  })

  test(`${shell}: files of a shell that has ended are removed; files of a running shell are not`, () => {
    const pid = gone()
    make(`.coxswain.${hostname()}.${pid}.abcdef`)
    makeFolder(`.coxswain.${hostname()}.${pid}.folder`)
    makeFolder(`.coxswain.${hostname()}.${process.pid}.folder`)
    make(`.coxswain.${hostname()}.${process.pid}.abcdef`)
    make('.coxswain.elsewhere.4242.abcdef')
    run(shell, 'sweep')
    assert.equal(
      readdirSync(folder),
      [
        `.coxswain.${hostname()}.${process.pid}.abcdef`,
        `.coxswain.${hostname()}.${process.pid}.folder`,
        '.coxswain.elsewhere.4242.abcdef',
      ].toSorted(),
    )
  })

  test(`${shell}: files older than a day are removed, except those of a running shell`, () => {
    make('.coxswain.elsewhere.4242.abcdef', 1.1)
    make('.coxswain.AbCdEf', 1.1)
    make('.coxswain.0011.2233.part', 1.1)
    make('.coxswain.4455.6677.part', 0.9)
    make(`.coxswain.${hostname()}.${process.pid}.abcdef`, 1.1)
    make('file', 400)
    run(shell, 'sweep')
    assert.equal(
      readdirSync(folder),
      ['.coxswain.4455.6677.part', `.coxswain.${hostname()}.${process.pid}.abcdef`, 'file'].toSorted(),
    )
  })

  test(`${shell}: links and files of other users stay`, { needs: ['root'] }, () => {
    const pid = gone()
    symlinkSync(folder, join(folder, `.coxswain.${hostname()}.${pid}.linked`))
    make(`.coxswain.${hostname()}.${pid}.others`)
    execFileSync('chown', ['65534', join(folder, `.coxswain.${hostname()}.${pid}.others`)])
    run(shell, 'sweep')
    assert.is(readdirSync(folder).length, 2)
  })
}
