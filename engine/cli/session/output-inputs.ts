/** Refuses outputs of a run that would overwrite what the run reads. */
import { lstatSync, realpathSync, statSync } from 'node:fs'
import type { BigIntStats } from 'node:fs'
import { basename, dirname, join, sep } from 'node:path'
import { CoxswainError } from '../../errors.ts'
import type { OutputRequest } from '../../report/choose-outputs.ts'
import { attempt } from '../attempt.ts'
import type { RunOptions } from '../options/run.ts'

/** What a run reads, by options. */
type Reading = Pick<
  RunOptions,
  'inventory' | 'extraVars' | 'ageKeyFile' | 'vaultPasswordFile' | 'vaultId' | 'privateKey'
>

/** What is read without an option: the playbook, without the name of a task in it, and the settings. */
export interface OtherInputs {
  readonly playbook?: string | undefined
  readonly settings?: string | undefined
}

/** The folders of variables beside a path. */
const variablesIn = (folder: string): string[] =>
  ['group_vars', 'host_vars'].map((name) => join(folder, name))

/** The paths of files and folders that a run reads; some need not exist. */
export const inputsOf = (
  { inventory, extraVars, ageKeyFile, vaultPasswordFile, vaultId, privateKey }: Reading,
  { playbook, settings }: OtherInputs = {},
): readonly string[] =>
  [
    ...inventory.flatMap((one) => [one, ...variablesIn(dirname(one))]),
    ...extraVars.filter((one) => one.startsWith('@')).map((one) => one.slice(1)),
    ...ageKeyFile,
    ...vaultPasswordFile,
    ...vaultId.map((one) => one.slice(one.indexOf('@') + 1)),
    ...(playbook === undefined ? [] : [playbook, ...variablesIn(dirname(playbook))]),
    privateKey,
    settings,
  ].filter((one) => one !== undefined)

const isSame = (one: BigIntStats, other: BigIntStats | undefined): boolean =>
  other !== undefined && one.dev === other.dev && one.ino === other.ino

/** Whether a file is an input: the same file, the link that leads to one, or a file in a folder that is one. */
const overwrites = (file: string, input: string): boolean => {
  const bigint = true
  // the file is replaced: a link is not followed
  const found = attempt(() => lstatSync(file, { bigint }))
  if (found === undefined) return false
  const read = attempt(() => statSync(input, { bigint }))
  if (
    isSame(found, read) ||
    isSame(
      found,
      attempt(() => lstatSync(input, { bigint })),
    )
  )
    return true
  if (read?.isDirectory() !== true) return false
  const folder = attempt(() => realpathSync(input))
  const path = attempt(() => join(realpathSync(dirname(file)), basename(file)))
  return folder !== undefined && path?.startsWith(folder + sep) === true
}

/**
 * Refuses outputs to files that the run reads.
 *
 * @param inputs paths of files and folders.
 * @throws `usage`.
 */
export const refuseOverwriting = (requests: readonly OutputRequest[], inputs: readonly string[]): void => {
  for (const { file } of requests) {
    if (file === undefined) continue
    const input = inputs.find((one) => overwrites(file, one))
    if (input === undefined) continue
    throw new CoxswainError('usage', `the output ${file} would overwrite ${input}, which this run reads`, {
      hint: 'name another file for the output',
    })
  }
}
