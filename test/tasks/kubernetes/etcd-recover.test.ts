import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import * as assert from 'uvu/assert'
import { CoxswainError } from '../../../engine/index.ts'
import type { Connection } from '../../../engine/connection/types.ts'
import { standaloneRun } from '../../../engine/run/task/standalone-run.ts'
import { connect } from '../../../engine/testing/world.ts'
import { rehearse } from '../../../engine/testing.ts'
import type { World } from '../../../engine/testing.ts'
import { etcdRecover, recoveryBegun } from '../../../tasks/kubernetes/etcd-recover.ts'
import { withForce, withoutForce } from '../../../tasks/kubernetes/etcd/recovery.ts'
import { folderOf } from '../../support/folder.ts'
import { sentPattern, wordsIn } from '../../support/sent.ts'
import { suite } from '../../support/spec.ts'
import { etcdCluster, hintOf, ids } from './etcd-world.ts'

const test = suite('etcd-recover')
const folder = folderOf(test)

const manifest = '/etc/kubernetes/manifests/etcd.yaml'
const api = '/etc/kubernetes/manifests/kube-apiserver.yaml'
const record = '/etc/coxswain/recover-quorum'
const plain = 'spec:\n  containers:\n  - command:\n    - etcd\n    - --name=m1\n    image: e\n'
const forced = plain.replace('- etcd\n', '- etcd\n    - --force-new-cluster\n')
const masters = ['m1', 'm2', 'm3'].map((name, index) => ({ name, address: `10.0.0.${index + 1}` }))
const urlOf = (index: number): string => `https://10.0.0.${index + 1}:2380`

/** The record of a recovery that has begun, and its copy. */
const copy = 'before-recover-20261129T211237Z'
const lost = masters
  .slice(1)
  .map(({ name }, index) => ({ name, peerUrl: `https://10.0.0.${index + 2}:2380` }))
const begun = { [record]: `${JSON.stringify({ copy, lost })}\n` }
const copied = { ...begun, [`/var/lib/etcd/${copy}/member/x`]: 'x' }
const restoring = '/etc/kubernetes/restoring'

interface Given {
  readonly files?: NonNullable<World['files']>
  /** What happens at the peer URLs of the others. */
  readonly peers?: 'silent' | 'answers' | 'unasked'
  readonly quorum?: boolean
  readonly alone?: boolean
  readonly others?: NonNullable<World['others']>
  /** Files that the host does not have. */
  readonly without?: readonly string[]
  /** Whether etcd has been stopped. */
  readonly stopped?: boolean
  /** How many times the others are asked before they answer. */
  readonly backAfter?: number
  /** Blocks of 1024 bytes that are free. */
  readonly free?: number
}

/** The host of m1. An etcd that is started with the flag has one member from then on; `log` has what was started and stopped. */
const survivorOf = ({
  files = {},
  peers = 'silent',
  quorum = false,
  alone = false,
  others = { m2: {}, m3: {} },
  without = [],
  stopped = false,
  free = 900_000,
  backAfter = Infinity,
}: Given = {}) => {
  const log: string[] = []
  const all = masters.map(({ name }, index) => ({ name, url: urlOf(index) }))
  const three = etcdCluster([...all], { quorum, silent: quorum ? [] : ['10.0.0.2', '10.0.0.3'] })
  const one = etcdCluster(all.slice(0, 1))
  let isAlone = alone
  let isStopped = stopped
  let asked = 0
  const none = etcdCluster([...all], { inVain: 999 })
  const now = () => (isStopped ? none : isAlone ? one : three)
  // IDs are numbers there, larger than those of JavaScript
  const listed = (): string =>
    `[${now()
      .members.map(
        ({ name, url }, index) =>
          `{"id":${ids[index]},"peerURLs":["${url}"],"name":"${name}","clientURLs":["${url.replace('2380', '2379')}"]}`,
      )
      .join(',')}]`
  const world: World = {
    files: Object.fromEntries(
      Object.entries({
        [manifest]: plain,
        [api]: '--secure-port=7443',
        '/var/lib/etcd/member/x': 'x',
        ...files,
      }).filter(([path]) => !without.includes(path)),
    ),
    others,
    patterns: [
      ...three.patterns.map(([pattern], index): NonNullable<World['patterns']>[number] => [
        pattern,
        (command, state) => {
          const [, reply] = now().patterns[index] ?? []
          return typeof reply === 'function' ? reply(command, state) : ''
        },
      ]),
      [
        sentPattern('tasks/kubernetes/etcd/ask-peers.sh'),
        ({ script }) => {
          const urls = [...wordsIn(script).matchAll(/https:\/\/[\d.]+:2380/g)].map(([url]) => url)
          if (urls.includes(urlOf(1))) asked += 1
          const their = asked > backAfter ? 'answers' : peers
          return urls
            .map(
              (url) =>
                `${url}\t${url === urlOf(0) && !isStopped ? `answers\t${listed()}` : `${their}\twhy`}\n`,
            )
            .join('')
        },
      ],
      [
        sentPattern('tasks/kubernetes/etcd/stop-static-pod.sh'),
        ({ script }, state) => {
          const [from = '', to = ''] = wordsIn(script).split(' ')
          log.push(`stop ${from.split('/').at(-1)}`)
          const text = state.get(from)
          if (text !== undefined) state.set(to, text)
          state.delete(from)
          if (from === manifest) isStopped = true
          return ''
        },
      ],
      [/^du -sk /, '70000\t/var/lib/etcd/member\n'],
      [/^df -Pk /, `Filesystem\n/dev/sda1 1000000 100000 ${free} 10% /\n`],
      [
        sentPattern('tasks/kubernetes/etcd/copy-data.sh'),
        ({ script }) => {
          log.push(
            `copy to ${wordsIn(script)
              .split(' ')[1]
              ?.replace(/\d+T\d+/, 'TIME')}`,
          )
          return ''
        },
      ],
      [sentPattern('tasks/kubernetes/etcd/discarded-entries.sh'), '{"number-of-discarded-entries":3}'],
      [
        /^mv -f /,
        ({ script }, state) => {
          const [, , from = '', to = ''] = script.split(' ')
          const text = state.get(from)
          if (text !== undefined) state.set(to, text)
          state.delete(from)
          const isForced = String(text?.content).includes('--force-new-cluster')
          if (to === manifest) isStopped = false
          if (to === manifest && isForced) isAlone = true
          log.push(`start ${to.split('/').at(-1)}${isForced ? ' with the flag' : ''}`)
          return ''
        },
      ],
      [/^curl .*readyz/, 'ok'],
    ],
  }
  return { log, world }
}
const task = (acceptLoss = true) => etcdRecover({ name: 'm1', masters, acceptLoss })

