/** What the lab builds once and keeps, by the content of its recipe. */
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import * as assert from 'uvu/assert'
import { $ } from 'zx'
import { labFolder } from '../../lab/machine.ts'
import { recipeKey } from '../../lab/recipes.ts'
import { folderOf } from '../support/folder.ts'
import { suite } from '../support/spec.ts'

// other tests of the same process change the working directory while zx is loaded
$.cwd = import.meta.dirname

const test = suite('recipes of the lab')
const folder = folderOf(test)

test('the key changes with a name, a content, and what else decides the result', async () => {
  const recipe = dirname(folder.write('recipe/build.sh', 'one'))
  const keys = [await recipeKey([recipe]), await recipeKey([recipe], ['v1.37.3'])]
  folder.write('recipe/build.sh', 'two')
  keys.push(await recipeKey([recipe]))
  folder.write('recipe/more.sh', '')
  keys.push(await recipeKey([recipe]))
  assert.is(new Set(keys).size, keys.length)
  assert.is(await recipeKey([recipe]), keys[3])
})

const once = (target: string, ...words: readonly string[]) =>
  $({ quiet: true, nothrow: true })`${join(labFolder, 'once.sh')} ${target} ${words}`

const script = (name: string, text: string): string => {
  const file = folder.write(name, `#!/bin/sh\n${text}\n`)
  return file
}

test('two processes that want the same folder make it once', { needs: ['bash'] }, async () => {
  const target = folder.at('parts/twice')
  const count = folder.at('count')
  writeFileSync(count, '')
  const program = script('slow.sh', `echo made >>"$2"; sleep 0.3; echo "$3" >"$1/result"`)
  await $`chmod +x ${program}`
  const results = await Promise.all([once(target, program, count, 'a'), once(target, program, count, 'b')])
  assert.equal(
    results.map(({ exitCode }) => exitCode),
    [0, 0],
  )
  assert.is(readFileSync(count, 'utf8'), 'made\n')
  assert.equal(readdirSync(dirname(target)), ['twice'])
})

test(
  'a program that fails leaves no folder, and the next one starts again',
  { needs: ['bash'] },
  async () => {
    const target = folder.at('parts/failing')
    const fails = script('fails.sh', 'echo half >"$1/half"; exit 3')
    const works = script('works.sh', 'echo all >"$1/all"')
    await $`chmod +x ${fails} ${works}`
    assert.is((await once(target, fails)).exitCode, 3)
    assert.not(existsSync(target))
    assert.is((await once(target, works)).exitCode, 0)
    assert.equal(readdirSync(target), ['all'])
  },
)

test(
  'an archive of an image has its names, its layers in their order, and the same content each time',
  { needs: ['bash'] },
  async () => {
    folder.write('base/bin/sh', 'a shell')
    folder.write('files/pause', 'a program')
    const read = async (name: string): Promise<string> => {
      const out = folder.at(name)
      await $({
        quiet: true,
      })`${join(labFolder, 'bundle', 'image.sh')} ${out} ${'r.io/pause:1,r.io/pause:lab'} /pause ${folder.at('base')} ${folder.at('files')}`
      return (await $({ quiet: true })`tar -xOf ${out} manifest.json`).stdout
    }
    const manifest = await read('one.tar')
    assert.match(manifest, '"RepoTags":["r.io/pause:1","r.io/pause:lab"]')
    const layers = [...manifest.matchAll(/([0-9a-f]{64})\/layer\.tar/g)].map(([, sum = '']) => sum)
    assert.is(layers.length, 2)
    const list = await $({
      quiet: true,
    })`tar -xOf ${folder.at('one.tar')} ${`${layers[1]}/layer.tar`} | tar -t`
    assert.match(list.stdout, './pause')
    assert.is(await read('two.tar'), manifest)
  },
)

test('the output of the compiler is shortened; errors are printed', { needs: ['bash'] }, async () => {
  const lines = ['k8s.io/api/core/v1', 'net/http', '# k8s.io/api', './x.go:3:1: undefined: y']
  const { stdout } = await $({
    quiet: true,
    input: `${lines.join('\n')}\n`,
  })`${join(labFolder, 'bundle', 'progress.sh')} Kubernetes 10`
  assert.is(stdout, '# k8s.io/api\n./x.go:3:1: undefined: y\n')
})
