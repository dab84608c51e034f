/** A key of encryption at rest is replaced, in any order of steps that is let through, with kills and restarts in between. */
import fc from 'fast-check'
import * as assert from 'uvu/assert'
import { configIn, configText, isSameConfig } from '../../../../tasks/kubernetes/encryption/config.ts'
import type { Config, Provider } from '../../../../tasks/kubernetes/encryption/config.ts'
import {
  configAt,
  isAt,
  isRecent,
  keyMadeAt,
  keyName,
  plain,
  stageOf,
  stages,
  whyNot,
} from '../../../../tasks/kubernetes/encryption/stages.ts'
import type { Pair, Stage } from '../../../../tasks/kubernetes/encryption/stages.ts'
import { propertyRuns } from '../../../support/property-runs.ts'
import { suite } from '../../../support/spec.ts'

const test = suite('stages of a key of encryption at rest')

const secret = (seed: number): string => Buffer.alloc(32, seed).toString('base64')
const source = { path: '/etc/kubernetes/pki/encryption.yaml', host: 'm1' }
const next = { provider: 'secretbox', key: { name: 'key-20261201t000000z', secret: secret(99) } } as const

/** Providers of an entry, each type once; identity is only the first one where it is the only one. */
const providers = fc
  .tuple(
    fc.uniqueArray(fc.constantFrom('secretbox', 'aescbc', 'aesgcm'), { minLength: 1, maxLength: 3 }),
    fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 3, maxLength: 3 }),
    fc.boolean(),
    fc.boolean(),
  )
  .map(([types, counts, identity, alone]): Provider[] => {
    const own: Provider = { type: 'identity', keys: [] }
    if (alone) return [own]
    const keyed = types.map((type, index): Provider => ({
      type,
      keys: Array.from({ length: counts[index] ?? 1 }, (_, at) => ({ name: `k${at}`, secret: secret(at) })),
    }))
    return identity ? [...keyed, own] : keyed
  })

const configs = fc
  .tuple(providers, fc.option(providers, { nil: undefined }))
  .map(([one, other]): Config => [
    { resources: ['secrets'], providers: one },
    ...(other === undefined ? [] : [{ resources: ['configmaps'], providers: other }]),
  ])

/** How a value was written: its resource, and the key that encrypted it. */
interface Value {
  readonly resource: string
  readonly by: string
}

const keysOf = (config: Config, resource: string): string[] =>
  (config.find(({ resources }) => resources.includes(resource))?.providers ?? []).flatMap(({ type, keys }) =>
    type === 'identity' ? ['plain'] : keys.map(({ name }) => `${type}:${name}`),
  )

const written = (config: Config, resource: string): Value => ({
  resource,
  by: keysOf(config, resource)[0] ?? 'plain',
})

const canRead = (config: Config, { resource, by }: Value): boolean => keysOf(config, resource).includes(by)

interface Server {
  stage: Stage
  /** What the API server has read of its file. */
  loaded: Stage
  pending: boolean
}

const actions = ['both', 'new first', 'rewrite', 'new'] as const

interface Step {
  readonly server: number
  readonly what: (typeof actions)[number] | 'crash' | 'write'
  /** Whether the run ends before the file is written, or before the restart. */
  readonly killed: 'no' | 'before the file' | 'before the restart'
}

const step = (server: number, what: Step['what'], killed: Step['killed'] = 'no'): Step => ({
  server,
  what,
  killed,
})

/** A run: its steps in order on some of the servers, some of them killed, and what others do in between. */
const runs = fc
  .record({
    actions: fc.subarray([...actions], { minLength: 1 }),
    servers: fc.shuffledSubarray([0, 1, 2], { minLength: 1 }),
    kills: fc.infiniteStream(
      fc.constantFrom(...(['no', 'no', 'before the restart', 'before the file'] as const)),
    ),
    between: fc.infiniteStream(
      fc.array(fc.tuple(fc.nat({ max: 2 }), fc.constantFrom(...(['write', 'write', 'crash'] as const))), {
        maxLength: 3,
      }),
    ),
  })
  .map(({ actions: some, servers, kills, between }): Step[] =>
    some.flatMap((what) =>
      servers.flatMap((server) => [
        step(server, what, kills.next().value),
        ...[...(between.next().value ?? [])].map((one: readonly [number, 'write' | 'crash']) =>
          step(one[0], one[1]),
        ),
      ]),
    ),
  )

const steps = fc.array(runs, { minLength: 1, maxLength: 5 }).map((all) => all.flat())

