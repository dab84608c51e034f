import * as assert from 'uvu/assert'
import { Secret } from '../../../engine/index.ts'
import { rehearse } from '../../../engine/testing.ts'
import type { World } from '../../../engine/testing.ts'
import { container } from '../../../tasks/system/container.ts'
import { rejects } from '../../support/rejects.ts'
import { sentPattern } from '../../support/sent.ts'
import { suite } from '../../support/spec.ts'

const test = suite('container')

interface Made {
  label: string | undefined
  env: string[]
  running: boolean
  /** Its exit status, if it has ended by itself. */
  ended?: number
}

/** A host with a docker that stores its containers. */
const host = ({
  image = '',
  made,
  left,
  ends,
}: { image?: string; made?: Made; left?: Made; ends?: number } = {}) => {
  let [there, now, draft]: [string, Made | undefined, Made | undefined] = [image, made, left]
  const inspect = ({ label, env, running, ended }: Made): string =>
    JSON.stringify([
      {
        Image: `sha256:${there}`,
        State: { Running: running, Status: running ? 'running' : 'exited', ExitCode: ended ?? 137 },
        Config: { Labels: label === undefined ? null : { 'coxswain.config': label }, Env: env },
      },
    ])
  const world: World = {
    patterns: [
      [
        sentPattern('tasks/system/containers/find.sh'),
        () =>
          `docker${draft === undefined ? '' : ' draft'}\n${there}\n${now === undefined ? '' : inspect(now)}\n`,
      ],
      [
        /^docker pull/,
        () => {
          there = 'i1'
          return ''
        },
      ],
      [
        /^docker create/,
        ({ script, stdin }) => {
          const label = /'--label=coxswain\.config=(.*?)' --/.exec(script)?.[1]
          draft = { label, env: stdin.split('\n'), running: false }
          return ''
        },
      ],
      [
        /^docker (start|stop|rename)/,
        ({ script }) => {
          if (script.startsWith('docker rename')) [now, draft] = [draft, undefined]
          else if (script.endsWith(' rm -f web')) now = undefined
          else if (now !== undefined) {
            const running = script.startsWith('docker start')
            now =
              ends === undefined || !running ? { ...now, running } : { ...now, running: false, ended: ends }
          }
          return ''
        },
      ],
      [
        /^docker rm -f web\.coxswain-new$/,
        () => {
          draft = undefined
          return ''
        },
      ],
      [/^docker/, ''],
    ],
  }
  return world
}

const given = {
  name: 'web',
  image: 'reg/app:1',
  ports: ['80:80'],
  env: { A: 'b', KEY: new Secret('hush') },
  command: ['serve', 'a b'],
}
const label =
  '{"image":"reg/app:1","command":["serve","a b"],"ports":["80:80"],"volumes":[],"env":{"A":"b","KEY":"(a secret)"},"restart":"unless-stopped","options":[]}'

test('a container is pulled, created and started; secrets are passed on standard input', async () => {
  const run = await rehearse(container(given), host())
  assert.is(run.outcome, 'changed', String(run.error))
  assert.equal(
    run.commands.apply.filter((command) => command.startsWith('docker')),
    [
      'docker pull -q reg/app:1',
      `docker create --pull=never --env-file=/dev/stdin --name=web.coxswain-new '--label=coxswain.config=${label}' --restart=unless-stopped --publish=80:80 reg/app:1 serve 'a b'`,
      'docker rename web.coxswain-new web',
      'docker start web',
    ],
  )
})

const well: Made = { label, env: ['A=b', 'KEY=hush', 'PATH=/bin'], running: true }

test('an up-to-date container is ok', async () => {
  const run = await rehearse(container(given), host({ image: 'i1', made: well }))
  assert.equal([run.outcome, run.commands.apply], ['ok', []])
})

