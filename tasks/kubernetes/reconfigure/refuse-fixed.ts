/** Changes that are not made in a cluster that runs. */
import { CoxswainError } from '../../../engine/index.ts'
import type { Change } from '../../../engine/index.ts'
import { fixedChange } from '../kubeadm/fixed-settings.ts'
import { changeInWords } from './master-files.ts'

/** The changes that are not made. */
export const fixedOf = (changes: readonly Change[]): Change[] =>
  changes.filter((change) => fixedChange(change) !== undefined)

/** A change in words, with the reason and the way out if it is not made. */
export const changeWithReason = (change: Change): string => {
  const row = fixedChange(change)
  return `${changeInWords(change)}${row === undefined ? '' : `: it is not changed, because ${row.why}; ${row.way}`}`
}

/** The way out of changes that are not made: the cluster has what is there, or someone has changed this host alone. */
export const asThere = (host: string, fixed: readonly Change[]): string =>
  `set ${fixed.map(({ what }) => what).join(' and ')} to what is there, if all masters have it; if ${host} alone has it, put its file right by hand`

/** @throws `task-failed` for changes that are not made in a cluster that runs. */
export const refuseFixed = (host: string, changes: readonly Change[]): void => {
  const fixed = fixedOf(changes)
  if (fixed.length === 0) return
  throw new CoxswainError(
    'task-failed',
    `${host} has other settings than the configuration, which are not changed in a cluster that runs`,
    {
      output: fixed.map(changeWithReason).join('\n'),
      hint: `${asThere(host, fixed)}; nothing was changed`,
    },
  )
}
