/** The service account key is replaced, in any order of steps that is let through, with kills and restarts in between. */
import fc from 'fast-check'
import * as assert from 'uvu/assert'
import {
  idsAt,
  isAt,
  stageOf,
  stages,
  whyNot,
  whyNotEnded,
  whyNotRenewed,
  whyNotSigned,
} from '../../../../tasks/kubernetes/service-accounts/stages.ts'
import type { MasterStage, Pair, Stage } from '../../../../tasks/kubernetes/service-accounts/stages.ts'
import { propertyRuns } from '../../../support/property-runs.ts'
import { suite } from '../../../support/spec.ts'

const test = suite('stages of a service account key')

const pairs = fc
  .uniqueArray(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 3 })
  .map((accepted): Pair => ({ former: { accepted, signer: accepted[0] ?? 'a' }, next: 'new' }))

interface Server {
  stage: Stage
  /** What the API server has read of its files. */
  loaded: Stage
  pending: boolean
  controllerPending: boolean
  /** What the controller manager has read. */
  controller: Stage
}

const actions = ['both', 'new signs', 'controllers', 'secrets', 'tokens', 'new'] as const

interface Step {
  readonly server: number
  readonly what: (typeof actions)[number] | 'crash' | 'refresh' | 'start' | 'secret'
  /** Whether the run ends before the file is written, or before the restart. */
  readonly killed: 'no' | 'before the file' | 'before the restart'
}

const step = (server: number, what: Step['what'], killed: Step['killed'] = 'no'): Step => ({
  server,
  what,
  killed,
})

const others = fc.tuple(
  fc.nat({ max: 2 }),
  fc.constantFrom(...(['refresh', 'start', 'secret', 'crash'] as const)),
)

/** A run: its steps in order on some of the servers, some of them killed, and what others do in between. */
const runs = fc
  .record({
    actions: fc.subarray([...actions], { minLength: 1 }),
    servers: fc.shuffledSubarray([0, 1, 2], { minLength: 1 }),
    kills: fc.infiniteStream(
      fc.constantFrom(...(['no', 'no', 'before the restart', 'before the file'] as const)),
    ),
    between: fc.infiniteStream(fc.array(others, { maxLength: 3 })),
  })
  .map(({ actions: some, servers, kills, between }): Step[] =>
    some.flatMap((what) =>
      servers.flatMap((server) => [
        step(server, what, kills.next().value),
        ...[...(between.next().value ?? [])].map((one: readonly [number, Step['what']]) =>
          step(one[0], one[1]),
        ),
      ]),
    ),
  )

const steps = fc.array(runs, { minLength: 1, maxLength: 5 }).map((all) => all.flat())

