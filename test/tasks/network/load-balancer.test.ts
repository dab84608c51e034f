import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import { loadBalancer } from '../../../tasks/network/load-balancer.ts'
import { suite } from '../../support/spec.ts'

const test = suite('load-balancer')

const balancer = loadBalancer({
  backends: [
    { name: 'm1', address: '10.0.0.1' },
    { name: 'm2', address: '10.0.0.2', port: 7443 },
  ],
  port: 8443,
})

test('every master is a backend that is asked for its health', async () => {
  const run = await rehearse(balancer, {
    replies: { 'haproxy -c -f /etc/haproxy/haproxy.cfg.next': 'Configuration file is valid' },
    patterns: [
      [
        /^trap '' HUP INT TERM; mv -f -- (\S+) (\S+) && systemctl try-reload-or-restart haproxy$/,
        (_, files) => {
          files.set('/etc/haproxy/haproxy.cfg', files.get('/etc/haproxy/haproxy.cfg.next') ?? { content: '' })
          files.delete('/etc/haproxy/haproxy.cfg.next')
          return ''
        },
      ],
    ],
  })
  assert.is(run.outcome, 'changed', String(run.error))
  const text = String(run.files.get('/etc/haproxy/haproxy.cfg')?.content)
  assert.match(text, 'bind *:8443')
  assert.match(
    text,
    '    server m1 10.0.0.1:6443 check verify none\n    server m2 10.0.0.2:7443 check verify none\n',
  )
  assert.match(text, 'http-check send meth GET uri /healthz')
})

test('what haproxy refuses does not replace what it runs with', async () => {
  const run = await rehearse(balancer, {
    files: { '/etc/haproxy/haproxy.cfg': 'good' },
    replies: { 'haproxy -c -f /etc/haproxy/haproxy.cfg.next': { code: 1, stderr: 'unknown keyword' } },
  })
  assert.match(String(run.error), 'haproxy refuses the configuration')
  assert.equal([...run.files], [['/etc/haproxy/haproxy.cfg', { content: 'good' }]])
})
