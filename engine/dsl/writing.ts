import type { Attributes } from '../remote/attributes.ts'

/** A path that a task writes, with its owner. */
export interface Writing extends Omit<Attributes, 'mode'> {
  /** The absolute path on the host. */
  readonly path: string
  /**
   * A `file`, for which a link at the path is followed; a `folder`, with its parents; a `link`; or only the
   * `attributes` of an existing file.
   */
  readonly as: 'file' | 'folder' | 'link' | 'attributes'
  /** Follow links even if users other than root and the acting user control them. */
  readonly follow?: boolean | undefined
}
