/** Ansible's names of the supported connections and become methods. */
import type { becomeMethods } from './types.ts'

/** The kinds of connections. */
export const connections = ['ssh', 'openssh', 'local', 'docker', 'podman'] as const
export type ConnectionName = (typeof connections)[number]

/** Every name of a connection. Ansible's `smart` and Paramiko are also SSH. */
export const connectionNames = {
  ssh: 'ssh',
  smart: 'ssh',
  paramiko: 'ssh',
  paramiko_ssh: 'ssh',
  'ansible.builtin.ssh': 'ssh',
  'ansible.legacy.ssh': 'ssh',
  'ansible.builtin.paramiko': 'ssh',
  'ansible.builtin.paramiko_ssh': 'ssh',
  'ansible.legacy.paramiko_ssh': 'ssh',
  openssh: 'openssh',
  local: 'local',
  'ansible.builtin.local': 'local',
  'ansible.legacy.local': 'local',
  docker: 'docker',
  'community.docker.docker': 'docker',
  'community.docker.docker_api': 'docker',
  'community.general.docker': 'docker',
  podman: 'podman',
  'containers.podman.podman': 'podman',
} as const satisfies Readonly<Record<string, ConnectionName>>

/** Every name of a become method. */
export const becomeNames = {
  sudo: 'sudo',
  'ansible.builtin.sudo': 'sudo',
  'ansible.legacy.sudo': 'sudo',
  su: 'su',
  'ansible.builtin.su': 'su',
  'ansible.legacy.su': 'su',
  doas: 'doas',
  'ansible.builtin.doas': 'doas',
  'community.general.doas': 'doas',
} as const satisfies Readonly<Record<string, (typeof becomeMethods)[number]>>

/** Looks up a name in a table; undefined for an unknown name. */
export const meaningOf = <Meaning>(
  names: Readonly<Record<string, Meaning>>,
  name: string,
): Meaning | undefined => (Object.hasOwn(names, name) ? names[name] : undefined)
