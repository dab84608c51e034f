/** Checks whether a host would refuse a change to a path. */
import type { Connection, FileOperation } from '../connection/types.ts'
import { isNotPermitted, operationFailure, reasonFrom, reasonScript } from './failures.ts'
import { checkedPath, operationScript } from './files.ts'
import type { RemoteOptions } from './types.ts'

/** A change to check for. */
export type CouldOperation = Extract<FileOperation, { kind: 'could' }>

/**
 * Checks whether a host would refuse a change, and changes nothing.
 *
 * @throws what the change would throw.
 */
export type Could = (change: Omit<CouldOperation, 'kind'>) => Promise<void>

/** Makes a {@link Could} from a connection. */
export const createCould =
  (connection: Connection, { identity, signal, timeout }: RemoteOptions): Could =>
  async (change) => {
    const operation: CouldOperation = { kind: 'could', ...change }
    const { path } = change
    checkedPath(path)
    const surroundings = { identity, purpose: 'query', signal, timeout } as const
    const script = operationScript(operation)
    const label = `whether ${path} can be changed`
    const result = await connection.execute({ script, operation, label, ...surroundings })
    if (result.code === 0) return
    const asked = isNotPermitted(result)
      ? await connection.execute({
          script: reasonScript(path),
          label: `why not ${path}`,
          ...surroundings,
        })
      : undefined
    throw operationFailure(operation, 'run', result, asked && reasonFrom(asked.stdout.toString('utf8')))
  }
