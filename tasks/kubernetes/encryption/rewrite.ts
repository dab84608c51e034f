/** Writes objects again through an API server, so that it encrypts them with its first key. */
import { CoxswainError, shellFile, shellProgram } from '../../../engine/index.ts'
import type { ApplyContext } from '../../../engine/index.ts'
import { counted } from '../../shared/counted.ts'
import { adminConf } from '../kubeadm/paths.ts'
import { isRewritable, kindOf } from './config.ts'
import { leftUnder, objectOf, resourcesOf } from './left.ts'
import type { ObjectNames } from './left.ts'
import type { EncryptionRecord } from './record.ts'

const many = shellFile(import.meta.url, 'rewrite-many.sh')
const oneByOne = shellFile(import.meta.url, 'rewrite-one-by-one.sh')

/** An object that was not written, and why. */
export interface Failure {
  readonly path: string
  /** What failed. */
  readonly at: 'read' | 'write'
  readonly why: string
}

const failuresIn = (output: string): Failure[] =>
  output.split('\n').flatMap((line): Failure[] => {
    const [path = '', at = '', why = ''] = line.split('\t')
    // one that is gone does not have to be written; one that has changed was written by someone else, or is written in the next pass
    return at === 'read' || at === 'write' ? [{ path, at, why }] : []
  })

/** Whether the API server has not answered at all, or not for a reason of the object. */
export const isAway = ({ why }: Failure): boolean =>
  !why.includes('Error from server') ||
  /Error from server \((TooManyRequests|ServiceUnavailable|Timeout|ServerTimeout)\)/.test(why)

/** Writes objects of a resource again, all at once. @returns those that were not written, for whatever reason. */
const writeMany = async (
  ctx: ApplyContext,
  server: string,
  resource: string,
  objects: readonly ObjectNames[],
): Promise<readonly ObjectNames[]> => {
  // a configuration with other resources is not read at all
  if (!isRewritable(resource)) return objects
  const items = objects.map(({ namespace, name }) => ({
    apiVersion: 'v1',
    kind: kindOf(resource),
    metadata: { namespace, name },
  }))
  const output = await ctx.remote.run({
    stdin: JSON.stringify({ apiVersion: 'v1', kind: 'List', items }),
    timeout: 60 + objects.length * 2,
    label: `write ${counted(objects.length, 'object')} of ${resource} again`,
  })`${shellProgram(many, adminConf, server)}`.text()
  const written = new Set(output.split('\n'))
  return objects.filter(({ namespace, name }) => !written.has(`${namespace}/${name}`))
}

/** Writes objects of a resource again, each by a program of its own, which says what failed. */
const writeEach = async (
  ctx: ApplyContext,
  server: string,
  resource: string,
  objects: readonly ObjectNames[],
): Promise<Failure[]> => {
  if (objects.length === 0) return []
  const output = await ctx.remote.run({
    stdin: objects.map(({ path }) => `${path}\n`).join(''),
    timeout: 30 + objects.length * 35,
    label: `write ${counted(objects.length, 'object')} of ${resource} again, one by one`,
  })`${shellProgram(oneByOne, adminConf, server)}`.text()
  return failuresIn(output)
}

/** Writes all objects again that might not be under the new key. @returns how many, and those that were not written. */
export const rewritePass = async (
  ctx: ApplyContext,
  record: EncryptionRecord,
  server: string,
  total: number,
): Promise<{ readonly count: number; readonly failures: Failure[] }> => {
  let count = 0
  const failures: Failure[] = []
  for await (const { keys, resource } of leftUnder(ctx, resourcesOf(record.former), record.next)) {
    const objects = keys.map((key) => objectOf(key, resource))
    const rest = await writeMany(ctx, server, resource, objects)
    failures.push(...(await writeEach(ctx, server, resource, rest)))
    count += keys.length
    ctx.log(`${Math.min(count, total)} of ${counted(total, 'object')} done`)
  }
  return { count, failures }
}

/** A way out for each kind of failure. */
const waysOut = (failures: readonly Failure[]): string => {
  if (failures.some((one) => one.at === 'read' && !isAway(one)))
    return 'do not delete an object that cannot be read: if its key is missing, find it (/etc/coxswain/replaced and /etc/coxswain/rotate-keys of all control-plane nodes, backups)'
  if (failures.every(isAway)) return 'check the API server'
  return failures.every(({ why }) => /Error from server \((Forbidden|Invalid|BadRequest)\)/.test(why))
    ? 'remove the cause, often an admission webhook, or delete the object if nothing needs it'
    : 'remove the cause, often an admission webhook'
}

/** The error for objects that the API server does not read or write. */
export const refusedObjects = (failures: readonly Failure[]): CoxswainError => {
  const [first] = failures
  const what = failures.some(({ at }) => at === 'read') ? 'cannot read' : 'does not write'
  return new CoxswainError(
    'task-failed',
    `the API server ${what} ${counted(failures.length, 'object')}, such as ${first?.path ?? ''}: ${first?.why ?? ''}`,
    {
      output: failures.map(({ path, at, why }) => `${at} ${path}: ${why}`).join('\n'),
      hint: `${waysOut(failures)}; then run again: the former keys stay until then`,
    },
  )
}
