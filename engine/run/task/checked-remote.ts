/** Checks options of a remote at run time: in plain JavaScript, unknown ones would be ignored. */
import { callersPlace } from '../../authors-place.ts'
import {
  checkOptions,
  checkedElsewhere,
  envKind,
  isRecord,
  secondsKind,
  textKind,
  booleanKind,
  userNumberKind,
} from '../../dsl/option-kinds.ts'
import type { Kind, Kinds } from '../../dsl/option-kinds.ts'
import { CoxswainError, isCoxswainError } from '../../errors.ts'
import type { Command, CommandOptions, CommandTag } from '../../remote/command.ts'
import type { Attributes, WriteOptions } from '../../remote/attributes.ts'
import type { Word } from '../../remote/quote.ts'
import type { FollowOptions, OutputOptions, Remote, TreeOptions } from '../../remote/types.ts'

const commandKinds: Kinds<CommandOptions> = {
  stdin: checkedElsewhere,
  transfer: checkedElsewhere,
  timeout: secondsKind,
  at: checkedElsewhere,
  cwd: textKind,
  // a mask in it is refused with the complete command
  env: { fits: envKind.fits, hint: envKind.hint },
  label: textKind,
  quiet: booleanKind,
}

const followKinds: Kinds<FollowOptions> = { follow: booleanKind }
const attributeKinds: Kinds<Attributes> = { mode: checkedElsewhere, owner: textKind, group: textKind }
const placedKinds: Kinds<Attributes & FollowOptions> = { ...attributeKinds, ...followKinds }
const writeKinds: Kinds<WriteOptions> = { ...placedKinds, validate: textKind, backup: booleanKind }
const outputKinds: Kinds<OutputOptions> = {
  ...writeKinds,
  stdin: checkedElsewhere,
  timeout: secondsKind,
  sha256: textKind,
  at: checkedElsewhere,
}
const treeKinds: Kinds<TreeOptions> = {
  owner: textKind,
  group: textKind,
  follow: booleanKind,
  stdin: checkedElsewhere,
  transfer: checkedElsewhere,
  special: booleanKind,
  at: checkedElsewhere,
}
const removeKinds: Kinds<NonNullable<Parameters<Remote['remove']>[1]>> = { recursive: booleanKind }

const refuse = (about: string, given: unknown, kinds: Readonly<Record<string, Kind>>): void => {
  const [example] = Object.keys(kinds)
  if (example === undefined)
    throw new CoxswainError('playbook-invalid', `${about} takes no options`, { hint: 'leave them out' })
  if (!isRecord(given))
    throw new CoxswainError('playbook-invalid', `${about}: its options are not an object`, {
      hint: `write { ${example}: … }`,
    })
  checkOptions(about, given, kinds)
}

/** Runs `work` and adds the place of the call to its errors. */
const atCall = (work: () => void): void => {
  try {
    work()
  } catch (error) {
    throw isCoxswainError(error) ? error.at({ place: callersPlace(new Error('called here')) }) : error
  }
}

/** Checks the options of a method, which follow this many parameters. */
const checked =
  (name: keyof Remote, before: number, kinds: Readonly<Record<string, Kind>>) =>
  <Given extends unknown[], Value>(call: (...given: Given) => Promise<Value>) =>
  async (...given: Given): Promise<Value> => {
    const options: unknown = given[before]
    if (options !== undefined) atCall(() => refuse(`remote.${name}`, options, kinds))
    return call(...given)
  }

const isTemplate = (value: unknown): value is TemplateStringsArray => Array.isArray(value) && 'raw' in value

const checkedTag = (name: 'query' | 'run', call: CommandTag): CommandTag => {
  const about = `remote.${name}`
  const check = (options: unknown): void => {
    if (isRecord(options)) return checkOptions(about, options, commandKinds)
    throw new CoxswainError('playbook-invalid', `${about} is called without a template`, {
      hint: `write ${about}\`…\`, or ${about}({ timeout: 30 })\`…\``,
    })
  }
  function tag(parts: TemplateStringsArray, ...values: readonly Word[]): Command
  function tag(options: CommandOptions): (parts: TemplateStringsArray, ...values: readonly Word[]) => Command
  function tag(
    first: TemplateStringsArray | CommandOptions,
    ...values: readonly Word[]
  ): Command | ((parts: TemplateStringsArray, ...values: readonly Word[]) => Command) {
    if (isTemplate(first)) return call(first, ...values)
    atCall(() => check(first))
    return call(first)
  }
  return tag
}

/**
 * Wraps a remote to check options at each call.
 *
 * @throws `playbook-invalid` for an unknown option, with the nearest name and the place of the call.
 */
export const checkedRemote = (remote: Remote): Remote => ({
  query: checkedTag('query', remote.query),
  run: checkedTag('run', remote.run),
  read: checked('read', 1, followKinds)(remote.read),
  readBytes: checked('readBytes', 1, followKinds)(remote.readBytes),
  readStream: remote.readStream,
  stat: checked('stat', 1, followKinds)(remote.stat),
  exists: checked('exists', 1, {})(remote.exists),
  sha256: checked('sha256', 1, followKinds)(remote.sha256),
  list: checked('list', 1, {})(remote.list),
  write: checked('write', 2, writeKinds)(remote.write),
  writeStream: checked('writeStream', 2, writeKinds)(remote.writeStream),
  writeOutput: checked('writeOutput', 2, outputKinds)(remote.writeOutput),
  writeTree: checked('writeTree', 2, treeKinds)(remote.writeTree),
  setAttributesBelow: checked('setAttributesBelow', 2, placedKinds)(remote.setAttributesBelow),
  giveBelow: checked('giveBelow', 1, { from: userNumberKind, to: userNumberKind })(remote.giveBelow),
  removeBelow: checked('removeBelow', 2, followKinds)(remote.removeBelow),
  makeDirectory: checked('makeDirectory', 1, placedKinds)(remote.makeDirectory),
  setAttributes: checked('setAttributes', 1, placedKinds)(remote.setAttributes),
  link: checked('link', 2, {})(remote.link),
  remove: checked('remove', 1, removeKinds)(remote.remove),
})
