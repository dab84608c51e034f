/** The program that asks kube-proxy for its metrics, in both shells, and how they are read. */
import { spawnSync } from 'node:child_process'
import { chmodSync, symlinkSync } from 'node:fs'
import * as assert from 'uvu/assert'
import { rehearse } from '../../../../engine/testing.ts'
import { endpointKubeProxy } from '../../../../tasks/kubernetes/endpoint-kube-proxy.ts'
import { folderOf } from '../../../support/folder.ts'
import { sent, sentPattern, shellText } from '../../../support/sent.ts'
import { suite } from '../../../support/spec.ts'
import { clusterConfig, conf, former, move, newCluster, repliesOf, to } from '../endpoint-world.ts'

const test = suite('rules of kube-proxy', { needs: ['dash', 'busybox'] })
const folder = folderOf(test)

const program = 'tasks/kubernetes/endpoint/proxy-rules.sh'
const metric = 'kubeproxy_sync_proxy_rules_last_timestamp_seconds'
const pathOf = (name: string): string =>
  spawnSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).stdout.trim()

/** What the program prints where a program answers for one address, and its exit status. */
const asked = (
  shell: readonly string[],
  asking: 'kubectl' | 'curl',
  answers: string,
): (string | number | null)[] => {
  // a colon would separate folders in PATH
  const name = `${shell[0]}-${asking}-${answers.replaceAll(':', '')}`
  const text = `#!/bin/sh\ncase "$*" in *"${answers}:10249"*) printf '# HELP ${metric} x\\nother 1\\n${metric} 0\\n' ;; *) exit 7 ;; esac\n`
  chmodSync(folder.write(`${name}/${asking}`, text), 0o755)
  symlinkSync(pathOf('grep'), folder.at(`${name}/grep`))
  const [first = '', ...more] = shell
  const words = [...more, '-c', shellText(program), 'sh', '10249']
  const { stdout, status } = spawnSync(pathOf(first), words, {
    encoding: 'utf8',
    env: { PATH: folder.at(name) },
  })
  return [stdout, status]
}

for (const shell of [['dash'], ['busybox', 'sh']])
  test(`${shell[0]}: both families are asked, with curl or kubectl, and a host on which neither answers fails`, () => {
    for (const asking of ['curl', 'kubectl'] as const)
      for (const address of ['127.0.0.1', '[::1]'])
        assert.equal(asked(shell, asking, address), [`${metric} 0\n`, 0])
    assert.equal(asked(shell, 'curl', 'nothing'), ['', 1])
  })

test('a time above 0 says that they were written, with families and without; the port is that of the configuration', async () => {
  for (const [said, config, outcome] of [
    [`${metric} 1.7e+09\n`, '', 'ok'],
    [
      `${metric}{ip_family="IPv4"} 1.7e+09\n${metric}{ip_family="IPv6"} 0\n`,
      'metricsBindAddress: 0.0.0.0:10250\n',
      'ok',
    ],
    [`${metric} 0\n`, 'metricsBindAddress: ""\n', 'would change'],
    ['', '', 'would change'],
  ] as const) {
    const port = config.includes('10250') ? 10_250 : 10_249
    const cluster = { ...newCluster(), config: clusterConfig(to), proxy: conf(to), pods: { host: 1 } }
    const map = { metadata: {}, data: { 'kubeconfig.conf': conf(to), 'config.conf': config } }
    const run = await rehearse(endpointKubeProxy({ ...move, former: [former], steady: 0, timeout: 1 }), {
      unpredictable: 'what it says later',
      patterns: [
        [/configmaps\/kube-proxy$/, JSON.stringify(map)],
        [sentPattern(program), said],
        ...repliesOf('host', cluster),
      ],
    })
    assert.is(run.predicted, outcome, said)
    assert.ok(run.commands.check.includes(sent(program, port)))
  }
})
