/**
 * File operations as POSIX shell scripts, and the reading of what they print. Pure: nothing is executed here.
 *
 * They need only what GNU coreutils and busybox share. Exit status 3 means that the path is not there.
 */
import { pieceSize } from '../connection/types.ts'
import type { FileOperation } from '../connection/types.ts'
import { CoxswainError } from '../errors.ts'
import { enterFolderOf, stageFunctions } from './enter-script.ts'
import type { Stat } from './attributes.ts'
import { attributesScript, directoryScript } from './attributes-script.ts'
import { couldScript } from './could-script.ts'
import { giveScript } from './give-script.ts'
import { inTheWay } from './kinds.ts'
import { absent, placeScript } from './place-script.ts'
import { eachScript, treeScript } from './tree-script.ts'
import { partScript } from './part-script.ts'
import { quote } from './quote.ts'
import { removeScript } from './remove-script.ts'
import { writeScript } from './write-script.ts'

/**
 * The path, when it is one that a file operation may take.
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

/** Whether a command can validate a file: the path of the file stands in it, once. */
export const isValidation = (command: string): boolean => command.split('%s').length === 2

/** How such a command is written. */
export const validationHint = 'write %s once, where the path of the new content goes: visudo -cf %s'

/**
 * The command that validates a file.
 *
 * @throws `params-invalid` unless the path of the file stands in it, once.
 */
export const checkedValidate = (command: string): string => {
  if (isValidation(command)) return command
  throw new CoxswainError('params-invalid', `not a command that checks a file: ${command}`, {
    hint: validationHint,
  })
}

// `test -e` is also false where a parent may not be searched: only ls's own words tell "absent" from "forbidden"
const absentOrFail = (path: string): string =>
  `e=$(ls -d -- ${path} 2>&1 >/dev/null) || case $e in ` +
  `*"No such file"*|*"Not a directory"*) exit ${absent};; *) printf '%s\\n' "$e" >&2; exit 4;; esac; exit ${absent}`

const reading = (path: string, then: string): string =>
  `if [ -e ${path} ]; then ${then}; exit; fi; ${absentOrFail(path)}`

/** The new link takes the place of what is there by a rename. */
const linkScript = (path: string, target: string): string =>
  [
    'set -e',
    enterFolderOf(path),
    stageFunctions,
    `if [ -d "./$n" ] && [ ! -L "./$n" ]; then fail ${inTheWay} "$(here "$n") is a directory, no link"; fi`,
    'stage',
    `ln -s -- ${target} "./new/$n"`,
    'mv -f -- "./new/$n" ..',
  ].join('\n')

const statScript = (path: string, follow = false): string =>
  `${follow ? '' : `if [ -L ${path} ]; then t=link; el`}if [ -f ${path} ]; then t=file; elif [ -d ${path} ]; then t=directory; ` +
  `elif [ -e ${path} ]; then t=other; else ${absentOrFail(path)}; fi; ` +
  (follow
    ? `stat -L -c "$t %a %U %G %s %Y %u %g" -- ${path}`
    : `stat -c "$t %a %U %G %s %Y %u %g" -- ${path} && if [ $t = link ]; then readlink -- ${path}; fi`)

/** Reads one piece of the open file; dd goes to its beginning without reading what is before it. */
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
  const path = quote(operation.path)
  switch (operation.kind) {
    case 'read':
      return placeScript(
        { file: operation.path, follow: operation.follow },
        operation.piece === undefined ? 'exec cat <&3' : `exec ${pieceOf(operation.piece)}`,
      )
    case 'sha256':
      return placeScript({ file: operation.path, follow: operation.follow }, 'sha256sum <&3')
    case 'part':
      return partScript(operation)
    case 'list':
      return reading(path, `exec ls -A -- ${path}`)
    case 'stat':
      return statScript(path, operation.follow)
    case 'write':
      return writeScript(operation, size)
    case 'directory':
      return directoryScript(operation)
    case 'attributes':
      return attributesScript(operation)
    case 'could':
      return couldScript(operation)
    case 'link':
      return linkScript(operation.path, quote(operation.target))
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

/** What a `stat` script printed, read. */
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
