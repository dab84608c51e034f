/** Paths on hosts, as text. Pure. */

/**
 * A path in its plain form, as the kernel lists it: no slash twice, no `/./`, no slash at its end. `..` stays, for a link may
 * stand before it.
 */
export const plainPath = (path: string): string =>
  path
    .replaceAll(/\/(?:\.?\/)+/g, '/')
    .replace(/(?<=\/)\.$/, '')
    .replace(/(?<=.)\/$/, '')
