/** Requests to hosts of the inventory do not depend on the proxy, or the curl configuration, that root has on a host. */
import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import * as assert from 'uvu/assert'
import { suite } from '../support/spec.ts'

const test = suite('curl')

const root = resolve(import.meta.dirname, '../../tasks')

/** Requests that go through a proxy. */
const throughProxies = new Set([
  // they ask what the user names, anywhere: a proxy of the host counts there
  'network/download.ts',
  'network/http-request.ts',
  'network/http/from-host.ts',
  // it asks as the kubelet would, with the kubelet's own variables
  'kubernetes/ask-as-kubelet.sh',
])

/** Calls of curl in a text: the rest of their line. Comments, names and `command -v curl` are none. */
const callsIn = (text: string): string[] =>
  text
    .split('\n')
    .filter((line) => !/^\s*(#|\/\/|\/?\*)/.test(line))
    .flatMap((line) => line.split(/(?=\bcurl -)/).filter((part) => part.startsWith('curl -')))

test('no request goes through the proxy of a host', () => {
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(
    (file) => /\.(ts|sh)$/.test(file) && !throughProxies.has(file),
  )
  const calls = files.flatMap((file) =>
    callsIn(readFileSync(join(root, file), 'utf8')).map((call) => ({ file, call })),
  )
  assert.ok(calls.length > 10)
  assert.equal(
    calls.filter(({ call }) => !call.startsWith('curl -q') || !call.includes("--noproxy '*'")),
    [],
  )
})
