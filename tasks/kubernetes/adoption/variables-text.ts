/** A file of variables: its text, and where another one differs from it. Pure. */
import { leavesOf } from '../kubeadm/cluster-differences.ts'
import { asVariables, isMap, readYaml } from '../kubeadm/yaml.ts'
import type { Document } from '../kubeadm/yaml.ts'
import { isHidden, settingChange } from '../reconfigure/differences.ts'
import type { Change } from '../../../engine/index.ts'

/** A comment, whatever a host has put into it. */
const asComment = (text: string): string => `# ${text.replaceAll(/[\p{C}\p{Zl}\p{Zp}\s]+/gu, ' ').trim()}\n`

/** The text of a file of variables. */
export const variablesText = (variables: Document, comments: readonly string[]): string =>
  `${comments.map(asComment).join('')}${asVariables(variables)}`

/** What is shown of a new file: its text, or only the names where a value can be secret. */
export const shownVariables = (variables: Document, comments: readonly string[]): string =>
  leavesOf(variables).some(([path, text]) => isHidden(path) || text.includes('extraEnvs'))
    ? Object.keys(variables).join(', ')
    : variablesText(variables, comments)

/**
 * Where the variables in a text differ from others, whatever their order and comments.
 *
 * @throws `task-failed` for a text that is not YAML.
 */
export const variablesChanges = (text: string, file: string, variables: Document): Change[] => {
  const there = new Map(leavesOf(readYaml(text, file).find(isMap) ?? {}))
  const wanted = new Map(leavesOf(readYaml(asVariables(variables), file).find(isMap) ?? {}))
  return [...new Set([...there.keys(), ...wanted.keys()])].flatMap((name) => {
    const [from, to] = [there.get(name), wanted.get(name)]
    if (from === to) return []
    // a list of documents can have variables of programs in it
    const isMixed = [from, to].some((one) => one?.includes('extraEnvs') === true)
    return [
      isMixed
        ? { what: name, from: from && '(not shown)', to: to && '(not shown)' }
        : settingChange(name, from, to),
    ]
  })
}
