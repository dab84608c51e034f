import { defineTask, ok, z } from '../../engine/index.ts'
import { wordsIn } from './reading/values.ts'

/** The kernel of a host, and its architecture. */
export interface Kernel {
  /** For example `Linux`. */
  readonly name: string
  /** For example `6.1.0-28-amd64`. */
  readonly release: string
  /** As uname(1) prints it, for example `x86_64` or `aarch64`. */
  readonly architecture: string
  /** As Go, container images and most downloads name it, for example `amd64` or `arm64`; that of uname for others. */
  readonly goArchitecture: string
}

const goNames: ReadonlyMap<string, string> = new Map([
  ['x86_64', 'amd64'],
  ['amd64', 'amd64'],
  ['aarch64', 'arm64'],
  ['armv6l', 'arm'],
  ['armv7l', 'arm'],
  ['armv8l', 'arm'],
  ['i386', '386'],
  ['i486', '386'],
  ['i586', '386'],
  ['i686', '386'],
  ['loongarch64', 'loong64'],
])

/** Parses the output of `uname -s -r -m`. */
export const parseKernel = (text: string): Kernel => {
  const [name = '', release = '', ...rest] = wordsIn(text.trim())
  const architecture = rest.at(-1) ?? ''
  return { name, release, architecture, goArchitecture: goNames.get(architecture) ?? architecture }
}

/** Reads the kernel of a host and its architecture. */
export const kernel = defineTask({
  name: 'kernel',
  description: 'Reads the name and release of the kernel, and the architecture of the host.',
  reads: 'uname',
  example: {},
  params: () => z.object({}),
  async check({ remote }) {
    return ok(parseKernel(await remote.query`uname -s -r -m`.text()))
  },
})
