/** Filters and tests of addresses: the values of ansible.utils 6, as seen with ansible-core 2.19. */
import { folderOf } from '../../support/folder.ts'
import { suite } from '../../support/spec.ts'
import { caseCheckers } from './cases.ts'
import type { Cases } from './cases.ts'

const test = suite('addresses in expressions')
const { checkAll, refuseAll } = caseCheckers(folderOf(test))

/** The results of a filter for addresses. */
const ofFilter = (filter: string, all: Readonly<Record<string, unknown>>): Cases =>
  Object.entries(all).map(([address, value]) => [`'${address}' | ansible.utils.${filter}`, value])

test('the address of a network is not that of a host, except in one of two', async () => {
  await checkAll([
    ...ofFilter("ipaddr('ip')", {
      '192.168.1.0/24': null,
      '10.0.0.0/31': '10.0.0.0',
      '2001:db8::/32': '2001:db8::',
    }),
    ...ofFilter("ipaddr('address')", {
      '192.168.1.0/24': null,
      '10.0.0.0/31': '10.0.0.0',
      '2001:db8::/32': '2001:db8::',
    }),
    ...ofFilter("ipaddr('host/prefix')", { '192.168.1.0/24': false, '10.0.0.0/31': '10.0.0.0/31' }),
    ...ofFilter("ipaddr('host')", { '192.168.1.0/24': null, '2001:db8::4/127': '2001:db8::4/127' }),
    ...ofFilter("ipaddr('gw')", { '192.168.1.0/24': false, '192.168.1.1/24': '192.168.1.1/24' }),
  ])
})

test('a position of an address without a network is the address', async () => {
  await checkAll([
    ...ofFilter('ipaddr(1)', {
      '192.168.1.5': '192.168.1.5',
      '10.0.0.1/32': '10.0.0.1/32',
      '10.0.0.5/8': '10.0.0.1/8',
    }),
    ["['192.168.1.5', '10.0.0.9/24'] | ansible.utils.ipaddr(1)", ['192.168.1.5', '10.0.0.1/24']],
  ])
})

test('an address that passes is as it is written', async () => {
  await checkAll([
    ...ofFilter("ipaddr('private')", { '10.2.3.4/255.255.255.0': '10.2.3.4/255.255.255.0' }),
    ...ofFilter("ipaddr('unicast')", { '2001:0DB8::0001': '2001:0DB8::0001' }),
    ...ofFilter("ipaddr('6to4')", {
      '192.168.1.0/24': false,
      '8.8.8.8': '2002:0808:0808::1/48',
      '2002:c000:204::1': '2002:c000:204::1',
    }),
    ["5 | ansible.utils.ipaddr('unicast')", '0.0.0.5/32'],
  ])
  await refuseAll([['none | ansible.utils.ipaddr', 'ipaddr needs an address, not none']])
})

test('larger networks, and positions in them', async () => {
  await checkAll([
    ...ofFilter('ipsubnet(16, -1)', { '192.168.0.5': '192.168.0.4/31', '192.168.0.5/24': false }),
    ...ofFilter('ipsubnet(16, 5)', { '192.168.0.5': '192.168.0.0/21' }),
    ...ofFilter("ipsubnet('192.168.0.0/16')", { '192.168.144.16/30': '9221', '192.168.144.5': '36870' }),
    ...ofFilter('next_nth_usable(2)', { '192.168.1.5/24': '192.168.1.7', '192.168.1.253/24': null }),
    ...ofFilter('previous_nth_usable(2)', { '192.168.1.5/24': '192.168.1.3', '192.168.1.2/24': null }),
    ...ofFilter('ip4_hex', { '192.168.1.5': 'c0a80105' }),
    ...ofFilter('usable_range', {
      '10.0.0.0/31': { usable_ips: ['10.0.0.0', '10.0.0.1'], number_of_ips: 2 },
    }),
  ])
  await refuseAll([
    ["'192.168.0.5/24' | ipsubnet(16)", 'has no subnets with the prefix 16'],
    ["'10.0.0.5' | ipsubnet('192.168.0.0/16')", 'is not in 192.168.0.0/16'],
  ])
})

