/** What configurations of haproxy say about servers, and the edit that takes one of them out for some time. Pure. */
import { mapLines, linesOf } from '../../shared/lines.ts'
import { literally } from '../../shared/patterns.ts'

/** The host and port of each backend in a configuration of the task load-balancer, without those that are drained. */
export const targetsIn = (text: string): string[] =>
  [...text.matchAll(/^ {4}server \S+ (\S+) check (?!.*\bdisabled\b)/gm)].map(([, target = '']) => target)

/** What is added to the line of a server that gets no new connections (haproxy, "Server and default-server options": disabled). */
const drained = ' disabled # drained by coxswain'

const isServer = (line: string, name = String.raw`\S+`): boolean =>
  new RegExp(String.raw`^\s*server\s+${name}\s`).test(line)

/** A line without its comment. */
const bare = (line: string): string => line.replace(/\s#.*$/, '')

const isDisabled = (line: string): boolean => /\sdisabled(?:\s|$)/.test(bare(line))

/** The text in which a server gets no new connections. One that is disabled already stays as it is. */
export const withDrained = (text: string, server: string): string =>
  mapLines(text, (line) => {
    if (!isServer(line, literally(server)) || isDisabled(line)) return [line]
    const end = bare(line).length
    return [`${line.slice(0, end)}${drained}${line.slice(end)}`]
  })

/** The text in which a server that was drained gets connections again. One that someone else has disabled stays so. */
export const withoutDrained = (text: string, server: string): string =>
  mapLines(text, (line) => [isServer(line, literally(server)) ? line.replace(drained, '') : line])

/** Lines of servers by their section: `backend`, `listen` and others begin at the left. */
const sectionsOf = (text: string): string[][] =>
  linesOf(text).reduce<string[][]>(
    (sections, line) => {
      if (/^[a-z]/.test(line)) sections.push([])
      else if (isServer(line)) sections.at(-1)?.push(line)
      return sections
    },
    [[]],
  )

/** The sections that have a server. */
const ownSections = (text: string, server: string): string[][] =>
  sectionsOf(text).filter((lines) => lines.some((line) => isServer(line, literally(server))))

/** Why a server cannot be drained; undefined if it can. */
export const drainFault = (text: string, server: string): string | undefined => {
  const own = ownSections(text, server)
  if (own.length === 0) return `it does not have a server ${server}`
  const isAlone = own.some((lines) =>
    lines.every((line) => isServer(line, literally(server)) || isDisabled(line)),
  )
  return isAlone ? `${server} is its only server that is not disabled` : undefined
}

/** Whether a configuration has a server. */
export const hasServer = (text: string, server: string): boolean =>
  linesOf(text).some((line) => isServer(line, literally(server)))

/** A server of a configuration, and the URL that says whether it is ready. */
interface Server {
  readonly name: string
  readonly url: string
}

/** The path that haproxy asks its servers for; that of API servers, where the configuration does not say one. */
const probeIn = (text: string): string =>
  /^\s*(?:http-check\s+send\s.*\buri\s+|option\s+httpchk\s+(?:[A-Z]+\s+)?)(\/\S*)/m.exec(text)?.[1] ??
  '/readyz'

/** Each section with a server: that server, and the others there that are not disabled. */
export const besides = (
  text: string,
  server: string,
): { readonly own: readonly Server[]; readonly others: readonly Server[] }[] =>
  ownSections(text, server).map((lines) => {
    const servers = lines.flatMap((line): Server[] => {
      const [, name, target] = /^\s*server\s+(\S+)\s+(\S+)/.exec(line) ?? []
      return name === undefined || target === undefined || isDisabled(line)
        ? []
        : [{ name, url: `https://${target}${probeIn(text)}` }]
    })
    return {
      own: servers.filter(({ name }) => name === server),
      others: servers.filter(({ name }) => name !== server),
    }
  })
