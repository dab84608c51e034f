/**
 * File operations as POSIX shell scripts, and parsers of their output. Pure: nothing is executed here.
 *
 * They use only what GNU coreutils and busybox have in common. Exit status 3 means that the path does not exist.
 */
import { pieceSize } from '../connection/types.ts'
import type { FileOperation } from '../connection/types.ts'
import { CoxswainError } from '../errors.ts'
import { shellFile } from '../shell-file.ts'
import type { Stat } from './attributes.ts'
import {
  attributesScript,
  couldScript,
  directoryScript,
  eachScript,
  giveScript,
  linkScript,
  removeScript,
  treeScript,
  writeScript,
} from './change-scripts.ts'
import { enterFolderOf } from './enter-words.ts'
import { placeScript } from './place-script.ts'
import { programText } from './quote.ts'
import { absent } from './statuses.ts'

const stat = shellFile(import.meta.url, 'stat.sh')
const list = shellFile(import.meta.url, 'list.sh')
const part = shellFile(import.meta.url, 'part.sh')

/**
 * Returns a path if it is valid for a file operation.
 *
 * @throws `params-invalid` unless it is absolute and free of NUL and newline.
 */
export const checkedPath = (path: string): string => {
  if (!path.startsWith('/') || /[\0\n]/.test(path)) {
    throw new CoxswainError('params-invalid', `not an absolute path: ${JSON.stringify(path)}`, {
      hint: 'paths on a host start with /',
    })
  }
  return path
}

/** Whether a command can validate a file: it contains the path of the file, `%s`, exactly once. */
export const isValidation = (command: string): boolean => command.split('%s').length === 2

/** The hint for commands that are not a validation. */
export const validationHint = 'write %s once, where the path of the new content goes: visudo -cf %s'

/**
 * Returns a command that validates a file.
 *
 * @throws `params-invalid` unless it contains `%s` exactly once.
 */
export const checkedValidate = (command: string): string => {
  if (isValidation(command)) return command
  throw new CoxswainError('params-invalid', `not a command that checks a file: ${command}`, {
    hint: validationHint,
  })
}

/** Reads one piece of the open file; dd seeks to it. */
const pieceOf = (piece: number): string => {
  const block = 1024 * 1024
  const count = pieceSize / block
  return `dd bs=${block} skip=${piece * count} count=${count} iflag=fullblock <&3`
}

/**
 * The script of a file operation.
 *
 * @param size bytes that a `write` will send on standard input.
 */
export const operationScript = (operation: FileOperation, size = 0): string => {
  const { path } = operation
  switch (operation.kind) {
    case 'read':
      return placeScript(
        { file: path, follow: operation.follow },
        operation.piece === undefined ? 'exec cat <&3' : `exec ${pieceOf(operation.piece)}`,
      )
    case 'sha256':
      return placeScript({ file: path, follow: operation.follow }, 'sha256sum <&3')
    case 'part':
      return programText(
        part,
        operation.name,
        ...enterFolderOf(path, { missing: absent, follow: operation.follow }),
      )
    case 'list':
      return programText(list, path)
    case 'stat':
      return programText(stat, path, operation.follow === true ? '1' : '')
    case 'write':
      return writeScript(operation, size)
    case 'directory':
      return directoryScript(operation)
    case 'attributes':
      return attributesScript(operation)
    case 'could':
      return couldScript(operation)
    case 'link':
      return linkScript(operation)
    case 'tree':
      return treeScript(operation)
    case 'each':
      return eachScript(operation)
    case 'give':
      return giveScript(operation)
    case 'remove':
      return removeScript(operation)
  }
}

/** Parses the output of a `stat` script. */
export const parseStat = (text: string): Stat => {
  const [first = '', target] = text.split('\n')
  const [type, mode = '', owner = '', group = '', size, mtime, uid, gid] = first.split(' ')
  return {
    type: type === 'file' || type === 'directory' || type === 'link' ? type : 'other',
    mode: mode.padStart(4, '0'),
    owner,
    group,
    uid: Number(uid),
    gid: Number(gid),
    size: Number(size),
    mtime: Number(mtime),
    target: type === 'link' ? target : undefined,
  }
}
