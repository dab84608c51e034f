import { exitCodes } from '../../exit-codes.ts'
import { CoxswainError } from '../../errors.ts'
import { shownWord } from '../../secret.ts'
import { defineCommand, optional, rest } from '../define-command.ts'
import { flag, text } from '../define-option.ts'
import { runOptions } from '../options/run.ts'
import { completion, completeWords } from './completion.ts'
import { config } from './config.ts'
import { docs } from './docs.ts'
import { doctor } from './doctor.ts'
import { exec } from './exec.ts'
import { facts } from './facts.ts'
import { help, list } from './help.ts'
import { history } from './history.ts'
import { init } from './init.ts'
import { inventory } from './inventory.ts'
import { schema } from './schema.ts'
import { secret } from './secret.ts'
import { validate } from './validate.ts'

/** `run PLAYBOOK`, `run TASK`, and every other command. */
export const run = defineCommand({
  name: 'run',
  summary: 'Brings hosts to the state that a playbook describes, over SSH, with nothing installed on them.',
  usage: '[options] <playbook.ts | task> [key=value...]',
  arguments: {
    target: optional('a playbook or task file, or the name of a task', 'target'),
    params: rest('parameters of a task', 'parameters'),
  },
  options: {
    ...runOptions,
    host: text('--host <name>', 'with `template FILE`: print what the template makes for this host', 'hosts'),
    help: flag('-h, --help', 'show this help, or the help of a task'),
  },
  examples: [
    {
      line: 'run playbooks/ha-masters.ts -i inventory.yaml',
      does: 'bring the hosts to the state that the playbook describes',
    },
    {
      line: 'run playbooks/ha-masters.ts -i inventory.yaml --check',
      does: 'show what would change, and change nothing',
    },
    {
      line: 'run sysctl key=net.ipv4.ip_forward value=1 -i inventory.yaml --hosts masters -b',
      does: 'run a single task',
    },
    {
      line: 'run template site.conf.hbs -i inventory.yaml --host web1',
      does: 'print a template with the variables of a host',
    },
  ],
  notes:
    'Exit status: 0 ok, 1 usage or load error, 2 failed, 3 would change (--check --exit-code) or findings, 4 unreachable, 130 interrupted',
  printsHelp: true,
  usesSettings: ({ arguments: { target }, options: { help: asked, listHosts } }) =>
    !asked && (target !== undefined || listHosts),
  commands: [
    exec,
    facts,
    inventory,
    validate,
    schema,
    config,
    secret,
    docs,
    help,
    init,
    doctor,
    history,
    completion,
    list,
    completeWords,
  ],
  run: async (input, context) => {
    const { arguments: words, options } = input
    const { host } = options
    if (host !== undefined) {
      if (words.target !== 'template')
        throw new CoxswainError('usage', '--host is for `run template FILE`', {
          hint: 'name the hosts of a run with --limit, and those of a single task with --hosts',
        })
      const { printTemplate } = await import('../template/print-template.ts')
      return printTemplate({ options: { ...options, host }, words: words.params }, context)
    }
    const [file] = words.params
    if (words.target === 'template' && file !== undefined && !/^\w+=/.test(file))
      throw new CoxswainError('usage', 'a template is printed for one host: --host NAME is needed', {
        hint: `\`run template ${shownWord(file)} -i INVENTORY --host NAME\`; as a task, template takes src=… dest=…`,
      })
    if (words.target !== undefined || options.listTasks || options.listHosts)
      return (await import('../session/run.ts')).run(input, context)
    if (!options.help) throw new CoxswainError('usage', 'nothing to run: name a playbook or a task')
    context.outlets.out(context.help())
    return exitCodes.ok
  },
})
