/** `run facts`: values of hosts, as a table, YAML and JSON, and its exit status. */
import { readFileSync } from 'node:fs'
import * as assert from 'uvu/assert'
import { parse } from 'yaml'
import { folderOf } from '../../support/folder.ts'
import { runCli } from '../../support/run-cli.ts'
import { suite } from '../../support/spec.ts'

const test = suite('run facts')
const folder = folderOf(test)

const inventory = (): string =>
  folder.write(
    'inventory.yaml',
    JSON.stringify({
      all: {
        vars: { connection: 'local' },
        hosts: { m1: {}, m2: {}, gone: { connection: 'ssh', address: '127.0.0.1', port: 1 } },
      },
    }),
  )

const facts = (...words: string[]) => runCli(['facts', '-i', inventory(), ...words])
const release = readFileSync('/proc/sys/kernel/osrelease', 'utf8').trim()

test('one value a line, in the order of the hosts', async () => {
  const { status, stdout, stderr } = await facts('m1:m2', 'kernel')
  assert.is(status, 0, stderr)
  assert.equal(
    stdout.split('\n').map((line) => line.split(/ +/).slice(0, 2).join(' ')),
    ['m1', 'm2']
      .flatMap((host) =>
        ['name', 'release', 'architecture', 'goArchitecture'].map((field) => `${host} kernel.${field}`),
      )
      .concat(''),
  )
  assert.match(stdout, `m1  kernel.release         ${release}\n`)
})

test('YAML and JSON have the same', async () => {
  const json = await facts('m1:m2', 'kernel', 'actingUser', '--output', 'json')
  const yaml = await facts('m1:m2', 'kernel', 'acting-user', '--output', 'yaml')
  assert.equal([json.status, yaml.status], [0, 0], json.stderr + yaml.stderr)
  const values = JSON.parse(json.stdout)
  assert.equal(parse(yaml.stdout), values)
  assert.is(values.m2.kernel.release, release)
  assert.is(values.m1['acting-user'].uid, process.getuid?.())
})

test('facts with parameters, and two of one name', async () => {
  const one = folder.write('one.json', '{"a":[1,2],"b":{"c":null}}')
  const two = folder.write('two', 'x\ny\n')
  const words = [
    'read',
    `path=${one}`,
    'as=json',
    'read',
    `path=${two}`,
    'as=lines',
    'query',
    'run=echo $((6 * 7))',
  ]
  const { status, stdout, stderr } = await facts('m1', ...words)
  assert.is(status, 0, stderr)
  assert.equal(
    stdout.split('\n').map((line) => line.replaceAll(/ {2,}/g, ' | ')),
    [
      `m1 | read ${one}.a | 1 2`,
      `m1 | read ${one}.b.c | null`,
      `m1 | read ${two} | x y`,
      'm1 | query.status | 0',
      'm1 | query.stdout | 42',
      'm1 | query.stderr',
      'm1 | query.lines | 42',
      '',
    ],
  )
})

test('without names, the usual facts, as far as a host has them', async () => {
  const { status, stdout, stderr } = await facts('m1', '--output', 'json')
  assert.is(status, 0, stderr)
  const { m1 } = JSON.parse(stdout)
  for (const name of ['os-release', 'kernel', 'memory', 'cpus', 'host-names', 'mounts'])
    assert.ok(name in m1, name)
  assert.not.ok('installed-packages' in m1)
})

test('an unreachable host is named, and the others are shown', async () => {
  const { status, stdout, stderr } = await facts('m1:gone', 'kernel', '--output', 'json')
  assert.is(status, 4)
  assert.equal(Object.keys(JSON.parse(stdout)), ['m1'])
  assert.match(stderr, /^gone, unreachable: error\[connect-failed\]/m)
})

test('a named fact that cannot be read is a failure; the others are shown', async () => {
  const { status, stdout, stderr } = await facts('m1', 'kernel', 'read', 'path=/none')
  assert.is(status, 2)
  assert.match(stdout, 'kernel.release')
  assert.match(stderr, '/none does not exist')
})

test('a secret is masked', async () => {
  const path = folder.write('key', 'hush-hush-hush')
  const { stdout } = await facts('m1', 'read', `path=${path}`, 'hidden=true', 'query', `run=cat ${path}`)
  assert.not.match(stdout, 'hush')
})

test('other tasks, unknown names, words out of place', async () => {
  const no = await facts('m1', 'user', 'name=x')
  assert.equal([no.status, no.stdout], [1, ''])
  assert.match(no.stderr, 'user is not a fact')
  const near = await facts('m1', 'kernal')
  assert.is(near.status, 1)
  assert.match(near.stderr, 'did you mean kernel?')
  assert.is((await facts('m1', 'path=/x', 'read')).status, 1)
  assert.is((await facts('m1', 'read')).status, 1)
  assert.is((await facts('none', 'kernel')).status, 1)
  assert.match((await facts('m1:m2', '--list-hosts')).stdout, 'm2')
})
