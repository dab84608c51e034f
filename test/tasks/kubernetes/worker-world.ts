/** A simulated worker w1 and the master that lets it join, for the scripted connection. */
import { execFileSync } from 'node:child_process'
import type { World } from '../../../engine/testing.ts'
import { sentPattern } from '../../support/sent.ts'
import { resetPrograms } from './reset-world.ts'

/** A certificate that signs itself, whose key is not kept. */
export const selfSigned = (subject: string): string =>
  execFileSync(
    'openssl',
    [
      ...'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout /dev/null -subj'.split(
        ' ',
      ),
      subject,
    ],
    { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] },
  )

export const ca = selfSigned('/CN=kubernetes')
export const token = 'abcdef.0123456789abcdef'

/** A kubeconfig of a kubelet that trusts an authority. */
export const kubeconfig = (authority = ca): string =>
  `clusters:\n- cluster:\n    certificate-authority-data: ${Buffer.from(authority).toString('base64')}\n    server: https://10.0.0.10:6443\n`

/** The files of a host that has joined. */
export const joinedFiles = {
  '/etc/kubernetes/kubelet.conf': kubeconfig(),
  '/var/lib/kubelet/config.yaml': 'kind: KubeletConfiguration\n',
  '/etc/kubernetes/pki/ca.crt': ca,
}

export const unfinished = { '/etc/coxswain/unfinished': 'becoming a worker; gone when it is one\n' }

interface Fakes {
  readonly files?: NonNullable<World['files']>
  /** Whether the cluster has a Node w1 at the beginning. */
  readonly node?: boolean
  /** Whether the cluster knows that the kubelet of the Node does not report. */
  readonly silent?: boolean
  /** What is mounted below the folders of Kubernetes, and cannot be unmounted. */
  readonly mounted?: string
  /** The images of the API servers. */
  readonly servers?: string
  readonly kubelet?: string
  readonly kubeadm?: string
  /** What kubeadm join does. */
  readonly join?: 'succeeds' | 'fails'
  /** The addresses of the Node. */
  readonly addresses?: string
}

/** `log` has what happened to the cluster and to the host, in order; `config` the configuration that kubeadm got. */
export const workerWorld = ({
  files = {},
  node = false,
  silent = false,
  mounted,
  servers = 'registry.k8s.io/kube-apiserver:v1.37.2',
  kubelet = 'v1.37.2',
  kubeadm = 'v1.37.2',
  join = 'succeeds',
  addresses = '10.0.0.51',
}: Fakes = {}) => {
  const log: string[] = []
  let config = ''
  let there = node
  const m1: World = {
    files: { '/etc/kubernetes/admin.conf': 'config', '/etc/kubernetes/pki/ca.crt': ca },
    patterns: [
      [/token create/, ({ script }) => (log.push(script.replace(/^.*token create/, 'create')), `${token}\n`)],
      [/token delete/, ({ script }) => (log.push(script.replace(/^.*token delete/, 'delete')), '')],
      [/get pods -l component=kube-apiserver /, servers],
      [/get --raw \/version$/, '{"gitVersion": "v1.37.2"}'],
      [/get node w1 .*InternalIP/, () => (there ? addresses : '')],
      [/get node w1 .*lastHeartbeatTime/, 'Unknown 2026-01-01T00:00:00Z'],
      [/delete node w1$/, () => ((there = false), log.push('delete node'), '')],
      [
        /get node w1 --ignore-not-found -o json$/,
        () =>
          there
            ? JSON.stringify({
                metadata: { name: 'w1', resourceVersion: '1' },
                status: { conditions: [{ type: 'Ready', status: silent ? 'Unknown' : 'True' }] },
              })
            : '',
      ],
    ],
  }
  const world: World = {
    files,
    patterns: [
      [/^date \+%s$/, String(Date.UTC(2027, 0, 1) / 1000)],
      [/^kubeadm version -o short$/, kubeadm],
      [/^kubelet --version$/, `Kubernetes ${kubelet}`],
      [/^systemctl stop kubelet$/, () => (log.push('stop kubelet'), '')],
      [/^systemctl start kubelet$/, () => (log.push('start kubelet'), '')],
      [/^systemctl restart kubelet$/, () => ((there = true), log.push('restart kubelet'), '')],
      ...(mounted === undefined
        ? []
        : [[sentPattern('tasks/kubernetes/reset/unmount.sh'), `${mounted}\n`] as const]),
      ...resetPrograms,
      [
        /^kubeadm reset -f/,
        (_, all) => {
          for (const path of Object.keys(joinedFiles)) all.delete(path)
          all.delete('/etc/kubernetes/bootstrap-kubelet.conf')
          all.delete('/var/lib/kubelet/pki/kubelet-client-current.pem')
          log.push('reset')
          return ''
        },
      ],
      [
        /^kubeadm join --config \/dev\/stdin/,
        ({ stdin }, all) => {
          log.push('join')
          config = stdin
          if (join === 'fails') return { code: 1, stderr: '[ERROR Port-10250]: Port 10250 is in use' }
          for (const [path, content] of Object.entries(joinedFiles)) all.set(path, { content })
          there = true
          return ''
        },
      ],
      [sentPattern('tasks/network/addresses/own-addresses.sh'), '10.0.0.51 eth0\n'],
    ],
    others: { m1 },
  }
  return { world, log, config: () => config }
}
