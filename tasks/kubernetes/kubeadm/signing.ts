/** Whether the authorities of a control-plane node can sign new certificates there. */
import { CoxswainError } from '../../../engine/index.ts'
import type { CheckContext } from '../../../engine/index.ts'
import { credentialFault } from './credentials.ts'

/** What to do about an authority that cannot sign. */
const waysOut = {
  expired:
    'renewing does not help, and rotate-ca needs one that is valid: replace the authority on all control-plane nodes ("Manual Rotation of CA Certificates" in the documentation of Kubernetes), then run again',
  'not valid yet': 'set the clock of the host, and keep it set: install a time service such as chrony',
} as const

/** @throws `task-failed` for an authority that has expired, or is not valid yet: nothing that it signs is accepted. */
const refuseDates = async ({ remote, host }: CheckContext, paths: readonly string[]): Promise<void> => {
  const [clock, ...texts] = await Promise.all([
    remote.query`date +%s`.text(),
    ...paths.map((path) => remote.read(`${path}.crt`)),
  ])
  const now = new Date(Number(clock) * 1000)
  for (const [index, path] of paths.entries()) {
    const text = texts[index]
    const fault = text === undefined ? undefined : credentialFault({ path: `${path}.crt`, text }, now)
    if (fault === undefined || fault.kind === 'another authority') continue
    throw new CoxswainError(
      'task-failed',
      `${host.name}: ${fault.message}: clients do not accept what this authority signs. Nothing was changed`,
      { hint: waysOut[fault.kind] },
    )
  }
}

/** @throws `task-failed` for an authority whose key is kept elsewhere. */
const refuseWithoutKeys = async ({ remote, host }: CheckContext, paths: readonly string[]): Promise<void> => {
  const keys = await Promise.all(
    paths.map(async (path) => {
      const [certificate, key] = await Promise.all([
        remote.exists(`${path}.crt`),
        remote.exists(`${path}.key`),
      ])
      return certificate && !key ? [`${path}.key`] : []
    }),
  )
  const missing = keys.flat()
  if (missing.length === 0) return
  throw new CoxswainError(
    'task-failed',
    `${missing.join(', ')} ${missing.length === 1 ? 'is' : 'are'} not on ${host.name}, so kubeadm cannot renew what ${missing.length === 1 ? 'it has' : 'they have'} signed`,
    {
      hint: 'the authority is kept elsewhere: let it sign new certificates, with kubeadm certs generate-csr, and put them in place',
    },
  )
}

/**
 * Checks that authorities can sign new certificates on a host: without their keys, kubeadm leaves certificates out and succeeds,
 * and with an authority that has expired, what it signs is not accepted.
 *
 * @param paths of the authorities, without their ending.
 * @throws `task-failed` with the file, and what to do.
 */
export const requireSigning = async (ctx: CheckContext, paths: readonly string[]): Promise<void> => {
  await refuseWithoutKeys(ctx, paths)
  await refuseDates(ctx, paths)
}
