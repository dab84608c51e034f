/**
 * The decoded views of a text: without what terminals do not show, with escapes decoded, with bytes that are written
 * as numbers. Each view has the positions of its characters, so that matches are masked in the original.
 */
import { resolvedOnceAndMore } from './loose.ts'
import { backslashes, equals, erased, isPlain, markup, percents, reread, shown } from './readings.ts'
import { together } from './tokens-apart.ts'
import { viewOf } from './view.ts'
import type { View } from './view.ts'

/** Maximum number of views: text that is made to have many views must not take too long. */
const most = 64

/**
 * The views of a text, without the text itself.
 *
 * @param deep whether to search for separated letters and bytes, and for escapes within escapes.
 * @param goesOn whether more text follows: then an incomplete escape at the end is left out.
 */
export const viewsOf = (text: string, goesOn: boolean, deep = true): View[] => {
  const seen = new Set([`${text.length} ${text}`])
  const views: View[] = []
  const add = (view: View | undefined): View[] => {
    if (view === undefined || views.length >= most) return []
    const key = `${view.open} ${view.text}`
    if (seen.has(key)) return []
    seen.add(key)
    views.push(view)
    return [view]
  }
  const first = viewOf(text)
  if (isPlain(text)) {
    if (!deep) return []
    for (const view of together(first, goesOn)) add(view)
    return views
  }
  const seenThrough = (view: View | undefined): View[] =>
    view === undefined ? [] : [...add(view), ...add(reread(view, shown, goesOn))]
  const bases = [first, ...add(reread(first, shown, goesOn))]
  if (deep) for (const base of bases) for (const view of together(base, goesOn)) add(view)
  let level = [...bases, ...seenThrough(erased(first))]
  // text can be escaped more than once
  for (let depth = 0; depth < (deep ? 2 : 1); depth += 1)
    level = level.flatMap((view) =>
      [backslashes, percents, markup, equals].flatMap((reading) =>
        seenThrough(reread(view, reading, goesOn)),
      ),
    )
  return [...views, ...resolvedOnceAndMore(first, goesOn)]
}

/** A text without characters that are not shown, in plain letters, as in {@link viewsOf}. */
export const folded = (text: string): string => reread(viewOf(text), shown, false)?.text ?? text
