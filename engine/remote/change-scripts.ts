/** The scripts of the file operations that change a host. Pure: the programs are in the .sh files beside this one. */
import type { CommandPath, FileOperation } from '../connection/types.ts'
import { shellFile } from '../shell-file.ts'
import type { Attributes } from './attributes.ts'
import { enterFolder, enterFolderOf } from './enter-words.ts'
import { exactMode } from './file-mode.ts'
import { placeInScript } from './place-script.ts'
import { programText, quote } from './quote.ts'

type Operation<Kind extends FileOperation['kind']> = Extract<FileOperation, { kind: Kind }>

const write = shellFile(import.meta.url, 'write.sh')
const openFile = shellFile(import.meta.url, 'open-file.sh')
const receivePart = shellFile(import.meta.url, 'receive-part.sh')
const keepCopy = shellFile(import.meta.url, 'keep-copy.sh')
const tree = shellFile(import.meta.url, 'tree.sh')
const attributes = shellFile(import.meta.url, 'attributes.sh')
const attributesBelow = shellFile(import.meta.url, 'attributes-below.sh')
const directory = shellFile(import.meta.url, 'directory.sh')
const could = shellFile(import.meta.url, 'could.sh')
const link = shellFile(import.meta.url, 'link.sh')
const give = shellFile(import.meta.url, 'give.sh')
const remove = shellFile(import.meta.url, 'remove.sh')
const removeTree = shellFile(import.meta.url, 'remove-tree.sh')
const removeBelow = shellFile(import.meta.url, 'remove-below.sh')

/** Owner and group in the syntax of `chown`; empty if neither is given. */
export const ownerWords = ({ owner, group }: Pick<Attributes, 'owner' | 'group'>): string =>
  `${owner ?? ''}${group === undefined ? '' : `:${group}`}`

/** The text of a command in a script, and the functions that it needs in addition to those of the script. */
const commandIn = (
  command: string,
  at: CommandPath | undefined,
  stay: boolean,
): { readonly functions: readonly string[]; readonly text: string } =>
  at === undefined
    ? { functions: [], text: command }
    : {
        functions: at.folder === undefined ? [openFile.text] : [],
        text: placeInScript(at, command, stay),
      }

/**
 * A script that writes its standard input into a file.
 *
 * @param size number of bytes on standard input.
 */
export const writeScript = (operation: Operation<'write'>, size: number): string => {
  const { path, part, owner = '', group = '', mode, validate, backup } = operation
  const command =
    operation.command === undefined ? undefined : commandIn(operation.command, operation.at, false)
  const program = programText(
    write,
    command === undefined ? String(size) : '',
    command?.text ?? '',
    part?.sha256 ?? operation.sha256 ?? '',
    owner,
    group,
    mode === undefined ? '' : exactMode(mode),
    validate?.replace('%s', () => '"$v"') ?? '',
    backup === true ? '1' : '',
    part?.name ?? '',
    String(part?.offset ?? 0),
    ...enterFolderOf(path, operation),
  )
  return [
    ...(command?.functions ?? []),
    ...(part === undefined ? [] : [receivePart.text]),
    ...(backup === true ? [keepCopy.text] : []),
    program,
  ].join('\n')
}

/**
 * A script that has a command create files in a folder that no one else can enter, and then moves all of them into place.
 */
export const treeScript = (operation: Operation<'tree'>): string => {
  const { functions, text } = commandIn(operation.command, operation.at, true)
  const special = operation.special ? '1' : ''
  const words = [text, ownerWords(operation), special, ...enterFolder(operation.path, operation)]
  return [...functions, programText(tree, ...words)].join('\n')
}

/** A script that sets owner and mode of an existing file or folder. */
export const attributesScript = (operation: Operation<'attributes'>): string =>
  programText(
    attributes,
    ownerWords(operation),
    operation.mode ?? '',
    ...enterFolderOf(operation.path, operation),
  )

/** A script that creates a folder and its parents, and sets owner and mode of the folder. */
export const directoryScript = (operation: Operation<'directory'>): string =>
  programText(
    directory,
    ownerWords(operation),
    operation.mode ?? '',
    ...enterFolderOf(operation.path, { follow: operation.follow, make: true }),
  )

/** A script that fails as the change would, or ends with status 0 if the change would not be refused. */
export const couldScript = ({ change, path, follow, ...whose }: Operation<'could'>): string =>
  programText(
    could,
    change,
    ownerWords(whose),
    ...enterFolderOf(path, { follow, ...(change === 'directory' && { make: 'instead' }) }),
  )

/** A script that creates a symbolic link, or replaces one or a file. */
export const linkScript = ({ path, target }: Operation<'link'>): string =>
  programText(link, target, ...enterFolderOf(path))

/** A script that gives one user's files in a folder, and the folder itself, to another user. */
export const giveScript = ({ path, from, to }: Operation<'give'>): string =>
  programText(give, String(from), String(to), ...enterFolder(path))

/** A script that removes a path, if it exists. */
export const removeScript = ({ path, recursive }: Operation<'remove'>): string =>
  programText(recursive ? removeTree : remove, ...enterFolderOf(path, { missing: 0 }))

/** Groups names by their folder, in groups of at most `most`: the length of a command line is limited. */
const byFolder = (names: readonly string[], most = 200): (readonly [folder: string, names: string[]])[] => {
  const groups: [string, string[]][] = []
  for (const path of names) {
    const at = path.lastIndexOf('/')
    const [folder, name] = at < 0 ? ['.', path] : [path.slice(0, at), path.slice(at + 1)]
    const last = groups.at(-1)
    if (last !== undefined && last[0] === folder && last[1].length < most) last[1].push(name)
    else groups.push([folder, [name]])
  }
  return groups
}

/** A script that changes owner, group or mode of paths below a folder, or removes them. */
export const eachScript = (operation: Operation<'each'>): string => {
  const enter = enterFolder(operation.path, operation)
  return [
    operation.change === 'remove'
      ? programText(removeBelow, ...enter)
      : programText(attributesBelow, ownerWords(operation), operation.mode ?? '', ...enter),
    ...byFolder(operation.names).map(([folder, names]) => `below ${[folder, ...names].map(quote).join(' ')}`),
  ].join('\n')
}
