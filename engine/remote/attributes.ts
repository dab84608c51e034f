/** Attributes of files on a host: what to set, and what `stat` returns. */

/** Owner and mode of a file. What is left out stays unchanged, or gets the default for a new file. */
export interface Attributes {
  /**
   * Octal digits as text, such as `'0644'`: a number would be read as decimal. Three or four digits leave set-user-id and
   * set-group-id of a folder as they are, unless they set them; five digits, such as `'00755'`, mean exactly that.
   */
  readonly mode?: string | undefined
  /** The user that owns it: a name or a UID. */
  readonly owner?: string | undefined
  /** Its group: a name or a GID. */
  readonly group?: string | undefined
}

/** How a file is written. */
export interface WriteOptions extends Attributes {
  /**
   * Shell text that must succeed before the file is replaced; `%s` stands for the path of the new content, which is
   * in the same folder: `visudo -cf %s`.
   */
  readonly validate?: string | undefined
  /**
   * Keep a copy of the replaced file in the same folder as `NAME.2026-01-31T12:00:00Z~`; if that name is taken, as
   * `NAME.2026-01-31T12:00:00Z.2~`, and so on. A backup never replaces another.
   */
  readonly backup?: boolean | undefined
  /** Follow links in the path even if users other than root and the acting user control them. */
  readonly follow?: boolean | undefined
}

/** The attributes of a file on a host. */
export interface Stat {
  /** What it is; `other` is a device, a pipe or a socket. */
  readonly type: 'file' | 'directory' | 'link' | 'other'
  /** Four octal digits, such as `0644`. */
  readonly mode: string
  /** Name of the owner; `UNKNOWN` if the uid does not have one. */
  readonly owner: string
  /** Name of the group; `UNKNOWN` if the gid does not have one. */
  readonly group: string
  /** The number of the owner. */
  readonly uid: number
  /** The number of the group. */
  readonly gid: number
  /** Bytes. */
  readonly size: number
  /** Seconds since 1970. */
  readonly mtime: number
  /** The target of a symbolic link. */
  readonly target: string | undefined
}
