/** `ProxyJump` of ssh_config(5): the hosts on the way. Pure. */

/** One host on the way, as ssh is told of it: the rest is in its own settings. */
export interface Jump {
  readonly address: string
  readonly user: string | undefined
  readonly port: number | undefined
}

const portOf = (text: string | undefined): number | undefined =>
  text === undefined || text === '' ? undefined : Number(text)

/** `[user@]host[:port]`, `[user@][v6][:port]`, or the same behind `ssh://`. The user may have an `@`. */
const jumpOf = (text: string): Jump => {
  const bare = text
    .trim()
    .replace(/^ssh:\/\//i, '')
    .replace(/\/$/, '')
  const at = bare.lastIndexOf('@')
  const [user, place] = at < 0 ? [undefined, bare] : [bare.slice(0, at), bare.slice(at + 1)]
  const bracketed = /^\[([^\]]*)\](?::(\d+))?$/.exec(place)
  // without brackets one colon is for a port, several are an IPv6 address
  const plain = /^([^:]*)(?::(\d+))?$/.exec(place)
  const [, address = place, port] = bracketed ?? plain ?? []
  return { address, user, port: portOf(port) }
}

/** The hosts of a `ProxyJump`, in the order of the way; none for `none`. */
export const parseJump = (text: string | undefined): readonly Jump[] =>
  text === undefined || text.trim().toLowerCase() === 'none' || text.trim() === ''
    ? []
    : text.split(',').map(jumpOf)
