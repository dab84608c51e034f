import { exitCodes } from '../../exit-codes.ts'
import type { CommandContext } from '../define-command.ts'
import type { OptionSpecs, SettingName } from '../define-option.ts'
import { hostOptions } from '../options/run.ts'
import { outputOptions } from '../options/output.ts'
import { recipientOptions } from '../options/recipients.ts'
import { originOf } from './given.ts'
import type { Project } from './project.ts'

/** A setting in effect. */
interface Effective {
  readonly name: string
  readonly value: unknown
  readonly source: string
}

const optionsOf = (specs: OptionSpecs) =>
  Object.values(specs).flatMap((option) => (option.setting === undefined ? [] : [option]))

/** Values of settings where nothing says them. */
const defaults: Readonly<Partial<Record<SettingName, unknown>>> = { forks: 20, hostKeyChecking: 'strict' }

/** Settings as lists hold them, and the others as they are. */
const valueOf = (name: SettingName, texts: readonly (string | undefined)[]): unknown => {
  if (name === 'forks') return Number(texts.at(-1))
  return name === 'hostKeyChecking' ? texts.at(-1) : texts
}

/** Every setting of a project in effect, with its source. */
const effective = (project: Project, { given }: Pick<CommandContext, 'given'>): Effective[] => {
  const file = project.file ?? ''
  const sourceOf = (name: string): string => (project.given.has(name) ? file : 'default')
  const options = optionsOf({
    ...hostOptions,
    output: outputOptions.output,
    recipient: recipientOptions.recipient,
  }).map((option): Effective => {
    const name = option.setting?.name ?? 'inventories'
    const { source, variable = '', texts } = originOf(option, given, project, process.env)
    switch (source) {
      case 'command line':
        return { name, value: valueOf(name, texts), source: 'command line' }
      case 'environment':
        return { name, value: [process.env[variable]], source: variable }
      case 'settings':
        return { name, value: valueOf(name, texts), source: file }
      case 'found':
        return { name, value: valueOf(name, texts), source: 'found' }
      case 'default':
        return { name, value: defaults[name] ?? [], source: 'default' }
    }
  })
  const connection = [...project.connection].map(([name, { value }]): Effective => ({
    name: `connection.${name}`,
    value,
    source: file,
  }))
  return [
    ...options,
    { name: 'playbooks', value: project.playbooks, source: sourceOf('playbooks') },
    { name: 'tasks', value: project.tasks, source: sourceOf('tasks') },
    ...connection,
    { name: 'hooks', value: [...project.hooks.keys()], source: sourceOf('hooks') },
  ]
}

const shown = (value: unknown): string => {
  if (Array.isArray(value)) return value.length === 0 ? '-' : value.map(String).join(', ')
  return String(value)
}

/** Rows as columns of equal width. */
const table = (rows: readonly (readonly string[])[]): string => {
  const widths = rows.reduce<number[]>(
    (found, row) => row.map((cell, index) => Math.max(found[index] ?? 0, cell.length)),
    [],
  )
  return rows
    .map(
      (row) =>
        `${row
          .map((cell, index) => cell.padEnd(widths[index] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('')
}

/** `run config`: the settings in effect, each with its source. Gives the exit status. */
export const showConfig = async (
  { options: { output } }: { readonly options: { readonly output: 'json' | undefined } },
  context: CommandContext,
): Promise<number> => {
  const project = await context.project()
  const settings = effective(project, context)
  if (output === 'json')
    context.outlets.out(settings.map((one) => `${JSON.stringify(one)}\n`).join(''), 'json')
  else {
    context.outlets.out(`settings: ${project.file ?? 'none (no coxswain.config.ts)'}\n\n`)
    context.outlets.out(table(settings.map(({ name, value, source }) => [name, shown(value), source])))
  }
  return exitCodes.ok
}
