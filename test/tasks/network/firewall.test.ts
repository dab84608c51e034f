import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import type { World } from '../../../engine/testing.ts'
import { firewall } from '../../../tasks/network/firewall.ts'
import { rejects } from '../../support/rejects.ts'
import { suite } from '../../support/spec.ts'

const test = suite('firewall')
const file = '/etc/nftables.d/coxswain.nft'
const session = '10.0.0.9 40000 10.0.0.1 2222'

/** A host with nft that lists the rules as they were loaded. */
const host = ({ access = `${session}\n22\n2222\n`, alone = true } = {}): World => {
  let live = ''
  return {
    files: { '/etc/nftables.conf': '#!/usr/sbin/nft -f\nflush ruleset\n' },
    replies: {
      [`nft -f ${file}`]: (_, files) => {
        live = String(files.get(file)?.content)
        return ''
      },
    },
    patterns: [
      [/SSH_CONNECTION/, access],
      [/unshare/, ({ stdin }) => `${live}---\n${alone ? stdin : ''}`],
      [/^if \[ -d \/run\/systemd/, 'systemd\n'],
      [/is-enabled/, 'enabled\n'],
    ],
  }
}

test('allowed ports; SSH stays open; rules are loaded in one step, and at boot', async () => {
  const run = await rehearse(
    firewall({
      allow: [443, '53/udp', { port: '8000-8100', from: ['10.0.0.0/8', 'fd00::1'] }],
      rules: 'log',
    }),
    host(),
  )
  assert.is(run.outcome, 'changed', String(run.error))
  assert.is(
    String(run.files.get(file)?.content).replace(/held_\w+/, 'held'),
    `# held by Coxswain: changes by hand are undone
table inet coxswain
delete table inet coxswain
table inet coxswain {
\tchain held {
\t}
\tchain input {
\t\ttype filter hook input priority 0; policy drop;
\t\ttcp dport 2222 accept comment "ssh stays open"
\t\ttcp dport 22 accept comment "ssh stays open"
\t\tct state established,related accept
\t\tiifname "lo" accept
\t\tmeta l4proto { icmp, ipv6-icmp } accept
\t\ttcp dport 443 accept
\t\tudp dport 53 accept
\t\tip saddr { 10.0.0.0/8 } tcp dport 8000-8100 accept
\t\tip6 saddr { fd00::1 } tcp dport 8000-8100 accept
\t\tlog
\t}
}
`,
  )
  assert.is(
    run.files.get('/etc/nftables.conf')?.content,
    '#!/usr/sbin/nft -f\nflush ruleset\ninclude "/etc/nftables.d/*.nft"\n',
  )
  assert.equal(run.commands.apply.at(-1), `nft -f ${file}`)
})

test('with OpenRC, its service is enabled at boot', async () => {
  const { patterns = [], replies, files = {} } = host()
  let levels = ''
  const run = await rehearse(firewall({ allow: [80] }), {
    files,
    patterns: [[/^if \[ -d \/run\/systemd/, 'openrc\n'], ...patterns],
    replies: {
      ...replies,
      'rc-service --exists nftables': '',
      'rc-service --nocolor nftables status': { code: 3 },
      'rc-update show': () => `nftables | ${levels}\n`,
      'rc-update add nftables default': () => {
        levels = 'default'
        return ''
      },
    },
  })
  assert.is(run.outcome, 'changed', String(run.error))
  assert.ok(run.commands.apply.includes('rc-update add nftables default'))
})

test('without a network namespace, the mark decides', async () => {
  const run = await rehearse(firewall({ allow: [80] }), host({ alone: false }))
  assert.is(run.outcome, 'changed', String(run.error))
})

test('rules that would lock out the user are refused', async () => {
  const from = (network: string) => firewall({ allow: [{ port: 2222, from: [network] }] })
  const out = await rehearse(from('192.168.0.0/16'), host())
  assert.match(String(out.error), 'would lock out')
  assert.equal(out.commands.apply, [])
  assert.is((await rehearse(from('10.0.0.0/24'), host())).outcome, 'changed')
  const mapped = host({ access: '::ffff:10.0.0.9 4 ::ffff:10.0.0.1 2222\n22\n' })
  assert.is((await rehearse(from('10.0.0.9'), mapped)).outcome, 'changed')
  // a container or this machine is not reached by SSH
  const local = await rehearse(from('192.168.0.0/16'), host({ access: '\n22\n' }))
  assert.is(local.outcome, 'changed')
  assert.match(String(local.files.get(file)?.content), 'tcp dport 22 accept comment')
})

test('without nft the check is unknown and the run fails; invalid rules fail before', async () => {
  const none = await rehearse(firewall({}), {
    patterns: [
      [/unshare/, { code: 101 }],
      [/./, ''],
    ],
  })
  assert.equal([none.predicted, none.outcome], ['unknown', 'failed'])
  const wrong = await rehearse(firewall({ rules: 'nonsense' }), {
    patterns: [
      [/unshare/, { code: 102, stderr: 'syntax error' }],
      [/./, ''],
    ],
  })
  assert.match(String(wrong.error), 'nft refuses the rules')
})

test('it is removed', async () => {
  let tables = 'table inet coxswain\n'
  const run = await rehearse(firewall({ state: 'absent' }), {
    files: { [file]: 'x' },
    replies: {
      'command -v nft >/dev/null || exit 0; nft list tables': () => tables,
      'nft delete table inet coxswain': () => {
        tables = ''
        return ''
      },
    },
  })
  assert.equal([run.outcome, run.files.has(file)], ['changed', false])
})

test('invalid rules are refused', async () => {
  await rejects(() => firewall({ allow: [0] }), 'params-invalid', 'a port is needed')
  await rejects(() => firewall({ allow: ['90-80'] }), 'params-invalid', 'a port is needed')
  await rejects(() => firewall({ allow: ['http'] }), 'params-invalid', 'a rule is needed')
  await rejects(
    () => firewall({ allow: [{ port: 1, from: ['10.0.0.0/33'] }] }),
    'params-invalid',
    'an address or a network',
  )
  await rejects(() => firewall({ rules: 'accept } chain x { accept' }), 'params-invalid', 'lines of a chain')
})
