/** The random numbers of Python for a seed: MT19937 (Matsumoto and Nishimura). The same seed gives the same numbers. Pure. */
import { createHash } from 'node:crypto'

const [size, middle] = [624, 397]

/** The words of a number, the lowest first. */
const wordsOf = (value: bigint): number[] => {
  const words: number[] = []
  for (let rest = value; rest > 0n; rest >>= 32n) words.push(Number(rest & 0xffff_ffffn))
  return words.length === 0 ? [0] : words
}

/** The number of a seed: of a text, its bytes and their checksum. */
const numberOfSeed = (seed: string | bigint): bigint => {
  if (typeof seed === 'bigint') return seed < 0n ? -seed : seed
  const bytes = Buffer.from(seed)
  const hex = Buffer.concat([bytes, createHash('sha512').update(bytes).digest()]).toString('hex')
  return BigInt(`0x${hex}`)
}

const linear = (seed: number): Uint32Array => {
  const state = new Uint32Array(size)
  state[0] = seed
  for (let at = 1; at < size; at += 1) {
    const before = state[at - 1] ?? 0
    state[at] = Math.imul(1_812_433_253, before ^ (before >>> 30)) + at
  }
  return state
}

const byWords = (key: readonly number[]): Uint32Array => {
  const state = linear(19_650_218)
  let [at, word] = [1, 0]
  const mixed = (factor: number): number => {
    const before = state[at - 1] ?? 0
    return (state[at] ?? 0) ^ Math.imul(before ^ (before >>> 30), factor)
  }
  const next = (): void => {
    at += 1
    if (at < size) return
    state[0] = state[size - 1] ?? 0
    at = 1
  }
  for (let left = Math.max(size, key.length); left > 0; left -= 1) {
    state[at] = mixed(1_664_525) + (key[word] ?? 0) + word
    next()
    word = (word + 1) % key.length
  }
  for (let left = size - 1; left > 0; left -= 1) {
    state[at] = mixed(1_566_083_941) - at
    next()
  }
  state[0] = 0x8000_0000
  return state
}

/** Random numbers of a seed. */
export class PythonRandom {
  readonly #state: Uint32Array
  #at = size

  constructor(seed: string | bigint) {
    this.#state = byWords(wordsOf(numberOfSeed(seed)))
  }

  #word(): number {
    const state = this.#state
    if (this.#at >= size) {
      for (let at = 0; at < size; at += 1) {
        const y = ((state[at] ?? 0) & 0x8000_0000) | ((state[(at + 1) % size] ?? 0) & 0x7fff_ffff)
        state[at] = (state[(at + middle) % size] ?? 0) ^ (y >>> 1) ^ (y & 1 ? 0x9908_b0df : 0)
      }
      this.#at = 0
    }
    let y = state[this.#at] ?? 0
    this.#at += 1
    y ^= y >>> 11
    y ^= (y << 7) & 0x9d2c_5680
    y ^= (y << 15) & 0xefc6_0000
    return (y ^ (y >>> 18)) >>> 0
  }

  /** An integer from 0 to below a limit of 1 to 2 ** 32 - 1. */
  below(limit: number): number {
    const bits = 32 - Math.clz32(limit)
    for (;;) {
      const found = this.#word() >>> (32 - bits)
      if (found < limit) return found
    }
  }
}
