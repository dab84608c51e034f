import fc from 'fast-check'
import * as assert from 'uvu/assert'
import { completed, endpointsOf, moveOf } from '../../../../tasks/kubernetes/endpoint/move.ts'
import type { Move } from '../../../../tasks/kubernetes/endpoint/move.ts'
import { endpointsIn, isSameEndpoint, withEndpoint } from '../../../../tasks/kubernetes/endpoint/servers.ts'
import { propertyRuns } from '../../../support/property-runs.ts'
import { suite } from '../../../support/spec.ts'
import { conf } from '../endpoint-world.ts'

const test = suite('servers of kubeconfigs, and moves')

const endpoints = [
  '10.0.0.10:6443',
  '10.0.0.10:8443',
  'api.example.org:6443',
  '[fd00::10]:6443',
  '10.0.0.1:6443',
]
const endpoint = fc.constantFrom(...endpoints)

test('a server is found in YAML and JSON, with and without a port, quoted or not', () => {
  for (const [text, found] of [
    [conf('10.0.0.10:6443'), ['10.0.0.10:6443']],
    ['    server: "https://api.example.org/"\n', ['api.example.org:443']],
    ["    server: 'https://[fd00::10]:6443'\n", ['[fd00::10]:6443']],
    ['{"cluster":{"server":"https://a:1"}},{"cluster":{"server":"https://a:1"}}', ['a:1']],
    ['server: http://10.0.0.10:8080\n# no server\n', []],
  ] as const)
    assert.equal(endpointsIn(text), found)
})

test('an endpoint is the same however it is written, and another port is another endpoint', () => {
  assert.ok(isSameEndpoint('[FD00:0::10]:6443', '[fd00::10]:6443'))
  assert.ok(isSameEndpoint('API.example.org:6443', 'api.example.org:6443'))
  assert.not.ok(isSameEndpoint('10.0.0.10:6443', '10.0.0.10:8443'))
  const text = "    server: 'https://[FD00:0::10]:6443' # the balancer\n"
  assert.is(
    withEndpoint(text, { from: ['[fd00::10]:6443'], to: 'api.example.org:6443' }),
    "    server: 'https://api.example.org:6443' # the balancer\n",
  )
})

test('only servers that are left change, no other byte, and a second time changes nothing', () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(endpoint.map(conf), fc.string()), { maxLength: 6 }),
      fc.uniqueArray(endpoint, { maxLength: 3 }),
      endpoint,
      (parts, from, to) => {
        const text = parts.join('\n')
        const left = from.filter((one) => one !== to)
        const edited = withEndpoint(text, { from: left, to })
        assert.is(withEndpoint(edited, { from: left, to }), edited)
        assert.not.ok(endpointsIn(edited).some((one) => left.includes(one)))
        const others = (one: string): string => one.replaceAll(/https:\/\/(\[[\da-f:]+\]|[\w.-]+):\d+/g, 'x')
        assert.is(others(edited), others(text))
      },
    ),
    propertyRuns(1000),
  )
})

test('an endpoint that was recorded, and to which nothing was moved, is not left: it can be a mistake', () => {
  const recorded = [{ from: ['10.0.0.10:6443'], to: 'api.exmaple.org:6443' }]
  const known = { recorded, living: '10.0.0.10:6443', former: [], to: 'api.example.org:6443' }
  assert.equal(moveOf({ ...known, info: ['10.0.0.10:6443'] }).from, ['10.0.0.10:6443'])
  assert.equal(moveOf({ ...known, info: ['api.exmaple.org:6443'] }).from, [
    '10.0.0.10:6443',
    'api.exmaple.org:6443',
  ])
})

test('an endpoint without a port is completed, whatever it looks like', () => {
  for (const [found, complete] of [
    ['10.0.0.10', '10.0.0.10:6443'],
    ['fd00::10', '[fd00::10]:6443'],
    ['[fd00::10]', '[fd00::10]:6443'],
    ['[fd00::10]:8443', '[fd00::10]:8443'],
    ['cafe:6443', 'cafe:6443'],
    ['cafe', 'cafe:6443'],
    ['api.example.org:8443', 'api.example.org:8443'],
  ] as const)
    assert.is(completed(found, 6443), complete)
})

test('nothing is left by a cluster that has the endpoint, and its own endpoint is never left', () => {
  fc.assert(
    fc.property(endpoint, endpoint, fc.array(endpoint), (living, to, former) => {
      const { from } = moveOf({ recorded: [], living, info: [living], former, to })
      assert.not.ok(from.includes(to))
      assert.is(new Set(from).size, from.length)
      assert.is(from.includes(living), living !== to)
    }),
    propertyRuns(1000),
  )
})

test('runs that end anywhere, for whatever endpoint, are completed by the last one', () => {
  fc.assert(
    fc.property(
      endpoint,
      fc.array(fc.tuple(endpoint, fc.nat({ max: 9 })), { minLength: 1, maxLength: 6 }),
      (begun, runs) => {
        let files: readonly string[] = Array.from({ length: 5 }, () => conf(begun))
        let [living, info, recorded]: [string, string, Move | undefined] = [begun, begun, undefined]
        /** The steps of a run, in the order of the playbook; it ends after some of them. */
        const runTo = (to: string, steps: number): void => {
          const all = {
            recorded: recorded === undefined ? [] : [recorded],
            living,
            info: [info],
            former: [],
            to,
          }
          const move = moveOf(all)
          if (move.from.length === 0 && recorded === undefined) return
          if (steps > 0) recorded = { from: endpointsOf(all), to }
          if (steps > 1) info = to
          if (steps > 2) living = to
          files = files.map((text, at) => (steps > at + 3 ? withEndpoint(text, move) : text))
          if (steps > 8) {
            assert.not.ok(files.some((text) => endpointsIn(text).some((one) => move.from.includes(one))))
            recorded = undefined
          }
        }
        for (const [to, steps] of runs) runTo(to, steps)
        const [last] = runs.at(-1) ?? [begun]
        runTo(last, 9)
        assert.is(recorded, undefined)
        assert.is(living, last)
        for (const text of files) assert.equal(endpointsIn(text), [last])
      },
    ),
    propertyRuns(2000),
  )
})