test('the flag is in the manifest once, and is removed again', () => {
  assert.is(withForce(plain), forced)
  assert.is(withForce(forced), forced)
  assert.is(withoutForce(forced), plain)
  assert.is(withoutForce(plain), plain)
})

test('the last member is copied, made the only one, and started as usual; then the API server', async () => {
  const { log, world } = survivorOf()
  const run = await rehearse(task(), world)
  assert.is(run.outcome, 'changed', String(run.error))
  assert.equal(
    run.changes.map(({ what, from, to }) => [what, from, to]),
    [
      ['a copy of the data of host', undefined, '/var/lib/etcd/before-recover-…'],
      ['members of etcd', 'host, m2, m3', 'host'],
    ],
  )
  assert.equal(log, [
    'stop kube-apiserver.yaml',
    'stop etcd.yaml',
    'copy to before-recover-TIMEZ',
    'stop etcd.yaml',
    'start etcd.yaml with the flag',
    'stop etcd.yaml',
    'start etcd.yaml',
    'start kube-apiserver.yaml',
  ])
  assert.is(run.files.get(manifest)?.content, plain)
  assert.ok(run.files.has(api))
  assert.not.ok(run.files.has(record))
})

const gone = { [`${restoring}/etcd.yaml`]: plain, [`${restoring}/kube-apiserver.yaml`]: 'x' }
const inPlace = [manifest, api]

for (const [title, given, accept, steps] of [
  [
    'before the copy',
    { files: { ...begun, ...gone }, without: inPlace, stopped: true },
    true,
    ['stop kube-apiserver.yaml', 'stop etcd.yaml', `copy to before-recover-TIMEZ`, 'stop etcd.yaml'],
  ],
  [
    'after the copy',
    { files: { ...copied, ...gone }, without: inPlace, stopped: true },
    true,
    ['stop kube-apiserver.yaml', 'stop etcd.yaml', `copy to before-recover-TIMEZ`, 'stop etcd.yaml'],
  ],
  [
    'with the flag in the manifest, without asking again',
    { files: { ...copied, [manifest]: forced }, alone: true },
    false,
    ['stop kube-apiserver.yaml', 'stop etcd.yaml'],
  ],
] as const)
  test(`a run that was interrupted is continued: ${title}`, async () => {
    const { log, world } = survivorOf(given)
    const run = await rehearse(task(accept), world)
    assert.is(run.outcome, 'changed', String(run.error))
    assert.equal(log.slice(0, steps.length), steps)
    assert.is(run.files.get(manifest)?.content, plain)
    assert.ok(run.files.has(api))
    assert.not.ok(run.files.has(record))
  })

