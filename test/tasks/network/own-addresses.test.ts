import { networkInterfaces } from 'node:os'
import { execFileSync } from 'node:child_process'
import * as assert from 'uvu/assert'
import { rehearse } from '../../../engine/testing.ts'
import { isAmong } from '../../../tasks/network/addresses/own-addresses.ts'
import { ownAddresses } from '../../../tasks/network/own-addresses.ts'
import { sentPattern, shellText } from '../../support/sent.ts'
import { suite } from '../../support/spec.ts'

const test = suite('own-addresses')

const sent = sentPattern('tasks/network/addresses/own-addresses.sh')
const world = {
  patterns: [[sent, '127.0.0.1 lo\n::1 lo\n10.0.0.11 eth0\nfe80::1 eth0\nfd00::11 eth1\n']] as const,
}

test('a host with all addresses is ok, however they are written', async () => {
  const run = await rehearse(ownAddresses({ addresses: ['10.0.0.11', 'FD00:0::11'] }), world)
  assert.is(run.outcome, 'ok', String(run.error))
})

test('an address that it does not have is refused, with those that it has', async () => {
  const run = await rehearse(ownAddresses({ addresses: ['10.0.0.12'], setting: 'advertise_address' }), world)
  assert.match(String(run.error), '10.0.0.12: host does not have this address')
  assert.match(JSON.stringify(run.error), '10.0.0.11 (eth0), fd00::11 (eth1)')
  assert.match(JSON.stringify(run.error), 'set advertise_address')
})

test('addresses that cannot be read are not wrong', async () => {
  const run = await rehearse(ownAddresses({ addresses: ['10.0.0.12'] }), { patterns: [[sent, { code: 1 }]] })
  assert.is(run.outcome, 'ok', String(run.error))
})

test('the program finds the addresses of this machine, with ip, without, and where it fails', () => {
  const program = shellText('tasks/network/addresses/own-addresses.sh')
  const own = Object.values(networkInterfaces()).flatMap((list = []) => list.map(({ address }) => address))
  assert.ok(own.length > 0)
  const found = (before: string): string =>
    execFileSync('/bin/sh', ['-c', `${before}${program}`], { encoding: 'utf8' })
  const broken = 'ip() { return 1; }\n'
  const silent = 'ip() { :; }\n'
  for (const before of ['', 'command() { return 1; }\n', broken, silent]) {
    const text = found(before)
    const all = text.split('\n').map((line) => ({ address: line.split(' ')[0] ?? '', device: undefined }))
    for (const address of own) assert.ok(isAmong(address, all), `${address}\n${text}`)
  }
})
