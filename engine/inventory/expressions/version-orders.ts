/** The orders of versions: of SemVer, of Python packages (PEP 440), and strict ones. Pure. */
import { Fault } from './fault.ts'

/** Compares: below 0 if the first comes before the second. */
export type Order = (one: string, other: string) => number

type Part = bigint | string | number

/** Compares two parts of the same kind. */
const comparePart = (one: Part, other: Part): number => (one === other ? 0 : one < other ? -1 : 1)

/** Compares lists item by item; a shorter one comes first. */
const compareLists = <Item>(
  one: readonly Item[],
  other: readonly Item[],
  compare: (a: Item, b: Item) => number,
): number => {
  for (const [index, item] of one.entries()) {
    const counterpart = other[index]
    if (counterpart === undefined) return 1
    const found = compare(item, counterpart)
    if (found !== 0) return found
  }
  return one.length - other.length
}

const refused = (text: string, kind: string, hint: string): Fault =>
  new Fault(`"${text}" is not a version of the kind ${kind}`, { word: 'version', hint })

const numbersOf = (texts: readonly (string | undefined)[]): bigint[] =>
  texts.map((text) => BigInt(text ?? '0'))

const semver =
  /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-((?:0|[1-9]\d*|\d*[a-zA-Z-][\da-zA-Z-]*)(?:\.(?:0|[1-9]\d*|\d*[a-zA-Z-][\da-zA-Z-]*))*))?(?:\+[\da-zA-Z-]+(?:\.[\da-zA-Z-]+)*)?$/

const parseSemver = (text: string) => {
  const found = semver.exec(text)
  if (found === null) throw refused(text, 'semver', 'it has three numbers: 1.2.3, 1.2.3-rc.1')
  const [, major, minor, patch, before] = found
  return { release: numbersOf([major, minor, patch]), before: before?.split('.') }
}

const compareIdentifier = (one: string, other: string): number => {
  const numeric = [one, other].map((text) => /^\d+$/.test(text))
  if (numeric[0] !== numeric[1]) return numeric[0] ? -1 : 1
  return numeric[0] ? comparePart(BigInt(one), BigInt(other)) : comparePart(one, other)
}

/** That of semver.org: what comes before a release is below it, build metadata does not count. */
const bySemver: Order = (one, other) => {
  const [a, b] = [parseSemver(one), parseSemver(other)]
  const release = compareLists(a.release, b.release, comparePart)
  if (release !== 0) return release
  if (a.before === undefined || b.before === undefined)
    return Number(a.before === undefined) - Number(b.before === undefined)
  return compareLists(a.before, b.before, compareIdentifier)
}

const parseStrict = (text: string) => {
  const found = /^(\d+)\.(\d+)(?:\.(\d+))?(?:([ab])(\d+))?$/.exec(text)
  if (found === null)
    throw refused(
      text,
      'strict',
      'it has two or three numbers, and can end with a or b and a number: 1.2, 1.2.3b1',
    )
  const [, major, minor, patch, letter = 'z', number] = found
  return [...numbersOf([major, minor, patch]), letter, ...numbersOf([number])]
}

/** Two or three numbers; a version with a or b and a number comes before that without. */
const byStrict: Order = (one, other) => compareLists<Part>(parseStrict(one), parseStrict(other), comparePart)

const python =
  /^v?(?:(\d+)!)?(\d+(?:\.\d+)*)(?:[-_.]?(alpha|a|beta|b|preview|pre|c|rc)[-_.]?(\d+)?)?(?:-(\d+)|[-_.]?(post|rev|r)[-_.]?(\d+)?)?(?:[-_.]?(dev)[-_.]?(\d+)?)?(?:\+([a-z\d]+(?:[-_.][a-z\d]+)*))?$/i

/** Ranks below and above all numbers. */
const [first, last] = [-1, 1e9]

const stages: Readonly<Record<string, number>> = {
  a: 0,
  alpha: 0,
  b: 1,
  beta: 1,
  c: 2,
  rc: 2,
  pre: 2,
  preview: 2,
}

const parsePython = (text: string) => {
  const found = python.exec(text.trim())
  if (found === null) throw refused(text, 'pep440', 'it is that of a Python package: 1.2, 1.2rc1, 1.2.post1')
  const [, epoch, release = '', stage, stageNumber, dashPost, post, postNumber, dev, devNumber, local] = found
  const isPost = dashPost !== undefined || post !== undefined
  const noStage = dev !== undefined && !isPost ? first : last
  return {
    epoch: BigInt(epoch ?? '0'),
    release: numbersOf(release.replace(/(?:\.0+)+$/, '').split('.')),
    // a development release of a stage, the stage, the release, one after it
    ranks: [
      stage === undefined ? noStage : (stages[stage.toLowerCase()] ?? last),
      Number(stageNumber ?? 0),
      isPost ? Number(dashPost ?? postNumber ?? 0) : first,
      dev === undefined ? last : Number(devNumber ?? 0),
    ],
    local: local?.toLowerCase().split(/[-_.]/) ?? [],
  }
}

/** Numbers come after words in the local part of a version. */
const compareLocal = (one: string, other: string): number => {
  const numeric = [one, other].map((text) => /^\d+$/.test(text))
  if (numeric[0] !== numeric[1]) return numeric[0] ? 1 : -1
  return numeric[0] ? comparePart(BigInt(one), BigInt(other)) : comparePart(one, other)
}

/** That of PEP 440. */
const byPython: Order = (one, other) => {
  const [a, b] = [parsePython(one), parsePython(other)]
  return (
    comparePart(a.epoch, b.epoch) ||
    compareLists(a.release, b.release, comparePart) ||
    compareLists(a.ranks, b.ranks, comparePart) ||
    compareLists(a.local, b.local, compareLocal)
  )
}

/** The orders other than the usual one, by the name of `version_type`. */
export const versionOrders: Readonly<Record<string, Order>> = {
  strict: byStrict,
  semver: bySemver,
  semantic: bySemver,
  pep440: byPython,
}
