import * as assert from 'uvu/assert'
import { services } from '../../../tasks/facts/services.ts'
import { valueFrom } from '../../support/value-of.ts'
import { suite } from '../../support/spec.ts'

const test = suite('services')

test('services of systemd', async () => {
  const text = `systemd
units
ssh.service loaded active running OpenBSD Secure Shell server
● bad.service loaded failed failed It fails
none.service not-found inactive dead none.service
once.service loaded active exited Once
files
ssh.service enabled enabled
getty@.service enabled enabled
off.service disabled enabled
once.service static -
`
  assert.equal(Object(await valueFrom(services(), text)).map(Object.values), [
    ['bad', false, false, 'failed', undefined],
    ['off', false, false, 'dead', 'disabled'],
    ['once', false, false, 'exited', 'static'],
    ['ssh', true, true, 'running', 'enabled'],
  ])
})

test('services of OpenRC, and of a host without a service manager', async () => {
  assert.equal(
    Object(await valueFrom(services(), 'openrc\ncrond\tstarted\tdefault\nntpd\tstopped\t\n')).map(
      Object.values,
    ),
    [
      ['crond', true, true, 'started', 'default'],
      ['ntpd', false, false, 'stopped', undefined],
    ],
  )
  assert.equal(await valueFrom(services(), 'none\n'), [])
})
