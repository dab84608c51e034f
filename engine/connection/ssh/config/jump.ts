/** Parses `ProxyJump` of ssh_config(5). Pure. */

/** A jump host. Its other settings are in the configuration of ssh. */
export interface Jump {
  readonly address: string
  readonly user: string | undefined
  readonly port: number | undefined
}

const portOf = (text: string | undefined): number | undefined =>
  text === undefined || text === '' ? undefined : Number(text)

/** Parses `[user@]host[:port]` or `[user@][v6][:port]`, with an optional `ssh://`. The user can contain `@`. */
const parseHop = (text: string): Jump => {
  const bare = text
    .trim()
    .replace(/^ssh:\/\//i, '')
    .replace(/\/$/, '')
  const at = bare.lastIndexOf('@')
  const [user, place] = at < 0 ? [undefined, bare] : [bare.slice(0, at), bare.slice(at + 1)]
  const bracketed = /^\[([^\]]*)\](?::(\d+))?$/.exec(place)
  // without brackets, one colon separates a port; several are an IPv6 address
  const plain = /^([^:]*)(?::(\d+))?$/.exec(place)
  const [, address = place, port] = bracketed ?? plain ?? []
  return { address, user, port: portOf(port) }
}

/** The hosts of a `ProxyJump`, in order; empty for `none`. */
export const parseJump = (text: string | undefined): readonly Jump[] =>
  text === undefined || text.trim().toLowerCase() === 'none' || text.trim() === ''
    ? []
    : text.split(',').map(parseHop)
