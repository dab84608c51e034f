/** The configuration of keepalived for an address that one of several hosts has. Pure. */
import { addressOf, canonicalAddress } from '../addresses/addresses.ts'

/** A host that can have the address. */
export interface Holder {
  readonly name: string
  readonly address: string
}

/** What the configuration of one host is made from. */
export interface VirtualIp {
  readonly address: string
  /** The name of this host, one of `hosts`. */
  readonly self: string
  /** All hosts that can have the address; the first one has the highest priority where none has it yet. */
  readonly hosts: readonly Holder[]
  readonly interface: string
  /** 1 to 255, the same on all hosts (VRRP: virtual router identifier, VRID). */
  readonly routerId: number
  /** The service without which a host does not have the address. */
  readonly service: string
}

/** The usual path of the configuration. */
export const keepalivedConfig = '/etc/keepalived/keepalived.conf'

/** The first line of the configurations that virtual-ip writes. */
export const ownLine = '# written by coxswain (virtual-ip); changes are overwritten'

/** The folder of {@link checkScript}. */
export const checkFolder = '/usr/libexec/keepalived'

/**
 * The program that keepalived asks whether a service runs. SELinux does not let keepalived run systemctl itself on hosts of the RHEL family, but
 * its policy lets it run what is in this folder (`keepalived_unconfined_script_exec_t`).
 */
export const checkScript = `${checkFolder}/coxswain-service-runs`

/** The text of {@link checkScript}, which gets the name of a service. */
export const checkText = `#!/bin/sh
${ownLine}
exec /bin/systemctl is-active --quiet "$1"
`

/** 255 belongs to the owner of an address, which none of them is. */
const highestPriority = 200

/** The hosts other than this one. */
const peersOf = ({ self, hosts }: VirtualIp): readonly Holder[] => hosts.filter(({ name }) => name !== self)

/** The lines that make the hosts send to each other alone: many networks do not carry multicast. */
const unicast = (own: string, peers: readonly string[]): string[] =>
  peers.length === 0
    ? []
    : [
        `    unicast_src_ip ${own}`,
        '    check_unicast_src',
        '    unicast_peer {',
        ...peers.map((one) => `        ${one}`),
        '    }',
      ]

/**
 * The text of keepalived.conf (keepalived 2.0.13 or later). A host whose service is down for two seconds gives the address away, and
 * one that does not answer any more loses it after 3.2 to 4 s: three intervals and a part of one (RFC 5798, 6.1). The address stays where it is
 * when a host comes back, because each move cuts connections.
 */
export const keepalivedText = (of: VirtualIp): string => {
  const at = of.hosts.findIndex(({ name }) => name === of.self)
  const own = canonicalAddress(of.hosts[at]?.address ?? '')
  const peers = peersOf(of).map(({ address }) => canonicalAddress(address))
  const prefix = addressOf(of.address)?.family === 6 ? 128 : 32
  return [
    ownLine,
    'global_defs {',
    '    enable_script_security',
    '    script_user root',
    '}',
    '',
    'vrrp_script service_runs {',
    `    script "${checkScript} ${of.service}"`,
    '    interval 1',
    '    timeout 5',
    '    fall 2',
    '    rise 2',
    '}',
    '',
    'vrrp_instance virtual_ip {',
    '    version 3',
    '    state BACKUP',
    '    nopreempt',
    `    interface ${of.interface}`,
    `    virtual_router_id ${of.routerId}`,
    `    priority ${highestPriority - at}`,
    '    advert_int 1',
    ...unicast(own, peers),
    '    virtual_ipaddress {',
    `        ${canonicalAddress(of.address)}/${prefix}`,
    '    }',
    '    track_script {',
    '        service_runs',
    '    }',
    '}',
    '',
  ].join('\n')
}
