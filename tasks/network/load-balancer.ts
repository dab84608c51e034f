import { CoxswainError, defineTask, drift, ok, portNumber, remotePath, z } from '../../engine/index.ts'
import type { CheckContext } from '../../engine/index.ts'
import { remoteFile } from '../shared/paths.ts'
import { addressOf, hostInUrl, isMapped } from './addresses/addresses.ts'
import { targetsIn } from './load-balancers/configuration.ts'
import { serverOf } from './load-balancers/draining.ts'
import { nextOf, putConfiguration } from './load-balancers/put.ts'
import { readyUrls } from './load-balancers/ready.ts'
import { renderTemplate } from '../files/templates/render.ts'

/**
 * TCP in, TCP out, TLS untouched; a backend is used while its /readyz says so (kubeadm's ha-considerations.md): it goes after
 * three failed checks, or one right after a start, and comes back after two that succeed. Idle connections stay for
 * hours, because `kubectl exec` and watches are idle for long. No maxconn: haproxy takes what the
 * limit on open files allows, and would not start with more.
 */
const configuration = `# written by coxswain (load-balancer); changes are overwritten
global
    log /dev/log local0
    user haproxy
    group haproxy
    daemon

defaults
    mode tcp
    log global
    option tcplog
    option dontlognull
    option redispatch
    retries 3
    timeout connect 5s
    timeout client 3h
    timeout server 3h
    timeout check 5s

frontend apiserver
{{#each listen}}
    bind {{this}}
{{/each}}
    default_backend apiservers

backend apiservers
    option httpchk
    http-check connect ssl
    http-check send meth GET uri {{probe}}
    http-check expect status 200
    balance roundrobin
    default-server inter 2s fastinter 1s fall 3 rise 2 on-marked-down shutdown-sessions
{{#each backends}}
    server {{name}} {{target}} check {{../verify}}
{{/each}}
`

/** Whether a text is an IP address without a zone, or a name of DNS: haproxy's file has no quotes around it. */
const isHost = (text: string): boolean =>
  (addressOf(text) !== undefined && !text.includes('%') && !isMapped(text)) ||
  /^[\da-z]([\w.-]*[\da-z])?\.?$/i.test(text)

const hostMessage = 'must be an IP address without a zone, or a name of DNS'

const backend = () =>
  z.object({
    name: z
      .string()
      .regex(/^[\w.:-]+$/, 'must have letters, digits and . _ : - only')
      .describe('the name of the backend'),
    address: z.string().refine(isHost, hostMessage).describe('the address or name of the node'),
    port: portNumber().default(6443).describe('the port of its API server'),
  })

const params = () =>
  z.object({
    backends: z
      .array(backend())
      .min(1)
      .superRefine((all, context) => {
        const names = all.map(({ name }) => name)
        const twice = new Set(names.filter((name, at) => names.indexOf(name) !== at))
        for (const name of twice)
          context.addIssue({ code: 'custom', message: `${name} is the name of several backends` })
      })
      .describe('the control-plane nodes: a list of {name, address, port}'),
    bind: z
      .string()
      .refine((text) => text === '*' || isHost(text), hostMessage)
      .default('*')
      .describe('the address to listen on; by default all, of IPv4 and of IPv6 where the host has it'),
    port: portNumber().default(6443).describe('the port to listen on'),
    probe: z
      .string()
      .regex(/^\/[\w!&*+,./:;=?@~-]*$/, 'must be a path, such as /readyz')
      .default('/readyz')
      .describe('the path that says whether an API server is ready; before Kubernetes 1.16 /healthz'),
    caFile: remotePath()
      .regex(/^[^\s"#$'\\]*$/, 'must not have spaces, quotes, #, $ or a backslash')
      .optional()
      .describe(
        'a file on the host with the authority that must have signed the certificates of API servers; by default they are not verified, because only the status is read',
      ),
    dest: remoteFile().default('/etc/haproxy/haproxy.cfg').describe('the configuration file of haproxy'),
  })

const targetOf = ({ address, port }: z.output<ReturnType<typeof backend>>): string =>
  `${hostInUrl(address)}:${port}`

/**
 * Refuses to replace backends of which one is ready by others of which none is: the cluster could not be reached any more.
 *
 * @throws `task-failed`. What cannot be asked is not refused.
 */
const refuseToLoseLast = async (
  ctx: CheckContext,
  text: string,
  { backends, probe }: z.output<ReturnType<typeof params>>,
): Promise<void> => {
  const wanted = backends.map(targetOf)
  const gone = targetsIn(text).filter((one) => !wanted.includes(one))
  if (gone.length === 0) return
  const urls = [...gone, ...wanted].map((one) => `https://${one}${probe}`)
  const ready = await readyUrls(ctx, urls)
  if (ready === undefined) return
  const isReady = (target: string): boolean => ready.has(`https://${target}${probe}`)
  if (wanted.some(isReady) || !gone.some(isReady)) return
  throw new CoxswainError(
    'task-failed',
    `the load balancer would lose its last API server that is ready, ${gone.filter(isReady).join(', ')}`,
    {
      hint: `none of ${wanted.join(', ')} is ready: check their addresses and ports, or add them beside the others first`,
    },
  )
}

/** The configuration for a host; it is read whether the host has IPv6, as haproxy does not start without what it binds. */
const wantedText = async (
  { remote }: CheckContext,
  { bind, port, backends, probe, caFile }: z.output<ReturnType<typeof params>>,
): Promise<string> => {
  const all = bind === '*'
  const both = all && (await remote.exists('/proc/net/if_inet6'))
  const values = {
    probe,
    verify: caFile === undefined ? 'verify none' : `verify required ca-file ${caFile}`,
    listen: [`${hostInUrl(bind)}:${port}`, ...(both ? [`[::]:${port} v6only`] : [])],
    backends: backends.map((one) => ({
      name: one.name,
      target: targetOf(one),
    })),
  }
  return renderTemplate(configuration, values, 'haproxy.cfg')
}

/** The name under which a configuration is predicted under `--check`: another play of the run can write the same one. */
const predictedName = (given: z.output<ReturnType<typeof params>>): string =>
  `the load balancer ${JSON.stringify(given)}`

/** Writes the configuration of haproxy as a load balancer for API servers, and reloads a running haproxy. */
export const loadBalancer = defineTask({
  name: 'load-balancer',
  description:
    'Writes the configuration of haproxy as a load balancer for API servers, and reloads a running haproxy.',
  reads: "haproxy's configuration; before backends are removed, whether the API servers are ready",
  example: { backends: [{ name: 'm1', address: '10.0.0.11' }] },
  params,
  title: ({ port, backends }) =>
    `load balancer on port ${port} for ${backends.map(({ name }) => name).join(', ')}`,
  makes: (given) => [predictedName(given), ...given.backends.map(({ name }) => serverOf(name))],

  async check(ctx, given) {
    const { dest } = given
    if (ctx.predicted(predictedName(given))) return ok()
    const [text, wanted] = await Promise.all([ctx.remote.read(dest), wantedText(ctx, given)])
    if (text === wanted) return ok()
    await refuseToLoseLast(ctx, text ?? '', given)
    return drift({ what: dest, from: text, to: wanted })
  },

  async apply(ctx, given) {
    const { remote } = ctx
    const { dest } = given
    const wanted = await wantedText(ctx, given)
    await remote.write(nextOf(dest), wanted, { mode: '0644' })
    await putConfiguration(ctx, { service: 'haproxy', dest, hint: 'haproxy 2.2 or later is required' })
  },
})
