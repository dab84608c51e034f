/** Tasks for the network. */
export { download } from './download.ts'
export { firewall } from './firewall.ts'
export { hostsEntry } from './hosts-entry.ts'
export { httpRequest } from './http-request.ts'
export { loadBalancer } from './load-balancer.ts'
export { ownAddresses } from './own-addresses.ts'
export { sshAccess, sshKey } from './ssh-access.ts'
export { waitFor } from './wait-for.ts'
