/** Prints a message of the lab on standard output. */
export const say = (text: string): void => console.log(text)

/** Runs a step, and prints its name and how long it took. */
export const step = async <Value>(what: string, work: () => Promise<Value>): Promise<Value> => {
  say(`lab: ${what} …`)
  const began = performance.now()
  const value = await work()
  say(`lab: ${what}: done in ${((performance.now() - began) / 1000).toFixed(1)} s`)
  return value
}

/** Something that the lab cannot do, with a hint. */
export class LabError extends Error {
  readonly hint: string

  constructor(message: string, hint: string) {
    super(message)
    this.hint = hint
  }
}
