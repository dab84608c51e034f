import { shellFile, shellProgram } from '../../../engine/index.ts'
import type { CheckContext } from '../../../engine/index.ts'

const lastErrors = shellFile(import.meta.url, 'last-errors.sh')

/** The most messages of each source: the first ones of a start repeat what the last ones say. */
const most = 4

/** The text of a line without what differs each time: time and process of the kubelet, time and stream of a container. */
const messageOf = (line: string): string =>
  line.replace(/^[WEFI]\d{4} [\d:.]+\s+\d+ \S+\] /, '').replace(/^\S+T\S+ (?:stdout|stderr) [FP] /, '')

/** Messages that say the same count once: numbers and quoted times differ from one attempt to the next. */
export const sameAs = (message: string): string => message.replaceAll(/[\da-f]{6,}|\d+/g, '0')

/**
 * The last different messages of each source, oldest first.
 *
 * @param text lines of a source, a tab and what it logged.
 */
export const distinctErrors = (text: string): string[] => {
  const bySource = new Map<string, Map<string, string>>()
  for (const line of text.split('\n')) {
    const [, source, logged] = /^([^\t]+)\t(.*)$/.exec(line) ?? []
    if (source === undefined || logged === undefined) continue
    const messages = bySource.get(source) ?? new Map<string, string>()
    bySource.set(source, messages)
    const message = messageOf(logged)
    // the last one of those that say the same
    messages.delete(sameAs(message))
    messages.set(sameAs(message), message)
  }
  return [...bySource].flatMap(([source, messages]) =>
    [...messages.values()].slice(-most).map((message) => `${source}: ${message}`),
  )
}

/**
 * The last errors of the kubelet and the static pods of a host, oldest first; empty where there is no log.
 *
 * @param seconds what is older is left out.
 */
export const lastErrorsOf = async ({ remote }: CheckContext, seconds: number): Promise<readonly string[]> => {
  const { stdout } = await remote.query({ timeout: 30 })`${shellProgram(lastErrors, seconds)}`.result()
  return distinctErrors(stdout)
}
