/** Holds text back while somebody else has the terminal. */
export interface Holder {
  /** Prints text, or keeps it until nobody holds any more. */
  readonly print: (text: string) => void
  readonly holding: () => boolean
  /** Holds from now on. Gives what ends it; several may hold at once, and ending one twice does no harm. */
  readonly hold: () => () => void
  /** Prints what was held, whoever still holds. */
  readonly release: () => void
}

/**
 * A holder in front of what prints.
 *
 * @example
 * const held = holder(print)
 * const resume = held.hold()
 * held.print('later\n')
 * resume() // prints it
 */
export const holder = (print: (text: string) => void): Holder => {
  const holds = new Set<symbol>()
  let kept: string[] = []
  const release = (): void => {
    const texts = kept
    kept = []
    for (const text of texts) print(text)
  }
  return {
    print: (text) => {
      if (holds.size > 0) kept.push(text)
      else print(text)
    },
    holding: () => holds.size > 0,
    hold: () => {
      const own = Symbol('hold')
      holds.add(own)
      return () => {
        if (holds.delete(own) && holds.size === 0) release()
      }
    },
    release,
  }
}
