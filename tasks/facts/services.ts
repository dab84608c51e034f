import { defineTask, ok, shellFile, shellProgram, z } from '../../engine/index.ts'
import { rowsIn, textIn, wordsIn } from './reading/values.ts'

const servicesFile = shellFile(import.meta.url, 'services.sh')

/** A service of a host. */
export interface HostService {
  /** Without `.service`. */
  readonly name: string
  readonly running: boolean
  /** Whether it starts at boot by itself. */
  readonly enabled: boolean
  /** As the service manager names it: `running`, `exited`, `failed`, `dead`; `started`, `stopped` with OpenRC. */
  readonly state: string
  /** With systemd `enabled`, `disabled`, `static`, `masked` and others; with OpenRC the runlevel. Undefined if nothing is set. */
  readonly startup: string | undefined
}

const suffix = '.service'

const unitName = (unit: string): string | undefined =>
  unit.endsWith(suffix) ? unit.slice(0, -suffix.length) : undefined

const fromSystemd = (lines: readonly string[]): HostService[] => {
  const states = new Map<string, string>()
  const startups = new Map<string, string>()
  let inFiles = false
  for (const line of lines) {
    // a unit that has failed or is not found is marked, even with --plain in some releases
    const [unit = '', second = '', , sub = ''] = wordsIn(line.replace(/^[●*○×]/u, ''))
    const name = unitName(unit)
    if (line === 'files') inFiles = true
    if (name === undefined) continue
    if (inFiles) startups.set(name, second)
    // a unit that others name, and that does not exist
    else if (second !== 'not-found') states.set(name, sub)
  }
  return [...new Set([...states.keys(), ...startups.keys()])].toSorted().flatMap((name) => {
    const startup = startups.get(name)
    // a template, such as getty@, is not a service
    if (name.endsWith('@')) return []
    const state = states.get(name) ?? 'dead'
    return [
      {
        name,
        running: state === 'running',
        enabled: startup === 'enabled' || startup === 'enabled-runtime',
        state,
        startup,
      },
    ]
  })
}

const fromOpenrc = (lines: readonly string[]): HostService[] =>
  rowsIn(lines.join('\n')).flatMap(([name = '', state = '', startup]) =>
    name === ''
      ? []
      : [
          {
            name,
            running: state === 'started',
            enabled: textIn(startup) !== undefined,
            state,
            startup: textIn(startup),
          },
        ],
  )

/** Parses what services.sh prints. */
export const parseServices = (text: string): HostService[] => {
  const [manager, ...lines] = text.split('\n')
  if (manager === 'systemd') return fromSystemd(lines)
  return manager === 'openrc' ? fromOpenrc(lines) : []
}

/** Reads the services of a host. */
export const services = defineTask({
  name: 'services',
  description:
    'Reads the services of a host, whether they run, and whether they start at boot; none without a service manager.',
  reads: 'systemctl, or the folders of OpenRC',
  example: {},
  params: () => z.object({}),
  async check({ remote }) {
    return ok(
      parseServices(await remote.query({ label: 'list the services' })`${shellProgram(servicesFile)}`.text()),
    )
  },
})
