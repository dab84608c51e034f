/** The role `time`, judged by chronyd, chronyc and systemd. */
import * as assert from 'uvu/assert'
import { Secret } from '../../../engine/secret.ts'
import { time } from '../../../examples/roles/time/index.ts'
import { realHosts } from '../../support/real-host.ts'
import type { RealHost } from '../../support/real-host.ts'
import { roleHost } from '../../support/role-host.ts'
import { suite } from '../../support/spec.ts'

const test = suite('the role time on real hosts')

const places = {
  'services-debian': { conf: '/etc/chrony/chrony.conf', running: 'systemctl is-active chrony' },
  'services-redhat': { conf: '/etc/chrony.conf', running: 'systemctl is-active chronyd' },
  'services-alpine': { conf: '/etc/chrony/chrony.conf', running: 'rc-service chronyd status' },
}

/** Debian's service must not touch the clock of the machine, or ask whether it is in a container. */
const apart = (host: RealHost): Promise<string> =>
  host.sh(`mkdir -p /etc/systemd/system/chrony.service.d /etc/systemd/system/systemd-timesyncd.service.d
printf '[Unit]\\nConditionCapability=\\n[Service]\\nExecStart=\\nExecStart=!/usr/sbin/chronyd -x -F 0\\n' >/etc/systemd/system/chrony.service.d/lab.conf
printf '[Unit]\\nConditionVirtualization=\\n' >/etc/systemd/system/systemd-timesyncd.service.d/lab.conf`)

for (const host of realHosts('services-debian', 'services-redhat', 'services-alpine')) {
  const { conf, running } = places[host.name]
  const { proves, refuses, play } = roleHost(host)
  const debian = host.name === 'services-debian'

  if (debian)
    test(`${host.name}: timesyncd, which the host has`, async () => {
      await apart(host)
      await host.sh('systemctl daemon-reload')
      const steps = () => [
        time({ servers: ['192.0.2.1'], fallback: ['192.0.2.2'], timezone: 'Europe/Berlin' }),
      ]
      await proves(steps)
      assert.match(await host.sh('systemd-analyze cat-config systemd/timesyncd.conf'), /^NTP=192\.0\.2\.1$/m)
      assert.is(await host.sh('systemctl is-enabled systemd-timesyncd'), 'enabled\n')
      assert.match(await host.sh('readlink /etc/localtime'), 'Europe/Berlin')
      assert.match(
        await host.sh('timedatectl show-timesync || systemctl is-active systemd-timesyncd'),
        /192\.0\.2\.1|active/,
      )
    })

  test(`${host.name}: chrony with servers, and networks that ask it`, async () => {
    const steps = () => [
      time({
        client: 'chrony',
        servers: ['192.0.2.1', { host: '192.0.2.2', prefer: true, minPoll: 4 }],
        pools: [{ host: '192.0.2.3', maxSources: 2 }],
        allow: ['192.0.2.0/24'],
        localStratum: 10,
        timezone: 'Europe/Berlin',
      }),
    ]
    const first = await proves(steps)
    assert.ok(
      first.changes.some((line) => line.startsWith('package chrony')),
      first.changes.join('\n'),
    )
    await host.sh(`chronyd -p -f ${conf} >/dev/null && ${running}`)
    const sources = await host.sh('until chronyc -n sources >/tmp/sources 2>&1; do :; done; cat /tmp/sources')
    for (const address of ['192.0.2.1', '192.0.2.2']) assert.match(sources, address)
    assert.match(await host.sh('chronyc accheck 192.0.2.7'), /access allowed/i)
    assert.match(await host.sh('chronyc accheck 198.51.100.7'), /access denied/i)
  })

  test(`${host.name}: a change restarts chrony once, and what chronyd refuses is not written`, async () => {
    const before = await host.sh(`cat ${conf}`)
    const message = await refuses(() => [time({ client: 'chrony', extra: ['not a line of chrony'] })], {
      checkToo: false,
    })
    assert.match(message, /[Ii]nvalid|Fatal|not a line/)
    assert.is(await host.sh(`cat ${conf}`), before)
    const { ends } = await proves(() => [time({ client: 'chrony', servers: ['192.0.2.9'] })])
    assert.is(ends.filter(({ task }) => task.handler !== undefined).length, 1)
    assert.match(
      await host.sh('until chronyc -n sources >/tmp/sources 2>&1; do :; done; cat /tmp/sources'),
      '192.0.2.9',
    )
  })

  test(`${host.name}: keys are for chrony alone; a disabled service stops`, async () => {
    await host.sh('getent group chrony >/dev/null || groupadd chrony')
    const key = new Secret('HEX:00112233445566778899AABBCCDDEEFF')
    await proves(() => [
      time({
        client: 'chrony',
        servers: [{ host: '192.0.2.1', key: 3 }],
        keys: [{ id: 3, type: 'SHA256', key }],
      }),
    ])
    const file = conf.replace('.conf', '.keys')
    assert.match(await host.sh(`stat -c '%a %U' ${file}; cat ${file}`), /^640 root\n3 SHA256 HEX:0011/)
    const { changes } = await play(() => [time({ client: 'chrony', enabled: false })])
    assert.ok(changes.length > 0)
    await host.sh(`! ${running}`)
  })
}
