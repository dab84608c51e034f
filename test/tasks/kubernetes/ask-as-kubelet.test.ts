/** The program that asks as a kubelet does, in both shells, with programs that say how they were called. */
import { spawn, spawnSync } from 'node:child_process'
import { chmodSync, symlinkSync } from 'node:fs'
import * as assert from 'uvu/assert'
import { folderOf } from '../../support/folder.ts'
import { shellText } from '../../support/sent.ts'
import { suite } from '../../support/spec.ts'

const test = suite('ask-as-kubelet', { needs: ['dash', 'busybox'] })
const folder = folderOf(test)

const pathOf = (name: string): string =>
  spawnSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).stdout.trim()

/** Prints how it was called, and the variables of proxies that it has. */
const says = `#!/bin/sh
printf '%s ' "\${0##*/}" "$@"
env | grep -i _proxy= | sort | tr '\\n' ' '
`

/** What the program that asks was called with, and its variables, where the kubelet has these. */
const asked = (
  shell: readonly string[],
  asking: 'kubectl' | 'curl',
  variables: NodeJS.ProcessEnv,
): string => {
  const name = `${shell[0]}-${asking}-${Object.keys(variables).length}`
  const kubelet = spawn(pathOf('sleep'), ['60'], { env: variables })
  try {
    const programs = { [asking]: says, systemctl: `#!/bin/sh\necho MainPID=${kubelet.pid}\n` }
    for (const [program, text] of Object.entries(programs))
      chmodSync(folder.write(`${name}/${program}`, text), 0o755)
    for (const program of ['tr', 'sed', 'env', 'grep', 'sort'])
      symlinkSync(pathOf(program), folder.at(`${name}/${program}`))
    const [program = '', ...more] = shell
    const script = shellText('tasks/kubernetes/ask-as-kubelet.sh')
    const env = { PATH: folder.at(name), HTTPS_PROXY: 'http://proxy.example', ALL_PROXY: 'x', no_proxy: '*' }
    const words = [...more, '-c', script, 'sh', 'https://api:6443', 'w1']
    const { stdout, stderr } = spawnSync(pathOf(program), words, { encoding: 'utf8', env })
    return stdout || stderr
  } finally {
    kubelet.kill()
  }
}

const path = '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/w1'

for (const shell of [['dash'], ['busybox', 'sh']]) {
  test(`${shell[0]}: a proxy is used if the kubelet uses it, and no other one`, () => {
    assert.is(
      asked(shell, 'kubectl', { HTTPS_PROXY: 'http://proxy:3128', NO_PROXY: '10.0.0.0/8,a=b' }),
      `kubectl --kubeconfig /etc/kubernetes/kubelet.conf --request-timeout=8s --server https://api:6443 get --raw ${path} HTTPS_PROXY=http://proxy:3128 NO_PROXY=10.0.0.0/8,a=b `,
    )
    assert.not.match(asked(shell, 'kubectl', {}), /proxy/i)
  })

  test(`${shell[0]}: a host without kubectl asks with curl`, () => {
    const said = asked(shell, 'curl', { https_proxy: 'http://proxy:3128' })
    assert.match(said, /^curl -q .* --cacert \/etc\/kubernetes\/pki\/ca\.crt /)
    assert.match(said, `https://api:6443${path} https_proxy=http://proxy:3128 `)
  })
}
