/** What is done to the cluster in a round, and what comes before it. */
import { mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { all } from './world.ts'
import type { Command, Master, Wanted, World } from './world.ts'

/** The cluster before an operation. */
export interface Before {
  readonly world: World
  readonly wanted: Wanted
  /** The round, for names. */
  readonly round: number
  /** A folder of the round on this machine. */
  readonly folder: string
}

/** A command, and what the inventory says when it is done. */
export interface Prepared {
  readonly command: Command
  readonly wanted: Wanted
}

/** An operation. */
export interface Operation {
  /** The name for the table. */
  readonly says: string
  /** Whether writes after it was prepared are lost on purpose. */
  readonly goesBack?: true
  readonly prepare: (before: Before) => Promise<Prepared>
}

/** The master that is not in the cluster. */
const spare = (masters: readonly Master[]): Master => all.find((one) => !masters.includes(one)) ?? 'm4'

/** The first two masters stay, the third one leaves, the fourth one comes. */
const changed = (masters: readonly Master[]) => {
  const [leaving = 'm3', ...staying] = masters.toReversed()
  return { leaving, staying: staying.toReversed(), next: [...staying.toReversed(), spare(masters)] }
}

/** What is left of a master whose disk was replaced. */
const wipe =
  'kubeadm reset -f --skip-phases=remove-etcd-member; rm -rf /etc/kubernetes/* /etc/coxswain/* /var/lib/etcd/member /etc/cni/net.d/* /var/lib/cni; systemctl stop kubelet; for link in cni0 flannel.1; do ip link delete $link; done; true'

/** Seconds of a day. */
const day = 86_400
/** Seconds after which a certificate is renewed; a new one is checked long before that. */
const oldAge = 300

/** Waits until the certificates of a master are so old. They are valid for a year. */
const oldCertificates = async (world: World, master: Master): Promise<void> => {
  const end = await world.on(master, 'openssl x509 -noout -enddate -in /etc/kubernetes/pki/apiserver.crt')
  const made = Date.parse(end.replace('notAfter=', '')) / 1000 - 365 * day
  await sleep(Math.max(0, made + oldAge - Date.now() / 1000) * 1000)
}

/** A playbook that leaves the inventory as it is. */
const of = (playbook: string, wanted: Wanted, ...words: string[]): Prepared => ({
  command: { playbook, words, wanted },
  wanted,
})

const table = {
  rebuild: {
    says: 'ha-masters, one master is new',
    prepare: async ({ world, wanted }) => {
      await world.on(wanted.masters[0] ?? 'm1', wipe)
      return of('ha-masters', wanted)
    },
  },
  add: {
    says: 'ha-masters, a third master is added',
    prepare: async ({ world, wanted }) => {
      const { leaving, staying, next } = changed(wanted.masters)
      await world.succeed({
        playbook: 'remove-master',
        wanted: { ...wanted, masters: staying, leaving: [leaving] },
      })
      return of('ha-masters', { ...wanted, masters: next })
    },
  },
  replace: {
    says: 'replace-master',
    prepare: ({ wanted }) => {
      const { leaving, next } = changed(wanted.masters)
      const after = { ...wanted, masters: next }
      const command = { playbook: 'replace-master', wanted: { ...after, leaving: [leaving] } }
      return Promise.resolve({ command, wanted: after })
    },
  },
  renew: {
    says: 'renew-certs',
    prepare: async ({ world, wanted }) => {
      await Promise.all(wanted.masters.map((master) => oldCertificates(world, master)))
      return of('renew-certs', wanted, '-e', `renew_certs_within=${365 - (oldAge - 60) / day}`)
    },
  },
  reconfigure: {
    says: 'reconfigure, one name more in certificates',
    prepare: ({ wanted, round }) => {
      const vars = { ...wanted.vars, cert_sans: [`chaos-${round}.example`] }
      return Promise.resolve(of('reconfigure', { ...wanted, vars }))
    },
  },
  restore: {
    says: 'etcd-restore',
    goesBack: true,
    prepare: async ({ world, wanted, folder }) => {
      await mkdir(folder, { recursive: true })
      const words = ['-e', `etcd_backup_dest=${folder}`, '-e', 'etcd_backup_max_age=1']
      await world.succeed({ playbook: 'etcd-backup', words, wanted })
      const [name = ''] = await readdir(folder)
      const accept = ['-e', 'etcd_restore_accept_loss=true']
      return of('etcd-restore', wanted, ...accept, '-e', `etcd_restore_snapshot=${join(folder, name)}`)
    },
  },
} as const satisfies Readonly<Record<string, Operation>>

/** The name of an operation. */
export type OperationName = keyof typeof table

/** All operations. */
export const operations: Readonly<Record<OperationName, Operation>> = table

/** Their names, in an order that does not change: seeds depend on it. */
export const operationNames: readonly OperationName[] = [
  'rebuild',
  'add',
  'replace',
  'renew',
  'reconfigure',
  'restore',
]
