import { execFileSync, spawnSync } from 'node:child_process'
import { readFileSync, readdirSync } from 'node:fs'
import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import type { World } from '../../../engine/testing.ts'
import { apiServerNames } from '../../../tasks/kubernetes/api-server-names.ts'
import { folderOf } from '../../support/folder.ts'
import { sent, sentPattern } from '../../support/sent.ts'
import { suite } from '../../support/spec.ts'

const test = suite('api-server-names')
const place = folderOf(test)

/** Signed by itself, so that one certificate is the authority and the API server's. */
const withNames = (names: string): string =>
  execFileSync(
    'openssl',
    [
      ...'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout /dev/null -subj /CN=x -days 3'.split(
        ' ',
      ),
      '-addext',
      `subjectAltName=${names}`,
    ],
    { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] },
  )

const former = withNames('IP:10.0.0.11,DNS:api.example.org')
const folder = '/etc/kubernetes/pki'
const world = (made: string | undefined, more: World['files'] = { [`${folder}/ca.key`]: 'k' }): World => ({
  files: {
    [`${folder}/ca.crt`]: former,
    [`${folder}/apiserver.crt`]: former,
    [`${folder}/apiserver.key`]: 'former key',
    ...more,
  },
  patterns: [
    [
      sentPattern(
        'tasks/kubernetes/new-certificate.sh',
        `${folder}/apiserver kubeadm init phase certs apiserver --config /etc/coxswain/kubeadm.yaml`,
      ),
      (_, files) => {
        for (const kind of ['crt', 'key']) files.delete(`${folder}/apiserver.${kind}.former`)
        if (made === undefined) return { code: 1, stderr: 'not a valid name' }
        files.set(`${folder}/ca.crt`, { content: made })
        files.set(`${folder}/apiserver.crt`, { content: made })
        files.set(`${folder}/apiserver.key`, { content: 'new key' })
        return ''
      },
    ],
  ],
})
const taskFor = (...names: readonly string[]) =>
  apiServerNames({ version: 'v1.20.2', address: '10.0.0.11', names: [...names] })

test('a certificate with all names is kept, and a host without one is left as it is', async () => {
  assert.is((await rehearse(taskFor('api.example.org'), world(undefined))).outcome, 'ok')
  assert.is((await rehearse(taskFor('api.example.org'), {})).outcome, 'ok')
})

test('a name that was added gets a new certificate', async () => {
  const made = withNames('IP:10.0.0.11,DNS:api.example.org,IP:fd00::10')
  const run = await rehearse(taskFor('api.example.org', 'fd00::10'), world(made))
  assert.is(run.outcome, 'changed', String(run.error))
  assert.is(run.files.get(`${folder}/apiserver.key`)?.content, 'new key')
  assert.not.ok([...run.files.keys()].some((path) => path.endsWith('.former')))
})

test('a name that must go gets a new certificate, and one that it does not have changes nothing', async () => {
  const made = withNames('IP:10.0.0.11,DNS:new.example.org')
  const both = withNames('IP:10.0.0.11,DNS:new.example.org,DNS:api.example.org,IP:10.0.0.10')
  const given = { version: 'v1.37.2', address: '10.0.0.11', names: ['new.example.org'] }
  const without = ['api.example.org', '10.0.0.10']
  const there = { [`${folder}/ca.key`]: 'k', [`${folder}/ca.crt`]: both, [`${folder}/apiserver.crt`]: both }
  const run = await rehearse(apiServerNames({ ...given, without }), world(made, there))
  assert.is(run.outcome, 'changed', String(run.error))
  assert.equal(
    run.changes,
    without.map((name) => ({
      what: `name ${name} in ${folder}/apiserver.crt`,
      from: 'present',
      to: undefined,
    })),
  )
  // without it, names beside those that are wanted stay
  assert.is((await rehearse(apiServerNames(given), world(undefined, there))).outcome, 'ok')
  for (const name of ['new.example.org', '10.0.0.11'])
    assert.throws(() => apiServerNames({ ...given, without: [name] }), name)
})

test('if kubeadm refuses, that is said', async () => {
  const run = await rehearse(taskFor('other.example.org'), world(undefined))
  assert.match(String(run.error), 'the former one was put back')
})

test('a run that a crash of the host has interrupted is completed, and not taken for done', async () => {
  const left = {
    [`${folder}/ca.key`]: 'k',
    [`${folder}/ca.crt`]: former,
    [`${folder}/apiserver.crt.former`]: former,
    [`${folder}/apiserver.key.former`]: 'former key',
  }
  const made = withNames('IP:10.0.0.11,DNS:api.example.org')
  const run = await rehearse(taskFor('api.example.org'), { ...world(made), files: left })
  assert.is(run.outcome, 'changed', String(run.error))
  assert.not.ok([...run.files.keys()].some((path) => path.endsWith('.former')))
})

/** Runs the program with a command in place of kubeadm, in a folder with these files. */
const replacing = (name: string, files: Readonly<Record<string, string>>, command: string) => {
  for (const [file, text] of Object.entries(files)) place.write(`${name}/${file}`, text)
  const base = place.at(`${name}/apiserver`)
  const script = sent('tasks/kubernetes/new-certificate.sh', base, 'sh', '-c', command, 'sh', base)
  const { status } = spawnSync('sh', ['-c', script], { encoding: 'utf8' })
  const left = readdirSync(place.at(name)).toSorted()
  return { status, left: left.map((file) => `${file} ${readFileSync(place.at(`${name}/${file}`), 'utf8')}`) }
}

const makes = 'printf new >"$1.crt"; printf new >"$1.key"'

test('the program replaces certificate and key, and puts the former ones back if there is no complete pair', () => {
  const present = { 'apiserver.crt': 'old', 'apiserver.key': 'old' }
  const both = ['apiserver.crt old', 'apiserver.key old']
  assert.equal(replacing('made', present, makes), {
    status: 0,
    left: ['apiserver.crt new', 'apiserver.key new'],
  })
  assert.equal(replacing('refused', present, 'exit 3'), { status: 3, left: both })
  assert.equal(replacing('half', present, 'printf new >"$1.crt"'), { status: 1, left: both })
  const crashed = { 'apiserver.crt.former': 'old', 'apiserver.key.former': 'old', 'apiserver.crt': 'half' }
  assert.equal(replacing('crashed', crashed, makes), {
    status: 0,
    left: ['apiserver.crt new', 'apiserver.key new'],
  })
  assert.equal(replacing('crashed-again', crashed, 'exit 1'), { status: 1, left: both })
})
