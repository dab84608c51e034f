import { styleText } from 'node:util'

type Style = Parameters<typeof styleText>[0]

/** Colours text, or leaves it as it is. */
export type Paint = (style: Style, text: string) => string

export const painter = (color: boolean): Paint =>
  // the choice was made by whoever knows the stream; node must not second-guess it
  color ? (style, text) => styleText(style, text, { validateStream: false }) : (_, text) => text

/**
 * Text from a host, made harmless for a terminal: escape sequences and control characters are taken out, tabs stay.
 */
export const printable = (text: string): string =>
  text
    // CSI and OSC sequences first, whole (ECMA-48), then what is left of C0 and C1
    .replaceAll(/\u001b\[[0-?]*[ -/]*[@-~]|\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)?/g, '')
    .replaceAll(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '')

/** Seconds as people say them: `0.4 s`, `12 s`, `3 min 20 s`. */
export const duration = (seconds: number): string => {
  if (seconds < 10) return `${seconds.toFixed(1)} s`
  if (seconds < 100) return `${Math.round(seconds)} s`
  const whole = Math.round(seconds)
  return `${Math.floor(whole / 60)} min ${whole % 60} s`
}

/** Every line moved to the right. */
export const indent = (text: string, by: number): string =>
  text
    .split('\n')
    .map((line) => (line === '' ? line : `${' '.repeat(by)}${line}`))
    .join('\n')
