/** A load balancer whose servers are drained. */
import type { Reply, World } from '../../../engine/testing.ts'
import { sentPattern } from '../../support/sent.ts'

/** Where haproxy's configuration is. */
export const path = '/etc/haproxy/haproxy.cfg'

/** A configuration with lines of servers. */
export const configuration = (...servers: readonly string[]): string =>
  `frontend apiserver\n    bind *:6443\nbackend apiservers\n    balance roundrobin\n${servers.map((one) => `    server ${one}\n`).join('')}`

/** Lines of two servers. */
export const [m1, m2] = ['m1 10.0.0.1:6443 check verify none', 'm2 10.0.0.2:6443 check verify none']

/** What is printed of servers that are ready. */
export const urls = (...addresses: readonly string[]): string =>
  addresses.map((one) => `https://${one}:6443/readyz\n`).join('')

/** A host with a configuration, and whether haproxy accepts another one. */
export const world = (
  text: string,
  proof: { code: number; stderr?: string } = { code: 0 },
  ready: Reply = urls('10.0.0.1', '10.0.0.2'),
): World => ({
  files: { [path]: { content: text, mode: '0640' } },
  patterns: [
    [sentPattern('tasks/network/load-balancers/ready-servers.sh'), ready],
    [
      /^cp -p /,
      (_, files) => {
        files.set(`${path}.next`, files.get(path) ?? { content: '' })
        return ''
      },
    ],
    [/^haproxy -c -f /, proof],
    [
      sentPattern('tasks/network/load-balancers/reload.sh', '(\\S+) (\\S+) haproxy'),
      (_, files) => {
        files.set(path, files.get(`${path}.next`) ?? { content: '' })
        files.delete(`${path}.next`)
        return ''
      },
    ],
  ],
})
