/** Keeps text while something else uses the terminal, and prints it afterwards. */
export interface Holder {
  /** Prints text, or keeps it until all holds have ended. */
  readonly print: (text: string) => void
  readonly holding: () => boolean
  /**
   * Starts a hold and returns the function that ends it. Several holds can overlap; ending one twice has no effect.
   */
  readonly hold: () => () => void
  /** Prints all held text, even if a hold has not ended. */
  readonly release: () => void
}

/**
 * Makes a holder for a print function.
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
