import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, symlinkSync } from 'node:fs'
import * as assert from 'uvu/assert'
import { isCoxswainError } from '../../../engine/index.ts'
import { rehearse } from '../../../engine/testing.ts'
import { variablesFile } from '../../../tasks/kubernetes/variables-file.ts'
import { folderOf } from '../../support/folder.ts'
import { suite } from '../../support/spec.ts'
import { hintOf } from './etcd-world.ts'

const test = suite('variables-file')
const place = folderOf(test)

const variables = { pod_subnet: '10.244.0.0/16', taints: [], api_server: { extraArgs: { v: '2' } } }
const textOf = (error: unknown): string =>
  isCoxswainError(error) ? [error.message, error.output, error.hint].join('\n') : String(error)

test('a new file is written, with its folders, readable by its user only', async () => {
  const path = place.at('new/group_vars/all/adopted.yaml')
  const run = await rehearse(variablesFile({ path, variables, comments: ['of\nprod\u2028x: 1'] }), {})
  const text =
    '# of prod x: 1\npod_subnet: 10.244.0.0/16\ntaints: []\napi_server:\n  extraArgs:\n    v: "2"\n'
  assert.is(run.outcome, 'changed', String(run.error))
  assert.is(run.predicted, 'would change')
  assert.equal(run.commands, { check: [], apply: [] })
  assert.equal(run.changes, [{ what: `${path} here`, to: text, from: undefined }])
  assert.is(readFileSync(path, 'utf8'), text)
  assert.is(statSync(path).mode & 0o777, 0o600)
  assert.equal(readdirSync(place.at('new/group_vars/all')), ['adopted.yaml'])
})

test('a file with the same variables is left, whatever their order and comments', async () => {
  const path = place.write(
    'same/all/adopted.yaml',
    '# mine\napi_server: {extraArgs: {v: "2"}}\ntaints: []\npod_subnet: 10.244.0.0/16\n',
  )
  assert.is((await rehearse(variablesFile({ path, variables }), {})).outcome, 'ok')
})

test('a file with other variables is not replaced: the differences are named, without what can be secret', async () => {
  const there = 'pod_subnet: 10.1.0.0/16\nmine: 1\napi_server: {extraEnvs: {A: geheim}}\n'
  const path = place.write('other/all/adopted.yaml', there)
  const run = await rehearse(variablesFile({ path, variables }), {})
  assert.is(run.outcome, 'failed')
  assert.is(run.predicted, 'failed')
  for (const line of [
    'pod_subnet: 10.1.0.0/16 → 10.244.0.0/16',
    'mine: 1 → not set',
    'api_server.extraArgs.v: not set → 2',
    'api_server.extraEnvs.A: (not shown) → not set',
  ])
    assert.match(textOf(run.error), line)
  assert.not.match(textOf(run.error), 'geheim')
  assert.is(readFileSync(path, 'utf8'), there)
  const broken = place.write('broken/all/adopted.yaml', 'a: [')
  assert.match(textOf((await rehearse(variablesFile({ path: broken, variables }), {})).error), 'is not YAML')
})

test('a file that an inventory would no longer read is named, with the way out', async () => {
  for (const rival of ['all', 'all.yml', 'all.yaml', 'all.json', 'all.yaml.age']) {
    const folder = `rival-${rival}`
    place.write(`${folder}/${rival}`, 'user: ops\n')
    const run = await rehearse(variablesFile({ path: place.at(`${folder}/all/adopted.yaml`), variables }), {})
    assert.match(String(run.error), `${rival} is there`)
    assert.match(hintOf(run.error), 'move it into the folder')
  }
  const sealed = place.at('sealed/all/adopted.yaml')
  place.write('sealed/all/adopted.yaml.age', 'x')
  assert.match(String((await rehearse(variablesFile({ path: sealed, variables }), {})).error), 'encrypted')
  assert.not(existsSync(sealed))
})

test('what cannot be read is not taken for absent, and a link without a target is not followed', async () => {
  mkdirSync(place.at('odd/all/adopted.yaml'), { recursive: true })
  const folder = await rehearse(variablesFile({ path: place.at('odd/all/adopted.yaml'), variables }), {})
  assert.match(String(folder.error), 'cannot be read')
  mkdirSync(place.at('link/all'), { recursive: true })
  symlinkSync(place.at('link/elsewhere'), place.at('link/all/adopted.yaml'))
  const link = await rehearse(variablesFile({ path: place.at('link/all/adopted.yaml'), variables }), {
    unpredictable: 'a link without a target',
  })
  assert.is(link.outcome, 'failed')
  assert.not(existsSync(place.at('link/elsewhere')))
})

test('values that can be secret are not in the output of a run', async () => {
  const path = place.at('hidden/all/adopted.yaml')
  const secret = { api_server: { extraEnvs: { HTTPS_PROXY: 'http://u:geheim@p' } } }
  const run = await rehearse(variablesFile({ path, variables: secret }), {})
  assert.is(run.outcome, 'changed', String(run.error))
  assert.not.match(JSON.stringify(run.changes), 'geheim')
  assert.match(readFileSync(path, 'utf8'), 'geheim')
})

test('another kind of file is refused', () => {
  assert.throws(() => variablesFile({ path: 'all/adopted.json', variables }), /must end with \.yaml/)
})
