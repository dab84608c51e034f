/**
 * A text as other programs would read it: without what terminals do not show, with escapes resolved, with the bytes that
 * are written as numbers. Each view knows where its letters come from, so that what is found in it is masked in the text.
 */
import { resolvedOnceAndMore } from './loose.ts'
import { backslashes, equals, erased, markup, percents, reread, shown } from './readings.ts'
import { together } from './tokens-apart.ts'
import { whole } from './view.ts'
import type { View } from './view.ts'

/** Views of views are looked at up to this number: text that is written to be read in many ways must not take for ever. */
const most = 64

/** Nothing in such a text can be read in another way, bytes and letters that stand apart left aside. */
const plain = /^[\t\n -$'-<>-[\]_-~]*$/
/** Whether a text has no escapes of any kind. */
export const isPlain = (text: string): boolean => plain.test(text)

/**
 * The views of a text, without the text itself.
 *
 * @param deep whether to look for letters and bytes that stand apart, and escapes within escapes, one by one.
 * @param goesOn whether more text follows: what ends in the middle of an escape is left out then.
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
  const first = whole(text)
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
  // what is escaped may have been escaped before
  for (let depth = 0; depth < (deep ? 2 : 1); depth += 1)
    level = level.flatMap((view) =>
      [backslashes, percents, markup, equals].flatMap((reading) =>
        seenThrough(reread(view, reading, goesOn)),
      ),
    )
  return [...views, ...resolvedOnceAndMore(first, goesOn)]
}

/** A text as {@link viewsOf} sees it: without what is not shown, in plain letters. */
export const folded = (text: string): string => reread(whole(text), shown, false)?.text ?? text
