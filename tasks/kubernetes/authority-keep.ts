import { CoxswainError, defineTask, drift, ok, z } from '../../engine/index.ts'
import { newAuthority, newCertificates, replacedFolder } from './kubeadm/paths.ts'
import { shortFingerprint } from './rotation/bundle.ts'
import { authorityFacts, authorityNames, rotationOf } from './rotation/rotation.ts'
import type { Rotation } from './rotation/rotation.ts'

const placeOf = ({ authority, former }: Rotation): string =>
  `${replacedFolder}/${authority}-${shortFingerprint(former)}`

const note = ({ authority, former, next }: Rotation): string =>
  [
    `The former authority ${authority} of this cluster, ${former.fingerprint256}, was replaced by ${next.fingerprint256}.`,
    `former.crt and former.key were ${authorityFacts[authority].base}.crt and .key; client.* is a client that it had signed.`,
    'API servers and etcd do not accept it any more. Remove this folder when you are sure that it is not needed.',
    ...(authority === 'etcd'
      ? []
      : [
          'The ConfigMap extension-apiserver-authentication in kube-system still has its certificate, so that aggregated API servers, such as',
          'metrics-server, accept it: take it out there by hand.',
        ]),
    '',
  ].join('\n')

/** Moves an authority that was replaced to the folder where it is kept. */
export const authorityKeep = defineTask({
  name: 'authority-keep',
  description:
    'Moves an authority that control-plane nodes do not trust any more to /etc/coxswain/replaced, with its key and a note, readable by root only.',
  reads: 'the replacement of the authority in /etc/coxswain/rotate-ca',
  example: { authority: 'cluster' },
  params: () => z.object({ authority: z.enum(authorityNames).describe('the authority') }),
  title: ({ authority }) => `the former authority ${authority} is kept in ${replacedFolder}`,

  async check(ctx, { authority }) {
    const what = `the former authority ${authority}`
    if (ctx.predicted(newAuthority(authority))) return drift({ what, to: `kept in ${replacedFolder}` })
    const rotation = await rotationOf(ctx, authority)
    if (rotation === undefined) return ok()
    if (rotation.stage !== 'new' && !ctx.predicted(newCertificates))
      throw new CoxswainError('task-failed', `${ctx.host.name} still trusts ${what}`, {
        hint: 'run rotate-ca again without --limit, --tags and --start-at-task',
      })
    return drift({ what, from: rotation.folder, to: placeOf(rotation) })
  },

  async apply(ctx, { authority }) {
    const { remote, log } = ctx
    const rotation = await rotationOf(ctx, authority)
    if (rotation === undefined) return
    const [from, to] = [rotation.folder, placeOf(rotation)]
    await remote.write(`${from}/NOTE`, note(rotation), { mode: '0600' })
    // it is the one in use: a run that is killed does not leave it among the former ones
    await remote.remove(`${from}/new.key`)
    await remote.makeDirectory(replacedFolder, { mode: '0700', owner: 'root', group: 'root' })
    // what an earlier rotation to and fro has left
    await remote.remove(to, { recursive: true })
    await remote.run`mv ${from} ${to}`
    await remote.remove(`${to}/new.crt`)
    log(`${ctx.host.name}: the former authority ${authority} is kept in ${to}`)
  },
})
