import { renderPlace } from '../inventory/place.ts'
import type { ReportedError } from '../run/events.ts'
import { indent, painter, printable } from './paint.ts'

export interface ErrorOptions {
  readonly color: boolean
  /** From 1 on with causes, from 2 on with the stack. */
  readonly verbosity: number
}

/**
 * An error for the person at the terminal: what, where, why, and what to do.
 *
 * @example
 * error [connect-failed] m1 › kernel settings
 *   cannot connect to root@10.0.0.7:22: connect ECONNREFUSED
 *   hint: check the address, the port and the network
 */
export const formatError = (error: ReportedError, { color, verbosity }: ErrorOptions): string => {
  const paint = painter(color)
  const where = [error.host, error.task].filter((part) => part !== undefined).join(' › ')
  const lines = [
    `${paint(['red', 'bold'], 'error')} ${paint('dim', `[${error.code}]`)}${where === '' ? '' : ` ${where}`}`,
    indent(error.message.split('\n').map(printable).join('\n'), 2),
    ...(error.place === undefined ? [] : [indent(renderPlace(error.place), 2)]),
    ...(error.output === undefined || error.output === ''
      ? []
      : error.output.split('\n').map((line) => paint('dim', `  | ${printable(line)}`))),
    ...(verbosity >= 1 ? error.causes.map((cause) => `  because: ${printable(cause)}`) : []),
    ...(verbosity >= 2 && error.stack !== undefined ? [paint('dim', indent(error.stack, 4))] : []),
    `  ${paint('yellow', 'hint')}: ${printable(error.hint)}`,
  ]
  return lines.join('\n')
}
