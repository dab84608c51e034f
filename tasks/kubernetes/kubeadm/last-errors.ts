/** Adds to an error of kubeadm what its host knows about the cause: kubeadm itself only says that it has waited in vain. */
import { CoxswainError, isCoxswainError, shellFile, shellProgram } from '../../../engine/index.ts'
import type { ApplyContext } from '../../../engine/index.ts'

const lastErrors = shellFile(import.meta.url, 'last-errors.sh')

/** The most messages of each source: the first ones of a start repeat what the last ones say. */
const most = 4

/** The text of a line without what differs each time: time and process of the kubelet, time and stream of a container. */
const messageOf = (line: string): string =>
  line.replace(/^[WEFI]\d{4} [\d:.]+\s+\d+ \S+\] /, '').replace(/^\S+T\S+ (?:stdout|stderr) [FP] /, '')

/** Messages that say the same count once: numbers and quoted times differ from one attempt to the next. */
const sameAs = (message: string): string => message.replaceAll(/[\da-f]{6,}|\d+/g, '0')

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

const explained = new Set(['command-failed', 'command-timeout', 'wait-timeout'])

/** kubeadm names these causes itself, before it starts anything. */
const preflight = /^\s*\[ERROR /m

/**
 * Does something with kubeadm. If it fails, its error also shows the last errors of the kubelet and of the static pods.
 *
 * @throws the error of the work, with the same code.
 */
export const withLastErrors = async <Value>(
  { remote, host }: ApplyContext,
  work: () => PromiseLike<Value>,
): Promise<Value> => {
  const began = performance.now()
  try {
    return await work()
  } catch (error) {
    if (!isCoxswainError(error) || !explained.has(error.code) || preflight.test(error.output ?? ''))
      throw error
    const seconds = Math.ceil((performance.now() - began) / 1000) + 5
    // the reason for the failure can also be a reason for not being able to ask
    const { stdout } = await remote.query({ timeout: 30 })`${shellProgram(lastErrors, seconds)}`
      .result()
      .catch(() => ({ stdout: '' }))
    const found = distinctErrors(stdout)
    if (found.length === 0) throw error
    throw new CoxswainError(error.code, error.message, {
      host: error.host,
      task: error.task,
      place: error.place,
      output: [error.output ?? [], `last errors on ${host.name}:`, ...found.map((line) => `  ${line}`)]
        .flat()
        .join('\n'),
      hint: 'the last errors of the kubelet and the static pods, shown above, usually name the cause',
      cause: error.cause,
    })
  }
}
