/** What the lab tells the person, on standard output. */
export const say = (text: string): void => console.log(text)

/** Does a step, saying what and how long it took. */
export const step = async <Value>(what: string, work: () => Promise<Value>): Promise<Value> => {
  say(`lab: ${what} …`)
  const began = performance.now()
  const value = await work()
  say(`lab: ${what}: done in ${((performance.now() - began) / 1000).toFixed(1)} s`)
  return value
}

/** Something that the lab cannot do, told with a way out. */
export class LabError extends Error {
  readonly hint: string

  constructor(message: string, hint: string) {
    super(message)
    this.hint = hint
  }
}
