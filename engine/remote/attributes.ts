/** What is said and known of files on a host. */

/** Owner and mode of a file. What is left out stays as it is, or is the usual for a new file. */
export interface Attributes {
  /**
   * Octal digits as text, such as `'0644'`: a number would be read as decimal. Three or four digits leave set-user-id and
   * set-group-id of a folder as they are, unless they set them; five digits, such as `'00755'`, mean exactly that.
   */
  readonly mode?: string | undefined
  readonly owner?: string | undefined
  readonly group?: string | undefined
}

/** How a file is written. */
export interface WriteOptions extends Attributes {
  /**
   * Shell text that must succeed before the file is replaced; `%s` in it stands for the path of the new content, which
   * lies in the same folder: `visudo -cf %s`.
   */
  readonly validate?: string | undefined
  /**
   * Keep what is replaced beside it, as `NAME.2026-01-31T12:00:00Z~`; where something has that name, as
   * `NAME.2026-01-31T12:00:00Z.2~`, and so on. No backup replaces another.
   */
  readonly backup?: boolean | undefined
  /** Follow links in the path even where others than root and the acting user can change where they lead. */
  readonly follow?: boolean | undefined
}

/** What a host says of a file. */
export interface Stat {
  readonly type: 'file' | 'directory' | 'link' | 'other'
  /** Four octal digits, such as `0644`. */
  readonly mode: string
  /** Its name; `UNKNOWN` where the number has none. */
  readonly owner: string
  readonly group: string
  readonly uid: number
  readonly gid: number
  /** Bytes. */
  readonly size: number
  /** Seconds since 1970. */
  readonly mtime: number
  /** Where a link points to. */
  readonly target: string | undefined
}
