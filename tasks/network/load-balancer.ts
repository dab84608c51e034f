import { CoxswainError, defineTask, drift, ok, z } from '../../engine/index.ts'
import { remoteFile } from '../shared/paths.ts'
import { renderTemplate } from '../files/templates/render.ts'

/**
 * TCP in, TCP out, TLS untouched; a backend is used while its /healthz says so (kubeadm's ha-considerations.md). Hours
 * of patience for idle connections, because `kubectl exec` and watches are idle for long. No maxconn: haproxy takes what the
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
    bind {{bind}}:{{port}}
    default_backend apiservers

backend apiservers
    option httpchk
    http-check connect ssl
    http-check send meth GET uri /healthz
    http-check expect status 200
    balance roundrobin
    default-server inter 2s fall 3 rise 1 on-marked-down shutdown-sessions
{{#each backends}}
    server {{name}} {{address}}:{{port}} check verify none
{{/each}}
`

const backend = z.object({
  name: z.string().describe('the name of the backend'),
  address: z.string(),
  port: z.coerce.number().int().default(6443),
})

/** Hold haproxy's configuration as a load balancer for API servers; a haproxy that runs takes it up at once. */
export const loadBalancer = defineTask({
  name: 'load-balancer',
  description:
    'Writes the configuration of haproxy as a load balancer for API servers, and reloads a running haproxy.',
  reads: "haproxy's configuration",
  example: { backends: [{ name: 'm1', address: '10.0.0.11' }] },
  params: z.object({
    backends: z.array(backend).min(1).describe('the control-plane nodes: a list of {name, address, port}'),
    bind: z.string().default('*').describe('the address to listen on'),
    port: z.coerce.number().int().default(6443).describe('the port to listen on'),
    dest: remoteFile().default('/etc/haproxy/haproxy.cfg'),
  }),
  title: ({ port, backends }) =>
    `load balancer on port ${port} for ${backends.map(({ name }) => name).join(', ')}`,

  async check({ remote }, { dest, ...values }) {
    const text = await remote.read(dest)
    const wanted = renderTemplate(configuration, values, 'haproxy.cfg')
    return text === wanted ? ok() : drift({ what: dest, from: text, to: wanted })
  },

  async apply({ remote }, { dest, ...values }) {
    const wanted = renderTemplate(configuration, values, 'haproxy.cfg')
    const next = `${dest}.next`
    await remote.write(next, wanted, { mode: '0644' })
    // what haproxy would refuse must not take the place of what it runs with
    const proof = await remote.run({ timeout: 30 })`haproxy -c -f ${next}`.result()
    if (!proof.ok) {
      await remote.remove(next)
      throw new CoxswainError('task-failed', 'haproxy refuses the configuration', {
        output: proof.stderr.trim() || proof.stdout.trim(),
        hint: 'haproxy 2.2 or later is required',
      })
    }
    // one step that nothing of ours can end in its middle: a file in place that haproxy does not know of would look done
    await remote.run({
      timeout: 60,
      label: 'systemctl try-reload-or-restart haproxy',
    })`trap '' HUP INT TERM; mv -f -- ${next} ${dest} && systemctl try-reload-or-restart haproxy`
  },
})
