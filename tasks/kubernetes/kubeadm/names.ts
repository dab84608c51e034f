/** Names and endpoints as kubeadm accepts them, before it is asked. Pure. */
import { isIPv4 } from 'node:net'
import { z } from '../../../engine/index.ts'
import { addressOf, canonicalAddress, isMapped } from '../../network/addresses/addresses.ts'
import { unusableBecause } from '../../network/addresses/unusable.ts'

const subdomain = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/

/** Whether a text is a name of DNS as Kubernetes has it: lower case, 253 characters at most (IsDNS1123Subdomain). */
export const isSubdomain = (text: string): boolean => text.length <= 253 && subdomain.test(text)

const lowerCase = (text: string): string => `must have lower-case letters only: ${text.toLowerCase()}`

const unknown = (text: string): string =>
  `${text} is neither an IP address nor a name of lower-case letters, digits, - and .`

/** The name of a node. */
export const nodeName = () =>
  z.string().refine(isSubdomain, 'must have lower-case letters, digits, - and . only, at most 253')

/** What is wrong with the host of an endpoint; undefined if kubeadm accepts it. */
const hostFault = (text: string): string | undefined => {
  const host = text.replace(/^\[(.*)\]$/, '$1')
  if (host.includes('%')) return `${host} has a zone, which other hosts do not know`
  const unusable = host === 'localhost' ? 'each host itself' : unusableBecause(host)
  if (unusable !== undefined) return `${host} is ${unusable}: other hosts cannot use it`
  if (isMapped(host)) return `${host} is IPv4 written as IPv6: write it as IPv4`
  if (host !== text) return addressOf(host)?.family === 6 ? undefined : `${host} is not an IPv6 address`
  // a name of four numbers would be accepted, and no client could use it
  if (/^\d+(?:\.\d+){3}$/.test(host)) return isIPv4(host) ? undefined : `${host} is not an IP address`
  // clients read a last part of digits as an address
  if (/(?:^|\.)\d+$/.test(host))
    return `${host} is neither an IP address nor a name: its last part is a number`
  return isSubdomain(host) ? undefined : unknown(host)
}

/** What is wrong with an endpoint; undefined if kubeadm accepts it (ParseHostPort). */
const endpointFault = (text: string): string | undefined => {
  if (text.includes('://')) return `must be host:port, without ${text.replace(/:\/\/.*/, '://')}`
  const [, host = '', port] = /^(.*):(\d+)$/.exec(text) ?? []
  if (!host.startsWith('[') && host.includes(':'))
    return `must have an IPv6 address in brackets: [${host}]:${port}`
  if (host.startsWith('[') && !host.endsWith(']'))
    return 'must be host:port, such as 10.0.0.10:6443, and an IPv6 address in brackets: [fd00::10]:6443'
  if (/^0\d/.test(port ?? '')) return `the port must be written without a leading zero: ${Number(port)}`
  if (Number(port) < 1 || Number(port) > 65_535) return 'the port must be between 1 and 65535'
  return !host.startsWith('[') && hostFault(host) !== undefined && hostFault(host.toLowerCase()) === undefined
    ? lowerCase(text)
    : hostFault(host)
}

/** Host and port, separated by the last colon. */
export const endpointSchema = z
  .string()
  .regex(/^\S+:\d+$/, { error: 'must be host:port, such as 10.0.0.10:6443', abort: true })
  .superRefine((text, context) => {
    const message = endpointFault(text)
    if (message !== undefined) context.addIssue({ code: 'custom', message })
  })

const isName = (text: string): boolean =>
  isSubdomain(text.replace(/^\*\./, '')) || (addressOf(text) !== undefined && !text.includes('%'))

/** A name or address in a certificate, which has an IPv6 address without brackets (kubeadm, ValidateCertSANs). */
export const certSanSchema = z
  .string()
  .overwrite((text) => {
    const inner = text.replace(/^\[(.*)\]$/, '$1')
    return addressOf(inner)?.family === 6 ? (inner === text ? text : canonicalAddress(inner)) : text
  })
  .superRefine((text, context) => {
    if (isName(text)) return
    const message = isName(text.toLowerCase()) ? lowerCase(text) : unknown(text)
    context.addIssue({ code: 'custom', message })
  })
