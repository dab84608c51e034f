/** Tests of addresses, those of the collection ansible.utils. */
import { hardwareDigits } from './filters/hardware.ts'
import { holds, isMulticast, isPrivate, maskOf, networkOf, parseAddress } from './filters/addresses.ts'
import type { Address } from './filters/addresses.ts'
import { listOf, needed } from './library.ts'
import type { Test } from './library.ts'
import type { Machine } from './machine.ts'
import { takes } from './signature.ts'
import type { Value } from './values.ts'

const inNetworks = (texts: readonly string[]): ((one: Address) => boolean) => {
  const all = texts.flatMap((text) => parseAddress(text) ?? [])
  return (one) => all.some((network) => holds(network, one))
}

const isLoopback = inNetworks(['127.0.0.0/8', '::1/128'])
const isReserved = inNetworks(['240.0.0.0/4', '::/3', '4000::/2', '8000::/1'])
const isShared = inNetworks(['100.64.0.0/10'])

/** An address without a prefix. */
const single = (machine: Machine, value: Value): Address | undefined => {
  const found = parseAddress(machine.text(value))
  return found?.prefix === undefined ? found : undefined
}

/** An address, or a network whose address is its first one. */
const strict = (machine: Machine, value: Value): Address | undefined => {
  const found = parseAddress(machine.text(value))
  return found !== undefined && found.value === networkOf(found) ? found : undefined
}

const ofAddress =
  (read: typeof single, passes: (one: Address) => boolean = () => true): Test =>
  (value, _, { machine }) => {
    const found = read(machine, value)
    return found !== undefined && passes(found)
  }

/** A test of an address or network, and another network. */
const ofTwo = (passes: (one: Address, other: Address) => boolean): Test =>
  takes('network', (value, args, { machine }) => {
    const [one, other] = [strict(machine, value), strict(machine, needed(args, 0, 'network', 'the test'))]
    return one !== undefined && other !== undefined && passes(one, other)
  })

const countHolding = (machine: Machine, value: Value, networks: Value): number => {
  const one = strict(machine, value)
  if (one === undefined) return 0
  return listOf(machine, networks, 'the test').filter((item) => {
    const network = strict(machine, item)
    return network !== undefined && holds(network, one)
  }).length
}

const is4 = ({ version }: Address): boolean => version === 4
const is6 = ({ version }: Address): boolean => version === 6

/** Whether an address is the mask of a network, or the opposite of one. */
const isMask = (one: Address, opposite: boolean): boolean =>
  is4(one) &&
  Array.from({ length: 32 }, (_, bits) => maskOf(4, bits + 1)).some(
    (mask) => one.value === (opposite ? mask ^ 0xffff_ffffn : mask),
  )

/** A hardware address with groups that are complete. */
const isHardware = (text: string): boolean =>
  hardwareDigits(text) !== undefined && text.replaceAll(/[-:.]/g, '').length === 12

export const addressTests: Readonly<Record<string, Test>> = {
  ip: ofAddress(strict),
  ip_address: ofAddress(single),
  ipv4: ofAddress(strict, is4),
  ipv4_address: ofAddress(single, is4),
  ipv4_netmask: ofAddress(single, (one) => isMask(one, false)),
  ipv4_hostmask: ofAddress(single, (one) => isMask(one, true)),
  ipv6: ofAddress(strict, is6),
  ipv6_address: ofAddress(single, is6),
  loopback: ofAddress(single, isLoopback),
  mac: (value, _, { machine }) => isHardware(machine.text(value)),
  multicast: ofAddress(single, isMulticast),
  private: ofAddress(single, (one) => isPrivate(one) && !isShared(one)),
  public: ofAddress(single, (one) => !isPrivate(one)),
  reserved: ofAddress(single, isReserved),
  unspecified: ofAddress(single, (one) => one.value === 0n),
  in_network: ofTwo((one, other) => holds(other, one)),
  in_any_network: takes('networks', (value, args, { machine }) => {
    return countHolding(machine, value, needed(args, 0, 'networks', 'in_any_network')) > 0
  }),
  in_one_network: takes('networks', (value, args, { machine }) => {
    return countHolding(machine, value, needed(args, 0, 'networks', 'in_one_network')) === 1
  }),
  subnet_of: ofTwo((one, other) => holds(other, one)),
  supernet_of: ofTwo((one, other) => holds(one, other)),
}
