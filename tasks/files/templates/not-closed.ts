/** Finds what a template opens and does not close: Handlebars reports only where the template ends. Pure. */

/** A tag of a template that is not closed. */
export interface OpenTag {
  /** As written: `{{#if port}}`. */
  readonly text: string
  /** What closes it: `{{/if}}`, or `}}` for braces that are not closed. */
  readonly end: string
  /** The line it is on, from 1. */
  readonly line: number
  /** Its column, from 1. */
  readonly column: number
}

/**
 * The innermost tag that is not closed; undefined if there is none.
 *
 * @example
 * openTag('{{#if port}}\nlisten') // { text: '{{#if port}}', end: '{{/if}}', line: 1, column: 1 }
 */
export const openTag = (template: string): OpenTag | undefined => {
  const tagAt = (offset: number, text: string, end: string): OpenTag => {
    const before = template.slice(0, offset).split('\n')
    return { text, end, line: before.length, column: (before.at(-1) ?? '').length + 1 }
  }
  // comments, and braces after a backslash, open nothing; offsets stay
  const code = template.replaceAll(/\{\{~?!--[^]*?--~?\}\}|\{\{~?![^]*?\}\}|\\\{\{/g, (text) =>
    ' '.repeat(text.length),
  )
  const ended = code.lastIndexOf('}}')
  const braces = code.indexOf('{{', ended < 0 ? 0 : ended)
  if (braces >= 0) return tagAt(braces, template.slice(braces).split('\n', 1)[0] ?? '', '}}')
  const open: OpenTag[] = []
  for (const { 0: text, 1: mark, 2: name = '', index } of code.matchAll(
    /\{\{~?([#^/])[*>]?\s*([^\s{}~]+)[^{}]*\}\}/g,
  ))
    if (mark === '/') open.pop()
    else open.push(tagAt(index, text, `{{/${name}}}`))
  return open.at(-1)
}
