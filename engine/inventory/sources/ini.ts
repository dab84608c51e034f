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

/** The section of a heading: a group and the kind of lines. */
interface Section {
  readonly group: string
  readonly kind: Kind
}

/**
 * Children that are named before they are declared. As in Ansible, such a group takes its position among the children of its
 * parent when it is declared, which affects the order of hosts.
 */
class PendingChildren {
  readonly #draft: InventoryDraft
  readonly #parents = new Map<string, { readonly parent: string; readonly place: Place }[]>()

  constructor(draft: InventoryDraft) {
    this.#draft = draft
  }

  /** Adds a child to a group. */
  add(parent: string, child: string, place: Place): void {
    checkGroupName(this.#draft, child, place)
    // a heading of its variables also counts
    if (this.#draft.has(child)) this.#draft.child(parent, child, place)
    else this.#parents.set(child, [...(this.#parents.get(child) ?? []), { parent, place }])
  }

  /** A heading declares a group. */
  declared(child: string): void {
    for (const { parent, place } of this.#parents.get(child) ?? []) this.#draft.child(parent, child, place)
    this.#parents.delete(child)
  }

  /** Adds children that this file does not declare: another source can declare them. */
  end(): void {
    for (const child of this.#parents.keys()) this.declared(child)
  }
}

/** A line, with a function for places in it. */
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
      'not a group heading',
      at(start),
      'write [NAME], [NAME:children] or [NAME:vars], without blanks; an IPv6 host needs its port: [fe80::1]:22',
    )
  }
  checkGroupName(draft, group, at(start + 1))
  if (!isKind(kind)) {
    const guess = nearest(kind, kinds)
    throw invalid(
      `a group does not have ${kind}`,
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

/** Reads a value: a Python literal, else text. */
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
    throw invalid('this looks like YAML', at(host.offset), 'rename the file to end with .yaml')
  }
  if (host.text.endsWith(':')) {
    throw invalid(
      `nothing after the colon of ${host.text}`,
      at(host.offset),
      'write the port after it, or remove the colon; if this is YAML, rename the file to end with .yaml',
    )
  }
  const variables = rest.map((word) => {
    const cut = word.text.indexOf('=')
    if (cut < 1) {
      throw invalid(
        'not name=value',
        at(word.offset),
        'a line has one host, then variables; quote a value with blanks',
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
    throw invalid('not the name of a group', at(start), `below [${group}:children] each line is one group`)
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
    // Ansible reads it as a part of the value, which is rarely intended
    throw invalid(
      'a comment after a value would be a part of it',
      at(cut + 1 + comment.index + 1),
      'put the comment on its own line; if it belongs to the value, quote the value',
    )
  }
  draft.groupVariable(group, name, variable)
}

/**
 * Reads an inventory in INI: `[group]` with hosts and their variables, `[group:children]`, `[group:vars]`. Values are
 * Python literals, else text; the line of a host is split as in a shell.
 *
 * @throws `inventory-invalid` with file, line and column.
 */
export const readIniInventory = (draft: InventoryDraft, file: string, text: string): void => {
  const pending = new PendingChildren(draft)
  let section: Section = { group: 'ungrouped', kind: 'hosts' }
  for (const [index, raw] of text.split('\n').entries()) {
    const excerpt = raw.replace(/\r$/, '')
    const start = excerpt.length - excerpt.trimStart().length
    const line: Line = {
      text: excerpt,
      at: (offset) => ({ file, line: index + 1, column: offset + 1, excerpt }),
    }
    const first = excerpt[start]
    if (first === undefined || first === '#' || first === ';') continue
    // a bracket that is not closed is an invalid heading, not a host
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
