/** The cache of sources without their types. */
import {
  chmodSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { eraseTypes, stripperVersion } from '../../engine/cli/loader/erase-types.ts'
import { erasedFolder, erasedOnce } from '../../engine/cli/loader/erased-cache.ts'
import { suite } from '../support/spec.ts'

const test = suite('cli/erased-cache')

const source = 'const port: number = 80 // é\n'
const code = 'const port         = 80 // é\n'

/** A cache in a new folder, and how often a source was stripped. */
const cacheIn = async (use: (folder: string, erased: (text: string) => number) => void): Promise<void> => {
  const home = mkdtempSync(join(tmpdir(), 'coxswain-erased-'))
  const folder = join(home, 'coxswain', 'erased')
  try {
    use(folder, (text) => {
      let times = 0
      const result = erasedOnce(folder, 'stripper@1', text, (given) => {
        times += 1
        return eraseTypes('file:///play.ts', given)
      })
      assert.is(result, code)
      return times
    })
  } finally {
    rmSync(home, { recursive: true, force: true })
  }
}

const onlyFile = (folder: string): string => {
  const [name, ...others] = readdirSync(folder)
  assert.is(others.length, 0)
  assert.ok(name)
  return join(folder, name)
}

test('a source is stripped once, and its file is readable only by its owner', () =>
  cacheIn((folder, erased) => {
    assert.is(erased(source), 1)
    assert.is(erased(source), 0)
    assert.is(statSync(onlyFile(folder)).mode & 0o777, 0o600)
    assert.is(statSync(folder).mode & 0o777, 0o700)
    assert.is(statSync(join(folder, '..')).mode & 0o777, 0o700)
  }))

test('each source and each version of the stripper has its own file', () =>
  cacheIn((folder, erased) => {
    erased(source)
    assert.is(
      erasedOnce(folder, 'stripper@2', source, () => 'two'),
      'two',
    )
    assert.is(
      erasedOnce(folder, 'stripper@1', `${source} `, () => 'three'),
      'three',
    )
    assert.is(readdirSync(folder).length, 3)
  }))

test('a truncated or changed file is not used, and is written again', () =>
  cacheIn((folder, erased) => {
    erased(source)
    const file = onlyFile(folder)
    const kept = readFileSync(file, 'utf8')
    for (const spoil of [
      () => truncateSync(file, 20),
      () => truncateSync(file, 0),
      () => writeFileSync(file, kept.replace('80', '81')),
    ]) {
      spoil()
      assert.is(erased(source), 1)
      assert.is(readFileSync(file, 'utf8'), kept)
    }
  }))

test('a folder that others can write to is not used', () =>
  cacheIn((folder, erased) => {
    erased(source)
    for (const path of [folder, join(folder, '..')]) {
      chmodSync(path, 0o777)
      assert.is(erased(source), 1, path)
      chmodSync(path, 0o700)
    }
    assert.is(erased(source), 0)
  }))

test('a source that cannot be cached is stripped each time', () =>
  cacheIn((folder, erased) => {
    writeFileSync(join(folder, '..', '..', 'coxswain'), 'a file')
    assert.is(erased(source), 1)
    assert.is(erased(source), 1)
  }))

test('without a folder nothing is cached', () => {
  assert.is(
    erasedOnce(undefined, 'stripper@1', source, () => code),
    code,
  )
})

test('the older half is removed if there are more than 500', () =>
  cacheIn((folder, erased) => {
    erased(source)
    utimesSync(onlyFile(folder), 1, 1)
    for (let index = 0; index < 499; index += 1) writeFileSync(join(folder, `f${index}`), '')
    assert.is(readdirSync(folder).length, 500)
    assert.is(
      erasedOnce(folder, 'stripper@1', 'x', () => 'x'),
      'x',
    )
    assert.is(readdirSync(folder).length, 251)
    assert.is(erased(source), 1)
  }))

test('the folder is below XDG_CACHE_HOME if that is an absolute path', () => {
  assert.is(erasedFolder({ XDG_CACHE_HOME: '/c' }), '/c/coxswain/erased')
  assert.match(erasedFolder({ XDG_CACHE_HOME: 'c' }) ?? '', /\/\.cache\/coxswain\/erased$/)
  assert.match(erasedFolder({}) ?? '', /\/\.cache\/coxswain\/erased$/)
})

test('the version of the stripper is part of its name', () => {
  assert.match(stripperVersion(), /^@swc\/wasm-typescript@\d+\.\d+\.\d+/)
})
