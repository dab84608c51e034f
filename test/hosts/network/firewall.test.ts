import * as assert from 'uvu/assert'
import { quote } from '../../../engine/index.ts'
import { rehearse } from '../../../engine/testing.ts'
import { firewall } from '../../../tasks/network/firewall.ts'
import { realHosts } from '../../support/real-host.ts'
import { suite } from '../../support/spec.ts'

const test = suite('firewall on real hosts')

for (const host of realHosts('debian')) {
  /** Which of these ports another machine can open: a separate network namespace with a virtual cable. */
  const open = async (...ports: readonly number[]): Promise<string> => {
    const tries = ports.map(
      (port) => `ip netns exec client nc -z -w 1 10.99.0.1 ${port} 2>/dev/null && echo ${port}`,
    )
    return (await host.sh(`${tries.join('; ')}; :`)).trim().replaceAll('\n', ' ')
  }

  test(`${host.name}: other ports are dropped, SSH stays open, and manual changes are undone`, async () => {
    await host.sh(
      [
        'ip netns add client && ip link add cable type veth peer name cable netns client',
        'ip addr add 10.99.0.1/24 dev cable && ip link set cable up',
        'ip -n client addr add 10.99.0.2/24 dev cable && ip -n client link set cable up',
        'for p in 80 81 82; do socat TCP-LISTEN:$p,fork,reuseaddr OPEN:/dev/null >/dev/null 2>&1 & done',
        'until nc -z 127.0.0.1 82; do :; done',
        'nft add table inet other',
      ].join('\n'),
    )
    assert.is(await open(22, 80, 81, 82), '22 80 81 82')
    await host.proves(
      firewall({
        allow: [80, { port: 81, from: ['10.99.0.0/24', 'fd00::/8'] }, { port: 82, from: '10.98.0.0/16' }],
      }),
    )
    assert.is(await open(22, 80, 81, 82), '22 80 81')
    await host.sh('nft add rule inet coxswain input tcp dport 82 accept')
    assert.is(await open(82), '82')
    await host.proves(firewall({ allow: [80] }))
    assert.is(await open(22, 80, 81, 82), '22 80')
    await host.proves(firewall({ allow: [80], rules: 'tcp dport { 81, 82 } accept\ncounter' }))
    assert.is(await open(22, 80, 81, 82), '22 80 81 82')
  })

  test(`${host.name}: it is loaded at boot, and removed`, async () => {
    await host.sh('systemctl restart nftables')
    await host.finds(firewall({ allow: [80], rules: 'tcp dport { 81, 82 } accept\ncounter' }))
    assert.is(await host.sh('systemctl is-enabled nftables'), 'enabled\n')
    await host.sh('nft add table inet other')
    await host.proves(firewall({ state: 'absent' }))
    assert.is(await open(22, 82), '22 82')
    assert.match(await host.sh('nft list tables'), 'inet other')
  })

  test(`${host.name}: rules that nft refuses are not written`, async () => {
    assert.match(await host.refuses(firewall({ rules: 'tcp dport nonsense' })), 'nft refuses the rules')
    assert.is(await host.sh('ls /etc/nftables.d'), '')
  })

  test(`${host.name}: the connection in use is found, whatever the acting user`, async () => {
    const script = (await rehearse(firewall({}), { patterns: [[/(?:)/, '']] })).commands.check[0] ?? ''
    await host.sh(
      "ssh-keygen -q -t ed25519 -N '' -f /root/key && install -D -m 600 -o ops -g ops /root/key.pub /home/ops/.ssh/authorized_keys && chown ops: /home/ops/.ssh",
    )
    const asked = `sudo sh -c ${quote(script)}`
    const said = await host.sh(
      `ssh -i /root/key -o StrictHostKeyChecking=no ops@10.99.0.1 ${quote(asked)} 2>/dev/null`,
    )
    assert.match(said, /^10\.99\.0\.1 \d+ 10\.99\.0\.1 22\n22\n$/)
  })
}