test('another configuration or another secret recreates it, after stopping the old one', async () => {
  const changed = await rehearse(container({ ...given, ports: ['81:80'] }), host({ image: 'i1', made: well }))
  assert.is(changed.outcome, 'changed', String(changed.error))
  assert.match(String(changed.changes[0]?.from), '"80:80"')
  assert.ok(changed.commands.apply.includes('docker stop web && docker rm -f web'))
  const rotated = await rehearse(
    container({ ...given, env: { A: 'b', KEY: new Secret('new') } }),
    host({ image: 'i1', made: well }),
  )
  assert.equal(rotated.changes, [{ what: 'container web: variables', from: 'other values', to: 'KEY' }])
  assert.is(rotated.outcome, 'changed', String(rotated.error))
})

test('it is started, stopped and removed without being recreated', async () => {
  const docker = async (task: Parameters<typeof container>[0], made: Made) => {
    const run = await rehearse(container(task), host({ image: 'i1', made }))
    assert.is(run.outcome, 'changed', String(run.error))
    return run.commands.apply.filter((command) => command.startsWith('docker'))
  }
  assert.equal(await docker(given, { ...well, running: false }), ['docker start web'])
  assert.equal(await docker({ ...given, state: 'stopped' }, well), ['docker stop web'])
  assert.equal(await docker({ name: 'web', state: 'absent' }, well), ['docker stop web && docker rm -f web'])
})

test('a container of another creator is left unchanged', async () => {
  const run = await rehearse(container(given), host({ image: 'i1', made: { ...well, label: undefined } }))
  assert.match(String(run.error), 'not created by this task')
  assert.equal(run.commands.apply, [])
})

test('pull never, and always', async () => {
  const never = await rehearse(container({ ...given, pull: 'never' }), host())
  assert.match(String(never.error), 'is not on the host')
  const always = await rehearse(container({ ...given, pull: 'always' }), host({ image: 'i1', made: well }))
  assert.equal(
    always.commands.apply.filter((command) => command.startsWith('docker')),
    ['docker pull -q reg/app:1'],
  )
})

test('without podman and docker the check is unknown and the run fails', async () => {
  const run = await rehearse(container(given), {
    patterns: [[sentPattern('tasks/system/containers/find.sh'), { code: 101 }]],
  })
  assert.equal([run.predicted, run.outcome], ['unknown', 'failed'])
})

test('bad parameters', async () => {
  await rejects(() => container({ name: 'a' }), 'params-invalid', 'image is required')
  await rejects(() => container({ name: '-a', image: 'i' }), 'params-invalid', 'letters, digits')
  await rejects(() => container({ name: 'a', image: '--rm' }), 'params-invalid', 'must be an image')
  await rejects(
    () => container({ name: 'a', image: 'i', env: { A: 'b\nC=d' } }),
    'params-invalid',
    'several lines',
  )
})

test('a container that ended with status 0 is not started again without a restart policy, and a failed one is', async () => {
  for (const restart of ['no', 'on-failure'] as const) {
    const run = await rehearse(
      container({ name: 'web', image: 'i', restart }),
      host({ image: 'i1', ends: 0 }),
    )
    assert.is(run.outcome, 'changed', String(run.error))
    const failing = await rehearse(
      container({ name: 'web', image: 'i', restart }),
      host({ image: 'i1', ends: 1 }),
    )
    assert.match(String(failing.error), 'does not stay up')
  }
  const always = await rehearse(
    container({ name: 'web', image: 'i', restart: 'always' }),
    host({ image: 'i1', ends: 0 }),
  )
  assert.match(String(always.error), 'does not stay up')
})

test('the draft of an interrupted run is removed in every state', async () => {
  const left: Made = { label: 'x', env: [], running: false }
  const what = 'container web.coxswain-new'
  const absent = await rehearse(container({ ...given, state: 'absent' }), host({ left }))
  assert.is(absent.outcome, 'changed', String(absent.error))
  assert.equal(
    [absent.changes?.map((change) => change.what), absent.commands.apply],
    [[what], ['docker rm -f web.coxswain-new']],
  )
  const fresh = await rehearse(container(given), host({ left }))
  assert.is(fresh.outcome, 'changed', String(fresh.error))
  assert.is(fresh.commands.apply.filter((command) => command === 'docker rm -f web.coxswain-new').length, 1)
})