for (const [title, given, message] of [
  ['the members that were lost are back', { files: copied, quorum: true }, 'etcd has a quorum: 3 members'],
  [
    'one of them answers, while etcd is stopped',
    { files: { ...copied, ...gone }, without: inPlace, stopped: true, peers: 'answers' },
    'the etcd member m2 at https://10.0.0.2:2380 answers, so it is not lost',
  ],
] as const)
  test(`an interrupted run is judged again: ${title}`, async () => {
    const { log, world } = survivorOf(given)
    const run = await rehearse(task(), world)
    assert.equal([run.predicted, run.outcome, log], ['failed', 'failed', []])
    assert.match(String(run.error), message)
    assert.match(hintOf(run.error), `to give up: rm ${record}; mv ${restoring}/*.yaml`)
  })

test('a run that was interrupted before etcd was started with the flag is judged again, and the way back is without the flag', async () => {
  const files = { ...copied, ...gone, [`${restoring}/etcd.yaml`]: forced }
  const given = { files, without: inPlace, stopped: true }
  const back = survivorOf({ ...given, peers: 'answers' })
  const run = await rehearse(task(), back.world)
  assert.equal([run.predicted, run.outcome, back.log], ['failed', 'failed', []])
  assert.match(
    hintOf(run.error),
    `to give up: remove --force-new-cluster from ${restoring}/etcd.yaml; rm ${record}; mv ${restoring}/*.yaml`,
  )
  assert.match(String((await rehearse(task(false), survivorOf(given).world)).error), 'are lost')
  const again = await rehearse(task(), survivorOf(given).world)
  assert.is(again.outcome, 'changed', String(again.error))
  assert.is(again.files.get(manifest)?.content, plain)
})

test('an interrupted run is judged again: the loss must be accepted again', async () => {
  const { log, world } = survivorOf({ files: copied })
  const run = await rehearse(task(false), world)
  assert.match(String(run.error), 'Writes that only m2 and m3 have are lost')
  assert.equal(log, [])
})

test('where etcd has run since an interrupted run, its data is copied again', async () => {
  const { log, world } = survivorOf({ files: copied })
  const run = await rehearse(task(), world)
  assert.is(run.outcome, 'changed', String(run.error))
  assert.match(JSON.stringify(run.changes), 'a copy of the data of host')
  assert.is(log[2], 'copy to before-recover-TIMEZ')
})

test('members that come back after the check are seen before anything is changed', async () => {
  const { log, world } = survivorOf({ backAfter: 1 })
  const { outcome, error } = await standaloneRun(
    new Map([
      ['host', connect(world)],
      ['m2', connect({})],
      ['m3', connect({})],
    ]),
  )(task(), false)
  assert.is(outcome, 'failed')
  assert.match(String(error), 'answers, so it is not lost')
  assert.equal(log, [])
})

test('a run that was interrupted before the API server was started starts it', async () => {
  const { log, world } = survivorOf({
    files: { ...copied, [`${restoring}/kube-apiserver.yaml`]: 'x' },
    without: [api],
    alone: true,
  })
  const run = await rehearse(task(false), world)
  assert.is(run.outcome, 'changed', String(run.error))
  assert.equal(log, ['start kube-apiserver.yaml'])
})

test('a flag that was left in the manifest is removed: with it, etcd would remove members that are added later', async () => {
  const { log, world } = survivorOf({ files: { [manifest]: forced }, alone: true })
  const run = await rehearse(task(false), world)
  assert.is(run.outcome, 'changed', String(run.error))
  assert.equal(run.changes, [{ what: 'etcd', from: 'a new cluster at each start', to: 'as usual' }])
  assert.equal(log, [
    'stop kube-apiserver.yaml',
    'stop etcd.yaml',
    'start etcd.yaml',
    'start kube-apiserver.yaml',
  ])
  assert.is(run.files.get(manifest)?.content, plain)
})

test('a flag that was set by hand before a recovery does not stand for the copy', async () => {
  const { log, world } = survivorOf({ files: { [manifest]: forced } })
  const run = await rehearse(task(), world)
  assert.is(run.outcome, 'changed', String(run.error))
  assert.is(log[2], 'copy to before-recover-TIMEZ')
  assert.is(run.files.get(manifest)?.content, plain)
})

for (const code of ['become-failed', 'auth-failed', 'connect-failed'] as const)
  test(`another master with the error ${code}`, async () => {
    const { world } = survivorOf()
    const fails = (): Promise<never> => Promise.reject(new CoxswainError(code, 'no way in'))
    const hosts = new Map<string, Connection>([['host', connect(world)]])
    for (const name of ['m2', 'm3']) hosts.set(name, { ...connect({}), execute: fails })
    const { outcome, error } = await standaloneRun(hosts)(task(), true)
    if (code === 'connect-failed') assert.is(outcome, 'would change', String(error))
    else {
      assert.match(String(error), /whether m2 has data of etcd is not known: .*no way in/)
      assert.match(hintOf(error), 'if m2 is lost, turn it off')
    }
  })

