/** Reads the addresses of a host. */
import { shellFile, shellProgram } from '../../../engine/index.ts'
import type { CheckContext } from '../../../engine/index.ts'
import { addressOf } from './addresses.ts'

const ownAddressesFile = shellFile(import.meta.url, 'own-addresses.sh')

/** An address of a host, and its interface where it is known. */
export interface OwnAddress {
  readonly address: string
  readonly device: string | undefined
}

/** The addresses of a host; undefined if they cannot be read. */
export const ownAddresses = async ({ remote }: CheckContext): Promise<OwnAddress[] | undefined> => {
  const { ok, stdout } = await remote.query`${shellProgram(ownAddressesFile)}`.result()
  if (!ok) return undefined
  return stdout.split('\n').flatMap((line) => {
    const [address = '', device] = line.split(' ')
    return addressOf(address) === undefined ? [] : [{ address, device }]
  })
}

/** Interfaces that a host makes itself: bridges, tunnels, and those of container networks and virtual machines. */
const virtual =
  /^(lo\d*$|docker|cni|flannel|cali|cilium|lxc|veth|virbr|vnet|vmnet|br-|tun|tap|wg|dummy|nodelocaldns|kube-|weave|podman|ovs|vxlan)/

/** Whether other machines can have an address too, so that it does not identify the host; so it is where the interface is unknown. */
export const isShared = ({ address, device }: OwnAddress): boolean =>
  device === undefined || virtual.test(device) || /^(127\.|169\.254\.|::1$|fe[89ab][\da-f]:)/i.test(address)

/** The interface that has an address; undefined if none of them is known to. */
export const interfaceOf = (address: string, own: readonly OwnAddress[]): string | undefined => {
  const key = addressOf(address)?.key
  return own.find((one) => key !== undefined && addressOf(one.address)?.key === key)?.device
}

/** Whether an address is among those of a host, however both are written. */
export const isAmong = (address: string, own: readonly OwnAddress[]): boolean => {
  const key = addressOf(address)?.key
  return key !== undefined && own.some((one) => addressOf(one.address)?.key === key)
}
