/** A chain of network namespaces: each is reachable only from the one before. Needs root. */
import { execFileSync } from 'node:child_process'

/** One network. */
export interface Network {
  /** The name of its namespace. */
  readonly name: string
  /** The address for the network before it. */
  readonly address: string
  /** Runs a command in it and returns its output. */
  readonly sh: (script: string) => string
}

export interface Networks {
  readonly all: readonly Network[]
  remove(): void
}

const ip = (...words: string[]): string => execFileSync('ip', words, { encoding: 'utf8' })

/**
 * Creates a chain of networks: this machine reaches the first, the first reaches the second, and so on, without forwarding.
 *
 * @param number a number below 200 that no other test file uses: the addresses are derived from it.
 */
export const addNetworks = (count: number, number: number): Networks => {
  const names = Array.from({ length: count }, (_, index) => `cxw${process.pid}-${index}`)
  const all = names.map((name, index): Network => {
    const before = names[index - 1]
    const [near, far] = [`cxn${process.pid}${index}`, `cxf${process.pid}${index}`]
    const base = `10.213.${number}.${index * 4}`.replace(/\d+$/, '')
    ip('netns', 'add', name)
    ip('link', 'add', near, 'type', 'veth', 'peer', 'name', far)
    ip('link', 'set', far, 'netns', name)
    if (before !== undefined) ip('link', 'set', near, 'netns', before)
    const inBefore = before === undefined ? [] : ['-n', before]
    ip(...inBefore, 'addr', 'add', `${base}${index * 4 + 1}/30`, 'dev', near)
    ip(...inBefore, 'link', 'set', near, 'up')
    ip('-n', name, 'addr', 'add', `${base}${index * 4 + 2}/30`, 'dev', far)
    ip('-n', name, 'link', 'set', far, 'up')
    ip('-n', name, 'link', 'set', 'lo', 'up')
    return {
      name,
      address: `${base}${index * 4 + 2}`,
      sh: (script) => execFileSync('ip', ['netns', 'exec', name, 'sh', '-c', script], { encoding: 'utf8' }),
    }
  })
  return {
    all,
    // links are removed with their namespaces
    remove: () => names.forEach((name) => ip('netns', 'del', name)),
  }
}