test('the only member, which is healthy, is left as it is', async () => {
  const { log, world } = survivorOf({ alone: true })
  assert.is((await rehearse(task(false), world)).outcome, 'ok')
  assert.equal(log, [])
})

for (const [title, given, accept, message, hint] of [
  [
    'a loss that is not accepted',
    {},
    false,
    '3 members, 2 needed, 0 healthy',
    'recover_quorum_accept_loss=true',
  ],
  [
    'a quorum that is there',
    { quorum: true },
    true,
    'etcd has a quorum: 3 members, 2 needed, 3 healthy',
    'run ha-masters',
  ],
  [
    'a member that answers',
    { peers: 'answers' },
    true,
    'answers, so it is not lost',
    'repair its connection',
  ],
  ['a member that nothing is known about', { peers: 'unasked' }, true, 'is not known: why', 'revive'],
  [
    'another master with data',
    { others: { m2: { files: { '/var/lib/etcd/member/x': 'x' } }, m3: {} } },
    true,
    'm2 can be reached, and has data of etcd',
    'run reset on it first',
  ],
  [
    'a copy that does not fit',
    { free: 100_000 },
    true,
    'host has 97.7 MiB free for /var/lib/etcd, and a copy of the data of etcd needs 190.4 MiB; nothing was stopped',
    'make room',
  ],
  [
    'data elsewhere',
    { files: { [manifest]: plain.replace('--name=m1', '--data-dir=/srv/etcd') } },
    true,
    'etcd on host has its data in /srv/etcd, and only /var/lib/etcd is supported; nothing was changed',
    'do not reset host',
  ],
  [
    'a quorum, and the flag in the manifest',
    { quorum: true, files: { [manifest]: forced } },
    true,
    'etcd has a quorum',
    'take --force-new-cluster out of',
  ],
] as const)
  test(`refused by name, and also by --check: ${title}`, async () => {
    const { log, world } = survivorOf(given)
    const run = await rehearse(task(accept), world)
    assert.equal([run.predicted, run.outcome], ['failed', 'failed'])
    assert.match(String(run.error), message)
    assert.match(hintOf(run.error), hint)
    assert.equal(log, [])
  })

test('refused: a host without a manifest of etcd, and one that is not in the list', async () => {
  const { world } = survivorOf()
  const absent = survivorOf({ without: [manifest] }).world
  assert.match(String((await rehearse(task(), absent)).error), `does not have ${manifest}`)
  const other = etcdRecover({ name: 'm9', masters, acceptLoss: true })
  assert.match(String((await rehearse(other, world)).error), 'm9 is not among the masters')
  assert.throws(() => etcdRecover({ name: 'm1', masters: [] }))
})

test('recovery-begun: only with a record that names a copy', async () => {
  assert.is((await rehearse(recoveryBegun(), { files: begun })).outcome, 'ok')
  for (const text of ['../../x', '{"copy":"../../x","lost":[]}', ''])
    assert.is((await rehearse(recoveryBegun(), { files: { [record]: text } })).outcome, 'failed')
})

for (const shell of ['dash', 'busybox sh'])
  test(`${shell}: a copy is complete, and made once`, { needs: ['dash', 'busybox'] }, () => {
    const at = folder.at(shell.replace(' ', '-'))
    execFileSync('mkdir', ['-p', `${at}/member/wal`])
    execFileSync('sh', ['-c', 'echo one >"$0/member/wal/0"', at])
    const [name = '', ...more] = shell.split(' ')
    const makeCopy = (): void => {
      const program = 'copy-data.sh'
      execFileSync(name, [...more, program, at, 'before-recover-x', '1'], { cwd: 'tasks/kubernetes/etcd' })
    }
    makeCopy()
    assert.is(readFileSync(`${at}/before-recover-x/member/wal/0`, 'utf8'), 'one\n')
    assert.not.ok(existsSync(`${at}/before-recover-x.new`))
    execFileSync('sh', ['-c', 'echo two >"$0/member/wal/0"', at])
    makeCopy()
    assert.is(readFileSync(`${at}/before-recover-x/member/wal/0`, 'utf8'), 'one\n')
  })

for (const shell of ['dash', 'busybox sh'])
  test(
    `${shell}: data that is not there is not called a lack of space`,
    { needs: ['dash', 'busybox'] },
    () => {
      const at = folder.at(`empty-${shell.replace(' ', '-')}`)
      execFileSync('mkdir', ['-p', at])
      const [name = '', ...more] = shell.split(' ')
      const { status, stderr } = spawnSync(name, [...more, 'copy-data.sh', at, 'before-recover-x', '1'], {
        cwd: 'tasks/kubernetes/etcd',
        encoding: 'utf8',
      })
      assert.is(status, 1)
      assert.match(stderr, `${at}/member does not exist`)
    },
  )
