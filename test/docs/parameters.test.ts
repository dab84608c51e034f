/**
 * The documentation of parameters of the task library: each has a description, a type, and a unit if it needs one.
 */
import * as assert from 'uvu/assert'
import { describeParams } from '../../engine/cli/docs/params.ts'
import type { ParamInfo } from '../../engine/cli/docs/params.ts'
import { documentedTasks } from '../../engine/cli/docs/task-docs.ts'
import * as library from '../../tasks/index.ts'
import { suite } from '../support/spec.ts'

const test = suite('parameters of tasks')

interface Found {
  readonly path: string
  readonly param: ParamInfo
}

const allOf = (params: readonly ParamInfo[], before: string): Found[] =>
  params.flatMap((param) => {
    const path = `${before}.${param.name}`
    return [{ path, param }, ...allOf(param.inner, path)]
  })

const all = documentedTasks(library).flatMap(({ exported, info }) =>
  allOf(describeParams(info.params), exported),
)

const pathsOf = (found: readonly Found[]): string[] =>
  found.map(({ path, param }) => `${path}: ${param.type}`)

test('each has a description', () => {
  assert.ok(all.length > 400, `${all.length} parameters are read`)
  assert.equal(
    all.filter(({ param }) => !/\w/.test(param.description)).map(({ path }) => path),
    [],
  )
})

test('each has a type; only parameters that take any value have the type any', () =>
  assert.equal(pathsOf(all.filter(({ param }) => /\bany\b/.test(param.type))).toSorted(), [
    'debug.show: any',
    'httpRequest.json: any',
    'jsonSetting.value: any',
    'yamlSetting.value: any',
  ]))

/** Names that imply a type, the type that is shown for them, and parameters that are something else. */
const implied: readonly {
  readonly name: RegExp
  readonly type: RegExp
  readonly others?: readonly string[]
}[] = [
  {
    name: /[tT]imeout|^every$|[iI]nterval|[dD]elay|[sS]econds|Age$|patience/,
    type: /^seconds\b/,
    others: [
      'writeConfig.cluster.timeouts',
      'sameCluster.cluster.timeouts',
      'sameMaster.cluster.timeouts',
      'reconfigurePlan.cluster.timeouts',
      'reconfigureMaster.cluster.timeouts',
      'reconfigureKubeProxy.cluster.timeouts',
      'uploadClusterConfig.cluster.timeouts',
      'clusterState.configuration.cluster.timeouts',
      'rejoinMaster.configuration.cluster.timeouts',
      'etcdPeerAddresses.configuration.cluster.timeouts',
      'workerJoin.timeouts',
      'logrotate.delayCompress',
    ],
  },
  { name: /^(?:p|.*P)ort$/, type: /^port 1\.\.65535$/, others: ['firewall.allow.port'] },
  { name: /^[ug]id$/, type: /^ID 0\.\.4294967294$/ },
  {
    name: /^(?:m|.*M)ode$/,
    type: /^file mode$/,
    others: [
      'writeConfig.cluster.kubeProxy.mode',
      'sameCluster.cluster.kubeProxy.mode',
      'sameMaster.cluster.kubeProxy.mode',
      'reconfigurePlan.cluster.kubeProxy.mode',
      'reconfigureMaster.cluster.kubeProxy.mode',
      'reconfigureKubeProxy.cluster.kubeProxy.mode',
      'uploadClusterConfig.cluster.kubeProxy.mode',
      'clusterState.configuration.cluster.kubeProxy.mode',
      'rejoinMaster.configuration.cluster.kubeProxy.mode',
      'etcdPeerAddresses.configuration.cluster.kubeProxy.mode',
    ],
  },
]

for (const { name, type, others = [] } of implied)
  test(`a name like ${name.source} has the type ${type.source}`, () => {
    const named = all.filter(({ path, param }) => name.test(param.name) && !others.includes(path))
    assert.ok(named.length > 0)
    assert.equal(pathsOf(named.filter(({ param }) => !type.test(param.type))), [])
  })

test('sizes and counts say in their description what they count', () => {
  const named = all.filter(({ param }) => /size|days|retries|attempts|depth|strip/i.test(param.name))
  assert.ok(named.length > 0)
  assert.equal(pathsOf(named.filter(({ param }) => !/unit|days|how many/.test(param.description))), [])
})

test('defaults are shown, those of flags and lists as well', () => {
  const fallbackOf = (path: string) => all.find((one) => one.path === path)?.param.fallback
  assert.is(fallbackOf('user.system'), false)
  assert.equal(fallbackOf('kubeadmInit.skipPhases'), [])
  assert.is(fallbackOf('waitFor.timeout'), 300)
})
