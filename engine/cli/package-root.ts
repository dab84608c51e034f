import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'

/** The folder of this package: two folders above in a checkout's sources, three in the compiled form. */
export const packageRoot = (): string =>
  fileURLToPath(new URL(import.meta.url.includes('/dist/') ? '../../../' : '../../', import.meta.url))

/** The version of this package. */
export const packageVersion = async (): Promise<string> => {
  const { version }: { version?: unknown } = JSON.parse(
    await readFile(`${packageRoot()}package.json`, 'utf8'),
  )
  return String(version)
}
