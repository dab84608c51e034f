/** Inventories in INI, as Ansible reads them. */
import type { Place } from '../../errors.ts'
import type { InventoryDraft } from '../draft.ts'
import { checkGroupName } from '../group-names.ts'
import { readHostWord } from './host-words.ts'
import { cutWords } from './ini-words.ts'
import { invalid } from '../invalid.ts'
import { nearest } from '../nearest.ts'
import { pythonLiteral } from './python-literal.ts'
import { Scalar, isTemplate } from '../scalar.ts'
import type { Variable } from '../types.ts'

const kinds = ['hosts', 'children', 'vars'] as const
type Kind = (typeof kinds)[number]

const isKind = (word: string): word is Kind => kinds.some((kind) => kind === word)

/** Which group the lines below a heading speak of, and what they say of it. */
interface Section {
  readonly group: string
  readonly kind: Kind
}

/**
 * Children that are named before they are declared. As in Ansible such a group gets its place among its parent's children
 * when it is declared, not where it is named: the order of hosts depends on it.
 */
class PendingChildren {
  readonly #draft: InventoryDraft
  readonly #parents = new Map<string, { readonly parent: string; readonly place: Place }[]>()

  constructor(draft: InventoryDraft) {
    this.#draft = draft
  }

  /** Names a child of a group. */
  add(parent: string, child: string, place: Place): void {
    checkGroupName(this.#draft, child, place)
    // known also from the heading of its variables
    if (this.#draft.has(child)) this.#draft.child(parent, child, place)
    else this.#parents.set(child, [...(this.#parents.get(child) ?? []), { parent, place }])
  }

  /** A heading declares a group. */
  declared(child: string): void {
    for (const { parent, place } of this.#parents.get(child) ?? []) this.#draft.child(parent, child, place)
    this.#parents.delete(child)
  }

  /** Those that this file does not declare: another source may, before or after. */
  end(): void {
    for (const child of this.#parents.keys()) this.declared(child)
  }
}

/** A line, with a way to point at a column of it. */
interface Line {
  readonly text: string
  readonly at: (offset: number) => Place
}

const heading = (
  draft: InventoryDraft,
  pending: PendingChildren,
  { text, at }: Line,
  start: number,
): Section => {
  const [, group, kind = 'hosts'] = /^\[([^:\]\s]+)(?::(\w+))?\]\s*(?:#.*)?$/.exec(text.trim()) ?? []
  if (group === undefined) {
    throw invalid(
      'not the heading of a group',
      at(start),
      'write [NAME], [NAME:children] or [NAME:vars], without blanks; an IPv6 host needs its port: [fe80::1]:22',
    )
  }
  checkGroupName(draft, group, at(start + 1))
  if (!isKind(kind)) {
    const guess = nearest(kind, kinds)
    throw invalid(
      `a group has no ${kind}`,
      at(start + group.length + 2),
      guess === undefined ? `it has ${kinds.join(', ')}` : `did you mean [${group}:${guess}]?`,
    )
  }
  if (kind === 'vars') {
    draft.mention(group, at(start + 1))
  } else {
    draft.group(group, at(start + 1))
    pending.declared(group)
  }
  return { group, kind }
}

/** A value: a Python literal where it is one, else the text that it is. */
const valueOf = (text: string, place: Place): Variable => {
  const { value, written } = pythonLiteral(text, place) ?? {
    value: text,
    written: isTemplate(text) ? new Scalar({ text, value: text, template: true, place }) : text,
  }
  return { value, written, typed: text, place }
}

const readHost = (draft: InventoryDraft, group: string, { text, at }: Line): void => {
  const words = cutWords(text)
  if ('message' in words) throw invalid(words.message, at(words.offset), words.hint)
  const [host, ...rest] = words
  if (host === undefined) return
  if (host.text.startsWith('---')) {
    throw invalid('this looks like YAML', at(host.offset), 'end the name of the file with .yaml')
  }
  if (host.text.endsWith(':')) {
    throw invalid(
      `nothing after the colon of ${host.text}`,
      at(host.offset),
      'write the port behind it, or no colon; if this is YAML, end the name of the file with .yaml',
    )
  }
  const variables = rest.map((word) => {
    const cut = word.text.indexOf('=')
    if (cut < 1) {
      throw invalid(
        'not name=value',
        at(word.offset),
        'a line names one host, then variables; put quotes around a value with blanks in it',
      )
    }
    const name = word.text.slice(0, cut)
    return { name, variable: valueOf(word.text.slice(cut + 1), at(word.offset)) }
  })
  const { names, port } = readHostWord(host.text, at(host.offset))
  for (const name of names) {
    draft.host(name, group, port)
    for (const one of variables) draft.hostVariable(name, one.name, one.variable)
  }
}

const readChild = (pending: PendingChildren, group: string, { text, at }: Line, start: number): void => {
  const [, name] = /^([^:\]\s]+)\s*(?:#.*)?$/.exec(text.trim()) ?? []
  if (name === undefined) {
    throw invalid('not the name of a group', at(start), `below [${group}:children] each line names one group`)
  }
  pending.add(group, name, at(start))
}

const readVariable = (draft: InventoryDraft, group: string, { text, at }: Line, start: number): void => {
  const cut = text.indexOf('=')
  const name = text.slice(0, Math.max(0, cut)).trim()
  if (name === '') {
    throw invalid('not name=value', at(start), `below [${group}:vars] each line is name=value`)
  }
  const written = text.slice(cut + 1).trim()
  const variable = valueOf(written, at(start))
  const comment = variable.value === written ? /\s#/.exec(text.slice(cut + 1)) : null
  if (comment !== null) {
    // Ansible takes it as a part of the value, and hardly anybody means that
    throw invalid(
      'a comment behind a value would be a part of it',
      at(cut + 1 + comment.index + 1),
      'give the comment a line of its own; if it belongs to the value, put quotes around that',
    )
  }
  draft.groupVariable(group, name, variable)
}

/**
 * Reads an inventory in INI: `[group]` with hosts and their variables, `[group:children]`, `[group:vars]`. Values are
 * Python's literals where they are some, else text; a host's line is cut like a shell's.
 *
 * @throws `inventory-invalid` with file, line and column.
 */
export const readIniInventory = (draft: InventoryDraft, file: string, text: string): void => {
  const pending = new PendingChildren(draft)
  let section: Section = { group: 'ungrouped', kind: 'hosts' }
  for (const [index, whole] of text.split('\n').entries()) {
    const excerpt = whole.replace(/\r$/, '')
    const start = excerpt.length - excerpt.trimStart().length
    const line: Line = {
      text: excerpt,
      at: (offset) => ({ file, line: index + 1, column: offset + 1, excerpt }),
    }
    const first = excerpt[start]
    if (first === undefined || first === '#' || first === ';') continue
    // one that is never closed is a slip of the pen, and no host of that name
    const bracketed =
      first === '[' &&
      (!excerpt.includes(']') ||
        excerpt.trimEnd().endsWith(']') ||
        /^\s*\[[^:\]\s]+(:\w+)?\]\s*#/.test(excerpt))
    if (bracketed) section = heading(draft, pending, line, start)
    else if (section.kind === 'hosts') readHost(draft, section.group, line)
    else if (section.kind === 'children') readChild(pending, section.group, line, start)
    else readVariable(draft, section.group, line, start)
  }
  pending.end()
}