test('at no step of any order can a token that is in use be refused', () => {
  let ended = 0
  fc.assert(
    fc.property(pairs, steps, fc.boolean(), (pair, drawn, orderly) => {
      const servers: Server[] = [0, 1, 2].map(() => ({
        stage: 'former',
        loaded: 'former',
        pending: false,
        controllerPending: false,
        controller: 'former',
      }))
      /** The keys of tokens in use: of pods on each of three nodes, and of Secrets. */
      let pods = pair.former.accepted.map((key, index) => ({ node: index, key }))
      let secrets: string[] = [...pair.former.accepted]
      const masters = (): MasterStage[] => servers.map((one, index) => ({ ...one, name: `m${index}` }))
      const signer = (stage: Stage): string => idsAt(stage, pair).signer
      const left = (): string[] =>
        [...pods.map(({ key }) => key), ...secrets].filter((key) => key !== pair.next)
      const restartController = (server: Server): void => {
        server.controller = server.stage
      }
      const go = (server: Server, stage: Stage, killed: string): void => {
        const there = isAt(server.stage, stage)
        if (there && !server.pending) return
        if (!there && whyNot(stage, masters(), left()).length > 0) return
        server.pending = true
        if (stage === 'new signs' && !there) server.controllerPending = true
        if (killed === 'before the file') return
        if (!there) server.stage = stage
        if (killed === 'before the restart') return
        server.loaded = server.stage
        server.pending = false
      }
      const refresh = (node: number, from: Server): void => {
        pods = pods.map((pod) => (pod.node === node ? { node, key: signer(from.loaded) } : pod))
      }
      const act = ({ server: index, what, killed }: Step, count: number): void => {
        const server = servers[index]
        const any = servers[count % 3]
        if (server === undefined || any === undefined) return
        if (what === 'crash') {
          // it is started again by itself, with whatever its files have
          server.loaded = server.stage
          restartController(server)
        } else if (what === 'refresh') refresh(index, any)
        else if (what === 'start') pods.push({ node: index, key: signer(any.loaded) })
        else if (what === 'secret') secrets.push(signer(any.controller))
        else if (what === 'controllers') {
          if (!server.controllerPending || whyNotRenewed(masters()).length > 0) return
          if (killed === 'before the file') return
          restartController(server)
          if (killed === 'no') server.controllerPending = false
        } else if (what === 'secrets') {
          if (whyNotSigned(masters()).length === 0)
            secrets = secrets.map((key) => (key === pair.next ? key : signer(any.controller)))
        } else if (what === 'tokens') {
          if (whyNotRenewed(masters()).length === 0) refresh(index, any)
        } else go(server, what, killed)
      }
      const holds = (): void => {
        for (const { loaded } of servers)
          for (const key of [...pods.map((pod) => pod.key), ...secrets])
            if (!idsAt(loaded, pair).accepted.includes(key)) assert.unreachable(`${key} at ${loaded}`)
      }
      const inOrder = actions.flatMap((what) => [0, 1, 2].map((server) => step(server, what)))
      for (const [count, one] of [...drawn, ...(orderly ? inOrder : [])].entries()) {
        act(one, count)
        holds()
      }
      // a run without a kill always ends, whatever was there before
      if (!orderly) return
      assert.equal(whyNotEnded(masters()), [])
      assert.equal(left(), [])
      ended += 1
    }),
    propertyRuns(1000),
  )
  assert.ok(ended > 10)
})

test('each stage is recognised, and other keys are not taken for one', () => {
  fc.assert(
    fc.property(pairs, (pair) => {
      for (const stage of stages) {
        const { accepted, signer } = idsAt(stage, pair)
        assert.is(stageOf({ accepted: accepted.toReversed(), signer }, pair), stage)
        assert.is(stageOf({ accepted: [...accepted, 'other'], signer }, pair), undefined)
      }
      assert.is(stageOf({ accepted: ['new'], signer: pair.former.signer }, pair), undefined)
    }),
    propertyRuns(100),
  )
})

test('a program that was not restarted holds up the others', () => {
  const master = (stage: Stage, pending = false, controllerPending = false): MasterStage[] => [
    { name: 'm1', stage: 'new signs', pending: false, controllerPending: false },
    { name: 'm2', stage, pending, controllerPending },
  ]
  assert.equal(whyNot('new signs', master('former'), []), ['m2 does not accept tokens of the new key'])
  assert.equal(whyNot('new signs', master('both', true), []), ['the API server of m2 must be restarted'])
  assert.equal(whyNotRenewed(master('both')), ['m2 does not sign with the new key'])
  assert.equal(whyNotRenewed(master('new signs', true)), ['the API server of m2 must be restarted'])
  assert.equal(whyNotSigned(master('new signs', false, true)), [
    'the controller manager of m2 must be restarted',
  ])
  assert.equal(whyNot('new', master('new signs', false, true), []), [
    'the controller manager of m2 must be restarted',
  ])
  assert.equal(whyNot('new', master('new signs'), ['x']), ['x'])
  assert.equal(whyNot('new', master('new signs'), undefined), ['it is not known which tokens are in use'])
  assert.equal(whyNot('new', master('new', true), []), [])
  assert.equal(whyNotEnded(master('new', true)), [
    'm1 accepts tokens of the former key',
    'the API server of m2 must be restarted',
  ])
})
