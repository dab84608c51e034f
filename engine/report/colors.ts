/** Colours for a terminal, or none: reporters do not check whether colours are on. */
import { styleText } from 'node:util'
import type { Outcome } from '../run/events.ts'

export type Style = 'red' | 'green' | 'yellow' | 'cyan' | 'magenta' | 'dim' | 'bold'
export type Paint = Readonly<Record<Style, (text: string) => string>>

const plain = (text: string): string => text
const styled = (style: Style) => (text: string) =>
  // the caller decides about colours; by default, styleText would check standard output
  text === '' ? '' : styleText(style, text, { validateStream: false })

const withColor: Paint = {
  red: styled('red'),
  green: styled('green'),
  yellow: styled('yellow'),
  cyan: styled('cyan'),
  magenta: styled('magenta'),
  dim: styled('dim'),
  bold: styled('bold'),
}
const withoutColor: Paint = {
  red: plain,
  green: plain,
  yellow: plain,
  cyan: plain,
  magenta: plain,
  dim: plain,
  bold: plain,
}

/**
 * Functions that colour text, or return it unchanged.
 *
 * @example
 * paintWith(options.color).red('failed')
 */
export const paintWith = (color: boolean): Paint => (color ? withColor : withoutColor)

/** The colour of each outcome. */
export const outcomeStyle: Readonly<Record<Outcome, Style>> = {
  ok: 'green',
  changed: 'yellow',
  skipped: 'cyan',
  failed: 'red',
  unreachable: 'red',
  ignored: 'magenta',
  rescued: 'magenta',
  'would change': 'yellow',
  unknown: 'magenta',
}
