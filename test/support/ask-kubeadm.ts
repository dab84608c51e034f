/** What a program kubeadm says about itself. */
import { $ } from 'zx'
import { parseAllDocuments } from 'yaml'
import { z } from '../../engine/index.ts'
import type { SaidByKubeadm } from '../tasks/kubernetes/kubeadm/said-by-kubeadm.ts'

const ask = async (program: string, words: readonly string[]): Promise<string> =>
  (await $({ quiet: true })`${program} ${words}`).stdout

/** The names below `Available Commands:` in a help text. */
const commandsIn = (help: string): string[] => {
  const [, list = ''] = /^Available Commands:\n((?: .*\n)*)/m.exec(help) ?? []
  return [...list.matchAll(/^ {2}([a-z-]+)/gm)].map(([, name = '']) => name)
}

/** The phases of a command, inner ones after a space, in alphabetical order. */
const phasesOf = async (program: string, command: string): Promise<string[]> => {
  const outer = commandsIn(await ask(program, [command, 'phase', '--help']))
  const inner = await Promise.all(
    outer.map(async (name) => {
      const names = commandsIn(await ask(program, [command, 'phase', name, '--help']))
      return names.length === 0 ? [name] : names.map((one) => `${name} ${one}`)
    }),
  )
  return inner.flat()
}

const defaults = z.object({ kind: z.string(), apiVersion: z.string(), imageRepository: z.string() })

/** The row of said-by-kubeadm.tsv for a program. */
export const askKubeadm = async (program: string): Promise<SaidByKubeadm> => {
  const version = (await ask(program, ['version', '-o', 'short'])).trim()
  const images = (await ask(program, ['config', 'images', 'list', '--kubernetes-version', version])).split(
    '\n',
  )
  const tagOf = (name: string): string =>
    images.flatMap((image) => new RegExp(`/${name}:(.*)$`).exec(image)?.[1] ?? [])[0] ?? ''
  const printed = parseAllDocuments(await ask(program, ['config', 'print', 'init-defaults']))
  const [cluster] = printed.flatMap((document) => defaults.safeParse(document.toJS()).data ?? [])
  const [init, joining, reset] = await Promise.all(
    ['init', 'join', 'reset'].map((command) => phasesOf(program, command)),
  )
  return {
    version,
    configApi: cluster?.apiVersion.replace('kubeadm.k8s.io/', '') ?? '',
    registry: cluster?.imageRepository ?? '',
    etcd: tagOf('etcd'),
    coredns: tagOf('coredns'),
    pause: tagOf('pause'),
    init: init ?? [],
    join: joining ?? [],
    reset: reset ?? [],
  }
}

/** The words of a command of kubeadm before its options, and the names of its options. */
const partsOf = (command: string): { words: string[]; options: string[] } => {
  const all = command.split(' ').slice(1)
  const first = all.findIndex((word) => word.startsWith('-'))
  return {
    words: first < 0 ? all : all.slice(0, first),
    options: all.filter((word) => word.startsWith('--')).map((word) => word.replace(/=.*$/, '')),
  }
}

/**
 * Why a program does not accept a command: a phase or an option that its help does not have; undefined if it has them.
 *
 * The command itself is not run.
 */
export const refusalOf = async (program: string, command: string): Promise<string | undefined> => {
  const { words, options } = partsOf(command)
  const help = await ask(program, [...words, '--help'])
  // of an unknown phase, the help is that of the command above it
  const usage = new RegExp(`^ {2}kubeadm ${words.join(' ')}( |$)`, 'm')
  if (!usage.test(help)) return `kubeadm ${words.join(' ')}`
  return options.find((option) => !new RegExp(`${option}(?:[ ,=]|$)`, 'm').test(help))
}