test('at no step of any order can an API server fail to read what another one has written', () => {
  let ended = 0
  fc.assert(
    fc.property(configs, steps, fc.boolean(), (former, drawn, orderly) => {
      const pair: Pair = { former, next }
      const resources = former.flatMap((entry) => entry.resources)
      const servers: Server[] = [0, 1, 2].map(() => ({ stage: 'former', loaded: 'former', pending: false }))
      const configAtStage = new Map(stages.map((stage) => [stage, configAt(stage, pair)]))
      const at = (server: Server): Config => configAtStage.get(server.loaded) ?? former
      let values = resources.map((resource) => written(former, resource))
      const isNew = ({ by }: Value): boolean => by === `${next.provider}:${next.key.name}`
      const masters = () =>
        servers.map(({ stage, pending }, index) => ({ name: `m${index}`, stage, pending }))
      const left = (): number => values.filter((value) => !isNew(value)).length
      const go = (server: Server, stage: Stage, killed: string): void => {
        const there = isAt(server.stage, stage)
        if (there && !server.pending) return
        if (!there && whyNot(stage, masters(), left()).length > 0) return
        server.pending = true
        if (killed === 'before the file') return
        if (!there) server.stage = stage
        if (killed === 'before the restart') return
        server.loaded = server.stage
        server.pending = false
      }
      const rewrite = (through: Server): void => {
        if (whyNot('new', masters(), 0).length > 0) return
        values = values.map((value) => (isNew(value) ? value : written(at(through), value.resource)))
      }
      const holds = (): void => {
        for (const value of values)
          for (const server of servers)
            if (!canRead(at(server), value)) assert.unreachable(`${value.by} at ${server.loaded}`)
      }
      const orderlySteps = actions.flatMap((what) => [0, 1, 2].map((server) => step(server, what)))
      let count = 0
      for (const { server: index, what, killed } of [...drawn, ...(orderly ? orderlySteps : [])]) {
        const server = servers[index]
        if (server === undefined) continue
        // it is started again by itself, with whatever its file has
        if (what === 'crash') server.loaded = server.stage
        else if (what === 'write')
          values.push(written(at(server), resources[(count += 1) % resources.length] ?? 'secrets'))
        else if (what === 'rewrite') rewrite(server)
        else go(server, what, killed)
        holds()
      }
      // a run without a kill always ends, whatever was there before
      if (orderly) {
        assert.equal(
          servers.map(({ loaded }) => loaded),
          ['new', 'new', 'new'],
        )
        assert.is(left(), 0)
        ended += 1
      }
    }),
    propertyRuns(1000),
  )
  assert.ok(ended > 10)
})

test('each stage is recognised, is valid, and is read back as it was written', () => {
  fc.assert(
    fc.property(configs, (former) => {
      for (const stage of stages) {
        const config = configAt(stage, { former, next })
        assert.is(stageOf(config, { former, next }), stage)
        assert.ok(isSameConfig(configIn(configText(config), source), config))
      }
    }),
    propertyRuns(300),
  )
})

test('other keys than those of the stages are not taken for one', () => {
  const former = plain(['secrets'])
  const other = configAt('both', { former, next: { ...next, key: { ...next.key, secret: secret(1) } } })
  assert.is(stageOf(other, { former, next }), undefined)
})

test('an API server that was not restarted holds up the others', () => {
  const master = (stage: Stage, pending: boolean) => [
    { name: 'm1', stage: 'new first' as const, pending: false },
    { name: 'm2', stage, pending },
  ]
  assert.equal(whyNot('new first', master('former', false), 0), ['m2 does not know the new key'])
  assert.equal(whyNot('new first', master('both', true), 0), ['the API server of m2 must be restarted'])
  assert.equal(whyNot('new', master('both', false), 0), ['m2 does not encrypt with the new key'])
  assert.equal(whyNot('new', master('new first', true), 0), ['the API server of m2 must be restarted'])
  assert.equal(whyNot('new', master('new first', false), 3), ['3 objects may be left under former keys'])
  assert.equal(whyNot('new', master('new first', false), undefined), [
    'it is not known whether objects are left under former keys',
  ])
  assert.equal(whyNot('new', master('new', true), 0), [])
})

test('the name of a key says when it was made; names of others do not', () => {
  const time = new Date('2026-12-01T01:02:03.456Z')
  assert.is(keyName(time), 'key-20261201t010203z')
  assert.is(keyMadeAt(keyName(time))?.toISOString(), '2026-12-01T01:02:03.000Z')
  for (const name of ['key1', 'key-20269901t010203z', 'key-20261201t010203z2'])
    assert.is(keyMadeAt(name), undefined, name)
  const config = configAt('new', { former: plain(['secrets']), next })
  assert.ok(isRecent(config, new Date('2026-12-01')))
  assert.not.ok(isRecent(config, new Date('2026-12-02')))
  assert.not.ok(isRecent(plain(['secrets']), new Date('2020-01-01')))
})
