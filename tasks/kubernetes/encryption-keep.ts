import { CoxswainError, defineTask, drift, ok, Secret, z } from '../../engine/index.ts'
import { counted } from '../shared/counted.ts'
import { configText } from './encryption/config.ts'
import { readKeys } from './encryption/record.ts'
import type { EncryptionRecord } from './encryption/record.ts'
import { leftOver, refuseStage, stagesOf } from './encryption/require.ts'
import { encryptionRecord, newEncryptionKey, replacedFolder } from './kubeadm/paths.ts'

const placeOf = ({ next }: EncryptionRecord): string =>
  `${replacedFolder}/encryption-before-${next.key.name}.yaml`

const note = ({ next, path, turnsOn }: EncryptionRecord): string =>
  [
    turnsOn
      ? `# Before the key ${next.key.name}, nothing was encrypted. Nothing in etcd is plain any more.`
      : `# What ${path} had before the key ${next.key.name}. Nothing in etcd is under these keys any more.`,
    `# A snapshot of etcd from before needs ${turnsOn ? 'the provider identity as the last one' : 'them after the new one'}. Remove this file when you are sure that none is needed.`,
    '',
  ].join('\n')

/** The error for objects that came back after it was proven that none is left, such as those of an older snapshot. */
const leftAgain = ({ path }: EncryptionRecord, left: number): CoxswainError =>
  new CoxswainError('task-failed', `${counted(left, 'object')} may be under former keys again, or plain`, {
    hint: `if etcd was restored from a snapshot, on each control-plane node: add the former keys, which are in ${encryptionRecord}, after the new one in ${path}, or identity if nothing was encrypted before; move ${encryptionRecord} away, and restart the API server. Then run rotate-keys with a later time`,
  })

/** Keeps the former keys of encryption at rest, and ends their replacement. */
export const encryptionKeep = defineTask({
  name: 'encryption-keep',
  description:
    'Moves the keys of encryption at rest that were replaced to /etc/coxswain/replaced, readable by root only, once no API server has them: snapshots of etcd from before need them.',
  reads:
    'the files with the keys on all control-plane nodes, the replacement in /etc/coxswain/rotate-keys, and how the values in etcd begin',
  example: { masters: ['m1', 'm2', 'm3'] },
  params: () =>
    z.object({ masters: z.array(z.string()).min(1).describe('the names of all control-plane nodes') }),
  title: () => `the former keys of encryption at rest are kept in ${replacedFolder}`,

  async check(ctx, { masters }) {
    const what = 'former keys of encryption at rest'
    const { record } = await readKeys(ctx, undefined)
    if (record === undefined)
      return ctx.predicted(newEncryptionKey) ? drift({ what, to: `kept in ${replacedFolder}` }) : ok()
    const problems = (await stagesOf(ctx, record, masters)).flatMap(({ name, stage, pending }) => [
      ...(stage === 'new' ? [] : [`${name} still has them`]),
      ...(pending ? [`the API server of ${name} must be restarted`] : []),
    ])
    refuseStage('new', problems)
    const left = await leftOver(ctx, record, masters)
    if (left > 0) throw leftAgain(record, left)
    return drift({ what, from: encryptionRecord, to: placeOf(record) })
  },

  async apply(ctx) {
    const { remote, log, host } = ctx
    const { record } = await readKeys(ctx, undefined)
    if (record === undefined) return
    const place = placeOf(record)
    await remote.makeDirectory('/etc/coxswain')
    await remote.makeDirectory(replacedFolder, { mode: '0700', owner: 'root', group: 'root' })
    await remote.write(place, new Secret(note(record) + configText(record.former)), {
      mode: '0600',
      owner: 'root',
      group: 'root',
    })
    log(
      `${host.name}: what snapshots of etcd from before need is kept in ${place}. Copy it and ${record.path} to where they outlive the masters, and not beside the snapshots`,
    )
    // last: the replacement has ended from now on
    await remote.remove(encryptionRecord)
  },
})