test('several addresses', async () => {
  await checkAll([
    ["['10.0.0.128/25', '10.0.0.0/25', '10.0.0.7'] | cidr_merge", ['10.0.0.0/24']],
    ["['2001:db8::/33', '2001:db8:8000::/33', '10.0.0.0/25'] | cidr_merge", ['10.0.0.0/25', '2001:db8::/32']],
    ["['192.168.0.0/25', '192.168.3.128/25'] | cidr_merge('span')", '192.168.0.0/22'],
    ["['192.168.0.5/25', '10.0.0.1'] | reduce_on_network('192.168.0.0/24')", ['192.168.0.5/25']],
    ["'192.168.0.0/24' | network_in_network('192.168.0.128/25')", true],
    ["'192.168.0.0/24' | network_in_usable('192.168.0.255')", false],
    ["'192.168.0.0/24' | network_in_usable('192.168.0.254')", true],
  ])
})

test('hardware addresses', async () => {
  await checkAll([
    ...ofFilter("hwaddr('linux')", {
      '5254.00aa.bb0c': '52:54:00:aa:bb:0c',
      '52-54-0-aa-bb-c': '52:54:00:aa:bb:0c',
      x: null,
    }),
    ...ofFilter("macaddr('cisco')", { '52:54:00:aa:bb:0c': '5254.00aa.bb0c' }),
    ...ofFilter("hwaddr('unix')", { '52:54:00:aa:bb:0c': '52:54:0:aa:bb:c' }),
    ...ofFilter("hwaddr('int')", { '52:54:00:aa:bb:0c': 90_520_741_919_500 }),
    ...ofFilter("slaac('52:54:00:aa:bb:0c')", {
      '2001:db8::/64': '2001:db8::5054:ff:feaa:bb0c',
      '10.0.0.0/8': false,
    }),
  ])
  await refuseAll([["'52:54:00:aa:bb:0c' | hwaddr('linx')", 'did you mean linux?']])
})

test('tests of addresses', async () => {
  const cases: readonly (readonly [address: string, test: string, value: boolean])[] = [
    ['10.0.0.0/8', 'ip', true],
    ['10.0.0.5/8', 'ip', false],
    ['1.2.3.4', 'ipv4_address', true],
    ['1.2.3.4/24', 'ipv4_address', false],
    ['::1', 'ipv6', true],
    ['255.255.0.0', 'ipv4_netmask', true],
    ['255.0.255.0', 'ipv4_netmask', false],
    ['0.0.0.255', 'ipv4_hostmask', true],
    ['10.1.1.1', 'private', true],
    ['100.64.0.1', 'private', false],
    ['100.64.0.1', 'public', false],
    ['8.8.8.8', 'public', true],
    ['127.0.0.1', 'loopback', true],
    ['224.0.0.1', 'multicast', true],
    ['240.0.0.1', 'reserved', true],
    ['0.0.0.0', 'unspecified', true],
    ['10.1.0.0/16', "subnet_of('10.0.0.0/8')", true],
    ['10.0.0.0/8', "supernet_of('10.1.0.0/16')", true],
    ['10.0.0.5', "in_network('10.0.0.7/8')", false],
    ['10.1.1.1', "in_any_network(['11.0.0.0/8', '10.0.0.0/8'])", true],
    ['10.1.1.1', "in_one_network(['10.1.0.0/16', '10.0.0.0/8'])", false],
    ['52:54:00:aa:bb:0c', 'mac', true],
    ['52:54:0:aa:bb:c', 'mac', false],
  ]
  await checkAll(cases.map(([address, name, value]) => [`'${address}' is ansible.utils.${name}`, value]))
})
