import {
  CoxswainError,
  defineTask,
  driftUnlessEmpty,
  ok,
  remotePath,
  shellFile,
  shellProgram,
  unknown,
  z,
} from '../../engine/index.ts'
import type { RemoteReader } from '../../engine/index.ts'
import { oneLine } from '../shared/one-line.ts'

const list = shellFile(import.meta.url, 'at-jobs.sh')

const markers = (name: string): { readonly begin: string; readonly end: string } => ({
  begin: `# coxswain: ${name}`,
  end: `# coxswain: end of ${name}`,
})

const params = () =>
  z
    .object({
      name: oneLine('a name')
        .min(1, 'must not be empty')
        .describe('the name of the job, written in a comment above and below its command'),
      command: z
        .string()
        .min(1, 'must not be empty')
        .optional()
        .describe('the shell commands, which run once as the acting user'),
      time: z
        .string()
        .regex(/^\w[\w:+.,/ -]*$/, 'must be a time that at accepts, such as now + 1 hour')
        .optional()
        .describe("when: a time that at accepts, such as 'now + 1 hour', '23:30' or '03:00 2026-01-31'"),
      queue: z
        .string()
        .regex(/^[a-zA-Z]$/, 'must be a letter')
        .optional()
        .describe('the queue, a letter; by default that of at'),
      creates: remotePath()
        .optional()
        .describe('a path that the commands make: if it exists, the job was done and is not added again'),
      state: z.enum(['present', 'absent']).default('present').describe('absent removes the waiting job'),
    })
    .refine(
      ({ command, time, state }) => state === 'absent' || (command !== undefined && time !== undefined),
      { message: 'command and time are required' },
    )
    .refine(({ name, command = '' }) => !command.split('\n').includes(markers(name).end), {
      message: 'must not contain the comment that ends the job',
      path: ['command'],
    })

/** A waiting job. */
interface Job {
  readonly number: string
  readonly command: string
}

/** The jobs of this name; undefined without at. */
const jobsOf = async (remote: RemoteReader, name: string): Promise<Job[] | undefined> => {
  const { begin, end } = markers(name)
  const label = `waiting jobs: ${name}`
  const { code, stdout, stderr } = await remote.query({ label })`${shellProgram(list, begin, end)}`.result()
  if (code === 127) return undefined
  if (code !== 0)
    throw new CoxswainError('read-failed', 'cannot list the jobs of at', {
      output: stderr.trim(),
      hint: 'check /etc/at.allow and /etc/at.deny',
    })
  const jobs: { number: string; lines: string[] }[] = []
  for (const line of stdout.split('\n').slice(0, -1))
    if (line.startsWith('.')) jobs.at(-1)?.lines.push(line.slice(1))
    else jobs.push({ number: line, lines: [] })
  return jobs.map(({ number, lines }) => ({ number, command: lines.join('\n') }))
}

const withoutEnd = (text: string): string => text.replace(/\n+$/, '')

/** Adds a job that runs once, or removes it. */
export const at = defineTask({
  name: 'at',
  description:
    'Adds commands that run once, at a time, with at, or removes them while they wait. A job that waits already is not added again, whatever its time; one that is done is, unless creates is given.',
  reads: 'atq and at -c, of the acting user',
  example: { name: 'reminder', time: 'now + 1 hour', command: 'touch /tmp/reminded' },
  params,
  guards: ({ creates, state }) => creates !== undefined && state === 'present',
  title: ({ name, state }) => `${state === 'absent' ? 'no job' : 'job'} of at: ${name}`,

  async check({ remote }, { name, command = '', time, creates, state }) {
    if (state === 'present' && creates !== undefined && (await remote.exists(creates))) return ok()
    const jobs = await jobsOf(remote, name)
    if (jobs === undefined) return state === 'absent' ? ok() : unknown('at is not installed yet')
    const what = `job of at ${name}`
    if (state === 'absent')
      return driftUnlessEmpty(jobs.map((job) => ({ what, from: job.command, to: undefined })))
    if (jobs.length === 1 && jobs[0]?.command === withoutEnd(command)) return ok()
    const from = jobs.map((job) => job.command).join('\n')
    return driftUnlessEmpty([
      { what, from: from || undefined, to: withoutEnd(command) },
      ...(jobs.length > 0 ? [{ what: `time of the ${what}`, to: time }] : []),
    ])
  },

  async apply({ remote }, { name, command = '', time = '', queue, state }) {
    const jobs = await jobsOf(remote, name)
    if (jobs === undefined)
      throw new CoxswainError('task-failed', 'at is not installed', { hint: 'install the package `at`' })
    const numbers = jobs.map(({ number }) => number)
    if (state === 'present') {
      const { begin, end } = markers(name)
      const words = [...(queue === undefined ? [] : ['-q', queue]), ...time.trim().split(/ +/)]
      await remote.run({ stdin: `${begin}\n${withoutEnd(command)}\n${end}\n` })`at ${words}`
    }
    // last: if at refuses the time, the jobs that wait stay
    if (numbers.length > 0) await remote.run`atrm ${numbers}`
  },
})
